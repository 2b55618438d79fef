"""How far each notice has got: which channel is tried next, when, and what may have gone out.

A notice goes down the list of its audience's channels. A channel is tried until it takes the notice
or gives up; then it is the next one's turn; after the last the notice is given up, and the operator
is told. Notices of one alert to one audience go out one after the other, so that nobody reads of a
withdrawal before reading of what is withdrawn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from schemas.events import (
    NoticeFailed,
    NoticePlanned,
    NoticeSent,
    NoticeStarted,
    Payload,
    ReminderPlanned,
)

Planned = NoticePlanned | ReminderPlanned
"""What is to be told to an audience."""


@dataclass(frozen=True, slots=True)
class Try:
    """The next try of a notice. ``at`` is None where nothing stands in its way.

    ``started`` says that the log holds its start and no outcome: it may have gone out. ``unknown``
    names the channels by which it may have gone out before, ``reached`` the recipients of this
    channel who have it.
    """

    planned: Planned
    place: int = 0
    attempt: int = 1
    at: datetime | None = None
    started: bool = False
    unknown: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()

    @property
    def channel(self) -> str:
        """The channel that is tried."""
        return self.planned.channels[self.place]


@dataclass(slots=True)
class Ledger:
    """Every notice by how far it has got.

    ``given_up`` holds, per audience, what never got through since a notice last did: that is what
    the operator has to look after.
    """

    waiting: dict[str, Try] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    given_up: dict[str, list[str]] = field(default_factory=dict)


def follow(ledger: Ledger, payload: Payload) -> None:
    """Fold what was planned and what became of each try; a repeat changes nothing."""
    if isinstance(payload, NoticePlanned | ReminderPlanned):
        if payload.notice not in ledger.done:
            ledger.waiting.setdefault(payload.notice, Try(payload))
        return
    if not isinstance(payload, NoticeStarted | NoticeFailed | NoticeSent):
        return
    pending = ledger.waiting.get(payload.notice)
    if pending is None:
        return
    if isinstance(payload, NoticeSent):
        del ledger.waiting[payload.notice]
        ledger.done.add(payload.notice)
        ledger.given_up.pop(payload.audience, None)
    elif (payload.channel, payload.attempt) != (pending.channel, pending.attempt):
        return
    elif isinstance(payload, NoticeStarted):
        ledger.waiting[payload.notice] = replace(pending, started=True)
    else:
        _fail(ledger, pending, payload)


def find_due(ledger: Ledger, now: datetime) -> list[Try]:
    """Return the tries whose time has come, in the order in which they were planned."""
    return [pending for pending in _first(ledger) if pending.at is None or pending.at <= now]


def next_try(ledger: Ledger) -> datetime | None:
    """Return the next moment for which a try has to wait, None if none has to."""
    return min((pending.at for pending in _first(ledger) if pending.at is not None), default=None)


def _first(ledger: Ledger) -> Iterator[Try]:
    """Walk the notices that no earlier one, of the same alert to the same audience, holds back."""
    met: set[tuple[str, str]] = set()
    for pending in list(ledger.waiting.values()):
        key = (pending.planned.alert, pending.planned.audience)
        if key not in met:
            met.add(key)
            yield pending


def _fail(ledger: Ledger, pending: Try, failed: NoticeFailed) -> None:
    unknown = pending.unknown | ({failed.channel} if failed.unknown else set())
    if failed.again_at is not None:
        ledger.waiting[failed.notice] = replace(
            pending,
            attempt=pending.attempt + 1,
            at=datetime.fromisoformat(failed.again_at),
            started=False,
            unknown=unknown,
            reached=pending.reached | set(failed.reached),
        )
    elif pending.place + 1 < len(pending.planned.channels):
        ledger.waiting[failed.notice] = Try(
            pending.planned, place=pending.place + 1, unknown=unknown
        )
    else:
        del ledger.waiting[failed.notice]
        ledger.done.add(failed.notice)
        ledger.given_up.setdefault(failed.audience, []).append(failed.notice)
