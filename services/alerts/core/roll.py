"""The roll: whose returns are awaited, and the moments at which somebody is to be told so.

A moment strikes once, when time is said to have passed it: a return that comes, or is withdrawn,
behind it changes nothing any more. One that lay behind when its day was set never strikes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum

from schemas.events import AudienceSet, ReminderKind, ReminderPlanned, ReturnsAwaited, derived_id

HOUR = time(8, tzinfo=UTC)
"""The time of day at which people are told."""


class Call(StrEnum):
    """What a moment is for."""

    REMIND = "remind"
    CHASE = "chase"


@dataclass(slots=True)
class Roll:
    """The latest word on each collection's period by its subject; moments that still wait.

    ``struck`` are the moments that the last passing of time has met.
    """

    awaited: dict[str, ReturnsAwaited] = field(default_factory=dict)
    waiting: dict[tuple[str, Call], datetime] = field(default_factory=dict)
    struck: tuple[tuple[str, Call], ...] = ()

    def put(self, said: ReturnsAwaited, *, now: datetime) -> None:
        """Take who is awaited; days that were moved wait anew."""
        subject = said.subject()
        before = self.awaited.get(subject)
        self.awaited[subject] = said
        if before is not None and _days(before) == _days(said):
            return
        for call, day in zip(Call, (said.remind, said.chase), strict=True):
            self.waiting.pop((subject, call), None)
            moment = datetime.combine(date.fromisoformat(day), HOUR) if day else now
            if moment > now:
                self.waiting[subject, call] = moment

    def strike(self, now: datetime) -> None:
        """Let the moments strike that time has reached."""
        self.struck = tuple(sorted(key for key, at in self.waiting.items() if at <= now))
        for key in self.struck:
            del self.waiting[key]

    def next(self) -> datetime | None:
        """Return the next moment that waits, None if none does."""
        return min(self.waiting.values(), default=None)


def _days(said: ReturnsAwaited) -> tuple[str | None, ...]:
    return (said.due, said.remind, said.chase)


def remind(
    roll: Roll, audiences: list[AudienceSet], *, nation: str, now: datetime
) -> Iterator[ReminderPlanned]:
    """Plan what is told of the moments that have just struck, audience after audience.

    Before the due day each authority that is awaited hears of its own return; behind it, the
    regional group hears of those of its authorities, too. Nobody is reminded of a day that is over.
    """
    for subject, call in roll.struck:
        said = roll.awaited[subject]
        if call is Call.REMIND and now.date() > date.fromisoformat(said.due):
            continue
        for audience in audiences:
            kind, about = _told(audience, call, said)
            if about and audience.channels:
                yield _plan(said, kind, about, audience, nation=nation, now=now)


def _told(
    audience: AudienceSet, call: Call, said: ReturnsAwaited
) -> tuple[ReminderKind, tuple[str, ...]]:
    """Return what an audience is told, and of whom; of nobody where it is not concerned."""
    if audience.kind == "authority":
        kind = ReminderKind.BEFORE_DUE if call is Call.REMIND else ReminderKind.OVERDUE
        return kind, tuple(code for code in said.authorities if code == audience.covers)
    covered = () if call is Call.REMIND else audience.authorities
    return ReminderKind.CHASE_LIST, tuple(code for code in said.authorities if code in covered)


def _plan(
    said: ReturnsAwaited,
    kind: ReminderKind,
    about: tuple[str, ...],
    audience: AudienceSet,
    *,
    nation: str,
    now: datetime,
) -> ReminderPlanned:
    period = (nation, said.subject())
    return ReminderPlanned(
        notice=derived_id("reminder", *period, said.due, kind, audience.audience),
        alert=derived_id("awaited", *period),
        kind=kind,
        collection=said.collection,
        period=said.period,
        due=said.due,
        authorities=about,
        audience=audience.audience,
        at=f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z",
        channels=audience.channels,
    )
