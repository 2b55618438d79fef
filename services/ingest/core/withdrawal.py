"""Withdrawals: an authority takes back what it returned, and says why. Nothing stands then.

What rested on the return goes with it: its standings, and the alerts that they supported.
"""

from schemas.errors import TartanError
from schemas.events import ReturnWithdrawn, TextSet, derived_id
from schemas.tidy import LONGEST_NOTE
from services.ingest.core.child import holds_a_child
from services.ingest.core.version import Version, Versions, Withdrawal


class Superseded(TartanError):
    """Another return stands in its place, or nothing does; ``stands`` is its id, or None."""

    def __init__(self, stands: str | None) -> None:
        super().__init__(
            f"A later return stands in its place: {stands}. Withdraw that one if none should count."
            if stands
            else "It no longer stands, and nothing stands in its place. Nothing has to be done."
        )
        self.stands = stands


class ReasonUnfit(TartanError):
    """The words do not say why, or cannot be kept; the text says what to do."""


def decide_withdrawal(
    known: Versions, version: Version, *, reason: str
) -> tuple[TextSet, ReturnWithdrawn] | tuple[()]:
    """Return the words and the withdrawal; nothing where the return is withdrawn already.

    Raises Superseded or ReasonUnfit.
    """
    words = reason.strip()
    _require_fit(words)
    if version.return_id in known.withdrawn:
        return ()
    current = known.slot(version.key).current
    if current != version:
        raise Superseded(current.return_id if current else None)
    text = TextSet(id=derived_id("withdrawal", version.return_id, words), kind="note", text=words)
    said = ReturnWithdrawn(
        return_id=version.return_id,
        authority=version.authority,
        collection=version.collection,
        period=version.period,
        reason=text.id,
    )
    return text, said


def withdrawal_of(version: Version, known: Versions) -> Withdrawal:
    """Return the withdrawal of a return behind what was said.

    Raises Superseded where a later return came into the log before it.
    """
    found = known.withdrawn.get(version.return_id)
    if found is None:
        current = known.slot(version.key).current
        raise Superseded(current.return_id if current else None)
    return found


def _require_fit(words: str) -> None:
    if not words:
        raise ReasonUnfit("There is no reason. Say why the return should not count.")
    if len(words) > LONGEST_NOTE:
        long = f"The reason has {len(words):,} characters; {LONGEST_NOTE:,} are kept."
        raise ReasonUnfit(f"{long} Shorten it.")
    if holds_a_child(words):
        raise ReasonUnfit(
            "The reason holds a number that belongs to a single child. It was not kept. Say it "
            "without naming a child."
        )
