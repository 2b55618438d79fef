"""Who is told, and why; and of those who are not, why not.

An audience hears of an alert when it is first to be pushed, when it has become more serious, once
a quarter while it stays open and nobody has acknowledged it, when a correction lowers what it was
told, when it ends, and (the regional group) when the authority answers. A withdrawal goes to
everyone who was told, whatever else holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.events import (
    AnswerGiven,
    Event,
    NoticeReason,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    TimePassed,
)
from schemas.events.alerts import Grounds
from services.alerts.core.state import Alert, State, Told, weight

STANDS_AS_TOLD = "already_told"
"""Benchmark's reason not to push what still stands and was pushed before: it may be a reminder."""
LOWERED = "correction_lowered_what_was_told"
"""Benchmark's reason to push a severity below the one that was told."""
REPEAT_PAUSE = timedelta(days=60)
"""The least time between two notices that say the same: a quarter's return may come late and the
next one early, and two reminders within weeks would be one too many."""


class Quiet(StrEnum):
    """Why an audience is not told."""

    NOT_PUSHED = "not_pushed"
    ALREADY_TOLD = "already_told"
    WITHIN_PAUSE = "within_pause"
    ACKNOWLEDGED = "acknowledged"
    NEVER_TOLD = "never_told"
    NO_AUDIENCE = "no_audience"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True)
class Decision:
    """One audience's lot: the reason for telling it, or why it is not told.

    ``audience`` is None where the reason holds for everyone. ``event`` is the signature event or
    answer that the notice speaks of; ``detail`` is benchmark's own word on what was not pushed.
    """

    reason: NoticeReason | Quiet
    alert: str
    event: str
    audience: str | None = None
    detail: str | None = None

    @property
    def tells(self) -> bool:
        """Whether a notice is to be planned."""
        return isinstance(self.reason, NoticeReason)


def decide(state: State, event: Event) -> list[Decision]:
    """Say whom an event that was just taken concerns; audiences in the order of their ids."""
    match event.data:
        case SignatureRaised() | SignatureChanged() as said:
            return list(_spread(state, said, event=event.id))
        case SignatureCleared(alert=alert):
            return list(_end(state, alert, NoticeReason.RESOLVED, event=event.id))
        case SignatureWithdrawn(alert=alert):
            return list(_end(state, alert, NoticeReason.WITHDRAWN, event=event.id))
        case AnswerGiven(alert=alert):
            return list(_answer(state, alert, event=event.id))
        case TimePassed():
            return list(_remind(state))
        case _:
            return []


def next_moment(state: State) -> datetime | None:
    """Return the next moment at which time alone makes an audience hear, None if there is none.

    It is when the pause after the last notice ends, of an alert that has since entered a new
    quarter and that nobody has acknowledged; or when somebody is told whose return is awaited.
    """
    ends = (
        told.at + REPEAT_PAUSE
        for alert, standing in state.alerts.items()
        for _, told in state.told_of(alert)
        if _stands(standing) and _reason(told, standing, now=state.now) is Quiet.WITHIN_PAUSE
    )
    called = state.roll.next()
    return min([*ends, *([called] if called else [])], default=None)


def _spread(state: State, said: Grounds, *, event: str) -> Iterator[Decision]:
    """Tell of a signature whoever covers the authority, each by what it was told before."""
    standing = state.alerts[said.alert]
    if not said.push and not _stands(standing):
        yield Decision(Quiet.NOT_PUSHED, said.alert, event, detail=said.push_reason)
        return
    audiences = list(state.covering(said.authority))
    if not audiences:
        yield Decision(Quiet.NO_AUDIENCE, said.alert, event)
    known = state.told.get(said.alert, {})
    for audience in audiences:
        reason = _reason(known.get(audience.audience), standing, now=state.now)
        yield _reachable(state, Decision(reason, said.alert, event, audience.audience))


def _stands(alert: Alert) -> bool:
    """Whether the alert stands as something that people are to know of."""
    if not alert.open or alert.push_reason == LOWERED:
        return False
    return alert.push or alert.push_reason == STANDS_AS_TOLD


def _reason(told: Told | None, alert: Alert, *, now: datetime) -> NoticeReason | Quiet:
    if told is None or not told.open:
        first = alert.push and alert.push_reason != LOWERED
        return NoticeReason.FIRST if first else Quiet.NEVER_TOLD
    if alert.push and weight(alert.severity) > weight(told.severity):
        return NoticeReason.WORSENED
    if alert.push_reason == LOWERED:
        lower = weight(alert.severity) < weight(told.severity)
        return NoticeReason.LOWERED if lower else Quiet.ALREADY_TOLD
    return _reminder(told, alert, now=now)


def _reminder(told: Told, alert: Alert, *, now: datetime) -> NoticeReason | Quiet:
    if alert.period <= told.period:
        return Quiet.ALREADY_TOLD
    if alert.acknowledged:
        return Quiet.ACKNOWLEDGED
    if now - told.at < REPEAT_PAUSE:
        return Quiet.WITHIN_PAUSE
    return NoticeReason.STILL_OPEN


def _end(state: State, alert: str, reason: NoticeReason, *, event: str) -> Iterator[Decision]:
    """Tell of the end whoever was told of the beginning, whether or not it still covers it."""
    waiting = [audience for audience, told in state.told_of(alert) if told.open]
    if not waiting:
        yield Decision(Quiet.NEVER_TOLD, alert, event)
    for audience in waiting:
        yield _reachable(state, Decision(reason, alert, event, audience))


def _answer(state: State, alert: str, *, event: str) -> Iterator[Decision]:
    """Tell of an answer the regional group that was told of the alert; the authority gave it."""
    groups = [
        audience
        for audience, _ in state.told_of(alert)
        if state.audiences[audience].kind == "region"
    ]
    if not groups or alert not in state.alerts:
        yield Decision(Quiet.NEVER_TOLD, alert, event)
        return
    for audience in groups:
        yield _reachable(state, Decision(NoticeReason.ANSWERED, alert, event, audience))


def _remind(state: State) -> Iterator[Decision]:
    """Remind of what stays open, where only the pause stood in the way."""
    for alert, standing in sorted(state.alerts.items(), key=lambda item: item[0]):
        if not _stands(standing):
            continue
        for audience, told in state.told_of(alert):
            if _reason(told, standing, now=state.now) is NoticeReason.STILL_OPEN:
                reminder = Decision(NoticeReason.STILL_OPEN, alert, standing.event, audience)
                yield _reachable(state, reminder)


def _reachable(state: State, decision: Decision) -> Decision:
    """Return the decision, or that the audience has no channel left by which it could be told."""
    if decision.audience is None or not decision.tells:
        return decision
    if state.audiences[decision.audience].channels:
        return decision
    return replace(decision, reason=Quiet.NO_CHANNEL)
