"""Whether a return stands, and whether what stands may still be changed."""

from collections.abc import Mapping
from typing import TypeVar

from schemas.errors import TartanError
from services.ingest.core.version import Version, Versions

Found = TypeVar("Found")


class NoLongerStands(TartanError):
    """Another return stands in its place, or nothing does; ``stands`` is its id, or None."""

    def __init__(self, stands: str | None) -> None:
        super().__init__(
            f"A later return stands in its place: {stands}. Look at that one."
            if stands
            else "It no longer stands, and nothing stands in its place. Send it again if it should."
        )
        self.stands = stands


def require_standing(known: Versions, version: Version) -> None:
    """Raise NoLongerStands for a return that does not count any more."""
    current = known.slot(version.key).current
    if current is None or current.return_id != version.return_id:
        raise NoLongerStands(current.return_id if current else None)


def is_locked(known: Versions, version: Version) -> bool:
    """Say whether a return that stands may not be changed.

    That is so behind the close of its period, until it is unlocked; the next version is locked
    again.
    """
    period = known.period(version.collection, version.period)
    is_closed = period is not None and period.closed
    return is_closed and version.return_id not in known.words.unlocked


def word_of(known: Versions, version: Version, words: Mapping[str, Found]) -> Found:
    """Return the word on a return behind what was just said.

    Raises NoLongerStands where a later return came into the log before it.
    """
    found = words.get(version.return_id)
    if found is None:
        current = known.slot(version.key).current
        raise NoLongerStands(current.return_id if current else None)
    return found
