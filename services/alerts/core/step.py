"""The core: a fold of ``alerts.v1`` that plans notices."""

from schemas.core import Core
from schemas.events import Event, NoticePlanned, NoticeReason, Payload, TimePassed, derived_id
from schemas.topics import Producer, Topic
from services.alerts.core.decide import Decision, decide
from services.alerts.core.roll import remind
from services.alerts.core.state import State, hear, take


def step(state: State, event: Event) -> list[Payload]:
    """Take an event, plan a notice for each audience that it concerns, hear them, return them."""
    take(state, event)
    planned: list[Payload] = [
        _plan(state, decision) for decision in decide(state, event) if decision.tells
    ]
    if isinstance(event.data, TimePassed):
        audiences = [audience for _, audience in sorted(state.audiences.items())]
        planned += remind(state.roll, audiences, nation=state.nation, now=state.now)
    for payload in planned:
        hear(state, payload)
    return planned


def notice_id(alert: str, *, audience: str, reason: NoticeReason, event: str) -> str:
    """Return the one id under which an audience is ever told of an event for a reason."""
    return derived_id("notice", alert, audience, reason, event)


def _plan(state: State, decision: Decision) -> NoticePlanned:
    alert = state.alerts[decision.alert]
    audience = state.audiences[str(decision.audience)]
    reason = NoticeReason(decision.reason)
    return NoticePlanned(
        notice=notice_id(
            decision.alert, audience=audience.audience, reason=reason, event=decision.event
        ),
        alert=decision.alert,
        authority=alert.authority,
        audience=audience.audience,
        reason=reason,
        severity=alert.severity,
        period=str(alert.period),
        because=decision.event,
        at=_text(state),
        channels=audience.channels,
    )


def _text(state: State) -> str:
    """Return the state's time as events carry it: UTC, milliseconds, ``Z``."""
    return f"{state.now:%Y-%m-%dT%H:%M:%S}.{state.now.microsecond // 1000:03d}Z"


CORE: Core[State] = Core(
    name=Producer.ALERTS,
    reads=Topic.ALERTS,
    writes=frozenset({Topic.ALERTS}),
    empty=State,
    take=take,
    step=step,
    hear=hear,
)
