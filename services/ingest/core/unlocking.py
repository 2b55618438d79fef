"""Unlocking: behind the close of its period a return is changed only with the analyst's leave."""

from schemas.errors import TartanError
from schemas.events import ReturnUnlocked, TextSet
from services.ingest.core.reason import write_reason
from services.ingest.core.standing import require_standing, word_of
from services.ingest.core.version import Version, Versions
from services.ingest.core.word import Word

_WHY = "Say why the return may be changed although its period is closed."


class NotLocked(TartanError):
    """The period is open, so nothing keeps the return from being changed."""

    def __init__(self) -> None:
        super().__init__("Its period is open, so it can be sent again or withdrawn as it is.")


def decide_unlock(
    known: Versions, version: Version, *, reason: str, actor: str
) -> tuple[TextSet, ReturnUnlocked] | tuple[()]:
    """Return the words and the unlocking; nothing where it is unlocked already.

    Raises NoLongerStands, NotLocked or ReasonUnfit.
    """
    text = write_reason(reason, about="unlocking", return_id=version.return_id, missing=_WHY)
    require_standing(known, version)
    if version.return_id in known.words.unlocked:
        return ()
    period = known.period(version.collection, version.period)
    if period is None or not period.closed:
        raise NotLocked
    said = ReturnUnlocked(
        **version.about,
        actor=actor,
        reason=text.id,
    )
    return text, said


def unlocking_of(known: Versions, version: Version) -> Word:
    """Return the unlocking behind what was said; raises NoLongerStands."""
    return word_of(known, version, known.words.unlocked)
