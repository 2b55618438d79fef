"""Reasons: words that say why. They stand in ``texts.v1`` alone, under an id, and can be erased."""

from schemas.errors import TartanError
from schemas.events import TextSet, derived_id
from schemas.tidy import LONGEST_NOTE
from services.ingest.core.child import holds_a_child


class ReasonUnfit(TartanError):
    """The words do not say why, or cannot be kept; the text says what to do.

    ``pointer`` is where in the request they stand.
    """

    def __init__(self, detail: str, pointer: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


def write_reason(words: str, *, about: str, return_id: str, missing: str) -> TextSet:
    """Return a reason as a text; its id names what it is about, of which return, and the words.

    ``missing`` is what is said where there are none. Raises ReasonUnfit.
    """
    spoken = fit_to_keep(words, missing=missing)
    return TextSet(id=derived_id(about, return_id, spoken), kind="note", text=spoken)


def fit_to_keep(words: str, *, missing: str, pointer: str = "/reason") -> str:
    """Return the words without the blanks around them; raises ReasonUnfit."""
    spoken = words.strip()
    if not spoken:
        raise ReasonUnfit(f"There is no reason. {missing}", pointer)
    if len(spoken) > LONGEST_NOTE:
        long = f"The reason has {len(spoken):,} characters; {LONGEST_NOTE:,} are kept."
        raise ReasonUnfit(f"{long} Shorten it.", pointer)
    if holds_a_child(spoken):
        raise ReasonUnfit(
            "The reason holds a number that belongs to a single child. It was not kept. Say it "
            "without naming a child.",
            pointer,
        )
    return spoken
