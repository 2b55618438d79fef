"""What the decisions rest on: audiences, alerts as they stand, and who was told of what.

The state has two halves that never read one another: ``audiences``, ``alerts``, ``roll`` and
``now`` are folded from what comes in, ``told`` and ``heard`` from what this core itself has said.
So it does not matter in which order the two are folded, and a batch that ends anywhere changes
nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from schemas.events import (
    AlertAcknowledged,
    AlertSeverity,
    AudienceSet,
    Event,
    NoticePlanned,
    NoticeReason,
    Payload,
    ReturnsAwaited,
    SignatureChanged,
    SignatureCleared,
    SignatureEvent,
    SignatureRaised,
    SignatureWithdrawn,
    TimePassed,
)
from schemas.periods import Period
from services.alerts.core.roll import Roll

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_ORDER = tuple(AlertSeverity)
_ENDS = (NoticeReason.RESOLVED, NoticeReason.WITHDRAWN)


def weight(severity: AlertSeverity) -> int:
    """Return the place of a severity among all, the mildest being 0."""
    return _ORDER.index(severity)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as the last word on it left it. ``event`` is the id of the event that said it."""

    authority: str
    severity: AlertSeverity
    period: Period
    push: bool
    push_reason: str
    event: str
    open: bool = True
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What an audience was last told of an alert. ``open`` until it was told of the end."""

    severity: AlertSeverity
    period: Period
    at: datetime
    open: bool = True


@dataclass(slots=True)
class State:
    """The state of one nation. ``now`` is the largest time that any event has carried."""

    nation: str
    now: datetime = _BEFORE_ALL
    audiences: dict[str, AudienceSet] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    told: dict[str, dict[str, Told]] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    roll: Roll = field(default_factory=Roll)

    def covering(self, authority: str) -> Iterator[AudienceSet]:
        """Walk the audiences that are to hear of an authority, in the order of their ids."""
        for _, audience in sorted(self.audiences.items()):
            if authority in (audience.covers, *audience.authorities):
                yield audience

    def told_of(self, alert: str) -> list[tuple[str, Told]]:
        """Return who was told of an alert, in the order of the audiences' ids."""
        return sorted(self.told.get(alert, {}).items(), key=lambda item: item[0])


def take(state: State, event: Event) -> None:
    """Fold what came in; what this core said itself was heard when it was said."""
    state.now = max(state.now, datetime.fromisoformat(event.time))
    match event.data:
        case SignatureRaised() | SignatureChanged() as standing:
            _stand(state, standing, event=event.id)
        case SignatureCleared() | SignatureWithdrawn() as ended:
            known = state.alerts.get(ended.alert)
            if known is not None:
                state.alerts[ended.alert] = replace(known, open=False)
        case AlertAcknowledged(alert=alert) if alert in state.alerts:
            state.alerts[alert] = replace(state.alerts[alert], acknowledged=True)
        case AudienceSet() as audience:
            state.audiences[audience.audience] = audience
        case ReturnsAwaited() as said:
            state.roll.put(said, now=state.now)
        case TimePassed(moment=moment):
            state.now = max(state.now, datetime.fromisoformat(moment))
            state.roll.strike(state.now)
        case _:
            pass


def hear(state: State, payload: Payload) -> None:
    """Fold one notice that this core has planned; the second time it changes nothing."""
    if not isinstance(payload, NoticePlanned) or payload.notice in state.heard:
        return
    state.heard.add(payload.notice)
    if payload.reason is NoticeReason.ANSWERED:
        return
    state.told.setdefault(payload.alert, {})[payload.audience] = Told(
        payload.severity,
        Period.parse(payload.period),
        datetime.fromisoformat(payload.at),
        open=payload.reason not in _ENDS,
    )


def _stand(state: State, said: SignatureEvent, *, event: str) -> None:
    """Replace what is known of the alert: of a quarter that no longer holds too."""
    known = state.alerts.get(said.alert)
    # Who has seen a concern has not seen what became of it, nor what came back after an end.
    seen = (
        known is not None
        and known.open
        and known.acknowledged
        and weight(said.severity) <= weight(known.severity)
    )
    state.alerts[said.alert] = Alert(
        said.authority,
        said.severity,
        Period.parse(said.period),
        said.push,
        said.push_reason,
        event,
        acknowledged=seen,
    )
