"""Which version stands: whether a faultless return becomes a new one, and under which id.

Conflict
├── PeriodNotOpen     returns for the period may not be sent yet
├── EarlierVersion    the bytes are those of a version that no longer stands
└── StandsOtherwise   the request would supersede something that does not stand
"""

from dataclasses import dataclass

from schemas.errors import TartanError
from schemas.events import derived_id
from schemas.periods import is_sandbox
from services.ingest.core.version import Key, Version, Versions


class Conflict(TartanError):
    """The return is without fault, but what stands does not allow it.

    ``stands`` names the last word for authority, collection and period: a return, or the
    withdrawal of one; None where there is none. The text says what to do.
    """

    title = "Something else stands"

    def __init__(self, key: Key, stands: str | None = None) -> None:
        authority, collection, period = key
        super().__init__(
            self.advice.format(
                authority=authority,
                collection=collection,
                period=period,
                stands=stands or "nothing",
            )
        )
        self.key = key
        self.stands = stands

    advice = "See what stands for {authority}, {collection}, {period}: {stands}."


class PeriodNotOpen(Conflict):
    """The period of the collection was not opened."""

    title = "Returns for this period are not being taken"
    advice = (
        "{collection} has not been opened for {period}. Check the period, or wait until it is "
        "opened: GET /v1/collections lists those that are."
    )


class EarlierVersion(Conflict):
    """The bytes were accepted before, and something else stands since."""

    title = "This file was sent before, and something else stands since"
    advice = (
        "For {authority}, {collection} and {period}, {stands} stands. If this file should replace "
        "it after all, send it with ?supersedes={stands}; otherwise nothing has to be done."
    )


class StandsOtherwise(Conflict):
    """What the request says it supersedes does not stand."""

    title = "What this return would supersede does not stand"
    advice = (
        "For {authority}, {collection} and {period}, {stands} stands. Look at what it says, and "
        "send the return again with ?supersedes= and that id, or without it where nothing stands."
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a return.

    Either it is the version that stands already (``same``), or it is accepted as ``return_id``
    and replaces the return ``supersedes`` (None where none stands).
    """

    return_id: str
    supersedes: str | None = None
    same: Version | None = None


def decide(known: Versions, *, key: Key, sha256: str, supersedes: str | None = None) -> Decision:
    """Decide on a return by its bytes' hash and on what its sender says that it supersedes.

    The same bytes as the version that stands are that version, whatever the sender supersedes: a
    request is safe to repeat. Raises Conflict.
    """
    slot = known.slot(key)
    if slot.current is not None and slot.current.sha256 == sha256:
        return Decision(slot.current.return_id, same=slot.current)
    if supersedes is not None and supersedes != slot.stands:
        raise StandsOtherwise(key, slot.stands)
    if supersedes is None and any(version.sha256 == sha256 for version in slot.versions):
        raise EarlierVersion(key, slot.stands)
    if known.period(key[1], key[2]) is None and not is_sandbox(key[2]):
        raise PeriodNotOpen(key)
    return Decision(
        derived_id(*key, sha256, slot.last),
        supersedes=slot.current.return_id if slot.current else None,
    )
