"""A story: events of one alert, told one after the other to the core."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from schemas.events import (
    AlertAcknowledged,
    AnswerGiven,
    AudienceSet,
    Event,
    NoticePlanned,
    Payload,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    TimePassed,
    derived_id,
)
from schemas.topics import Producer
from services.alerts.core.decide import Decision, decide
from services.alerts.core.state import State, take
from services.alerts.core.step import CORE

ALERT = "alert-1"
AUTHORITY = "383"
GROUP = AudienceSet(
    audience="group-1",
    kind="region",
    covers="E12000003",
    authorities=("380", AUTHORITY),
    channels=("email", "webhook"),
)
DIRECTOR = AudienceSet(
    audience="director-383", kind="authority", covers=AUTHORITY, channels=("email",)
)
SIGNATURE = {
    "alert": ALERT,
    "authority": AUTHORITY,
    "collection": "riia-quarterly",
    "signature": "R06",
    "sign": "risk",
    "severity": "concern",
    "period": "2026-27-Q1",
    "since": "2026-27-Q1",
    "push": True,
    "push_reason": "concern",
    "rule_version": "2026.1",
}
GROUNDS = {**SIGNATURE, "question": "Why do families come back?", "conditions": ()}


@dataclass
class Story:
    """Tells events in order; ``notices`` is all that was planned."""

    state: State = field(default_factory=lambda: CORE.empty("england"))
    events: list[Event] = field(default_factory=list)
    notices: list[NoticePlanned] = field(default_factory=list)
    day: str = "2026-07-20"

    def audiences(self, *audiences: AudienceSet) -> None:
        for audience in audiences or (GROUP, DIRECTOR):
            self.tell(audience)

    def raised(self, **fields: Any) -> list[NoticePlanned]:
        return self.tell(SignatureRaised(**{**GROUNDS, **fields}))

    def changed(self, **fields: Any) -> list[NoticePlanned]:
        return self.tell(SignatureChanged(**{**GROUNDS, **fields}))

    def cleared(self, **fields: Any) -> list[NoticePlanned]:
        return self.tell(SignatureCleared(**{**SIGNATURE, **fields}))

    def withdrawn(self, **fields: Any) -> list[NoticePlanned]:
        reason = {"reason": "a corrected return removed the ground"}
        return self.tell(SignatureWithdrawn(**{**SIGNATURE, **reason, **fields}))

    def answered(self, answer: str = "answer-1") -> list[NoticePlanned]:
        return self.tell(
            AnswerGiven(answer=answer, alert=ALERT, authority=AUTHORITY, actor="a", text="t")
        )

    def acknowledged(self) -> list[NoticePlanned]:
        return self.tell(
            AlertAcknowledged(answer="answer-2", alert=ALERT, authority=AUTHORITY, actor="a")
        )

    def time_passed(self, moment: str) -> list[NoticePlanned]:
        self.day = moment[:10]
        return self.tell(TimePassed(moment=moment))

    def tell(self, payload: Payload) -> list[NoticePlanned]:
        event = self._event(payload)
        said = [said for said in CORE.step(self.state, event) if isinstance(said, NoticePlanned)]
        self.events.append(event)
        self.notices += said
        return said

    def weigh(self, payload: Payload) -> list[Decision]:
        """Return the decisions on an event, those to tell nobody included."""
        event = self._event(payload)
        take(self.state, event)
        return decide(self.state, event)

    def _event(self, payload: Payload) -> Event:
        return Event(
            id=derived_id("event", len(self.events)),
            nation="england",
            producer=Producer.BENCHMARK,
            time=f"{self.day}T09:00:00.000Z",
            data=payload,
        )


@pytest.fixture
def story() -> Story:
    """A story in which the two audiences of an authority are known."""
    told = Story()
    told.audiences()
    return told


@pytest.fixture
def make_story() -> Callable[[], Story]:
    """Gives stories in which nothing has happened yet."""
    return Story
