"""Which version stands: whether a faultless return becomes a new one, and under which id.

Conflict
├── PeriodNotOpen     returns for the period may not be sent yet
├── EarlierVersion    the bytes are those of a version that no longer stands
├── StandsOtherwise   the request would supersede something that does not stand
├── ReturnLocked      the period has closed, and what stands was not unlocked
└── ReasonMissing     what stands was signed off, and the request says no reason
"""

from dataclasses import dataclass

from schemas.errors import TartanError
from schemas.events import derived_id
from schemas.periods import is_sandbox
from services.ingest.core.standing import is_locked
from services.ingest.core.version import Key, Version, Versions


class Conflict(TartanError):
    """The return is without fault, but what stands does not allow it.

    ``stands`` names the last word for authority, collection and period: a return, or the
    withdrawal of one; None where there is none. The text says what to do.
    """

    title = "Something else stands"
    slug = "version-conflict"

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
    slug = "collection-closed"
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


class ReturnLocked(Conflict):
    """What stands may not be changed: its period has closed."""

    title = "The period has closed, and what stands is locked"
    slug = "return-locked"
    advice = (
        "{collection} for {period} has closed, and the return of {authority} that stood then is "
        "locked. Ask the regional analyst to unlock it with a reason, on its page "
        "/returns/{stands}/unlock or by POST /v1/returns/{stands}/unlock; then send this again."
    )


class ReasonMissing(Conflict):
    """What stands was signed off; whoever sends another version says why."""

    title = "What stands was signed off, so another version needs a reason"
    slug = "reason-missing"
    advice = (
        "The return of {authority}, {collection}, for {period} that stands was signed off. If this "
        "one should take its place, send it again with ?reason= and why it does; tartan submit "
        "takes --reason. It will have to be signed off itself."
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


def decide(
    known: Versions,
    *,
    key: Key,
    sha256: str,
    supersedes: str | None = None,
    reasoned: bool = False,
) -> Decision:
    """Decide on a return by its bytes' hash and on what its sender says that it supersedes.

    The same bytes as the version that stands are that version, whatever the sender supersedes: a
    request is safe to repeat. ``reasoned`` where the sender says why it is sent. Raises Conflict.
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
    if slot.current is not None and is_locked(known, slot.current):
        raise ReturnLocked(key, slot.stands)
    if slot.current is not None and slot.current.return_id in known.words.signed and not reasoned:
        raise ReasonMissing(key, slot.stands)
    return Decision(
        derived_id(*key, sha256, slot.last),
        supersedes=slot.current.return_id if slot.current else None,
    )
