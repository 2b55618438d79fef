"""A story: events of one alert, told one after the other to the core."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import decode, encode
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
    Standing,
    TimePassed,
    derived_id,
)
from schemas.reference import Library, load_library
from schemas.topics import Producer, Topic
from services.alerts.channel.memory import MemoryNotifier
from services.alerts.core.decide import Decision, decide
from services.alerts.core.state import State, take
from services.alerts.core.step import CORE
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.runtime.clock import rfc3339
from services.runtime.consumer import Consumer
from services.runtime.log import LogError, LogUnavailable
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics

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


RULES = {
    "version": "2026.1",
    "catalogue": "2026.1",
    "expected": {"per_authority": 0.12, "region_of_eleven": 1.4, "england": 19.0, "made": "…"},
    "signature": [
        {"id": "R06", "name": "Late response to harm"},
        {"id": "RED", "name": "Red: {indicator}"},
    ],
}


@pytest.fixture(scope="session")
def library() -> Library:
    """The released tables with a small rule file of a fixed text."""
    return replace(load_library(), rule_files={"2026.1": RULES})


def make_standing(indicator: str, **fields: Any) -> Standing:
    """Return the standing of one figure; nested parts as plain data."""
    return Standing.model_validate({"indicator": indicator, "state": "reported", **fields})


@pytest.fixture
def standing() -> Callable[..., Standing]:
    """Gives standings."""
    return make_standing


@pytest.fixture
def grounds() -> SignatureRaised:
    """A concern of Leeds with an in-year and a published figure behind it; figures invented."""
    rereferrals = make_standing(
        "FD04",
        numerator=262, denominator=981, value=26.7074414,
        comparison={"numerator": 1043, "denominator": 4020, "value": 25.9452736, "quarters": 4},
        england={"value": 22.6, "source": "2024-25 published", "rank": 118, "ranked": 153,
                 "band": "D", "percentile": 0.77, "z": 0.71, "p": 0.24, "flag": "as_expected"},
        neighbours={"value": 22.9, "basis": "published", "year": "2024-25", "used": 10, "of": 10,
                    "difference": 0.133},
    )  # fmt: skip
    conferences = make_standing(
        "CP04",
        value=64.2, comparison={"numerator": 321, "denominator": 500, "value": 64.2, "quarters": 4},
        england={"value": 79.6, "source": "2024-25 published", "rank": 141, "ranked": 152,
                 "band": "D", "percentile": 0.92, "z": 2.31, "p": 0.0009, "flag": "amber"},
        neighbours={"value": 81.0, "basis": "in-year", "used": 8, "of": 10, "difference": 0.207},
    )  # fmt: skip
    return SignatureRaised.model_validate(
        {
            **GROUNDS,
            "period": "2026-27-Q2",
            "question": "Initial child protection conferences are often late, and many families "
            "are referred again within a year. Are children helped in time, and enough the first "
            "time?",
            "conditions": [
                {"expression": "pos(CP04) >= 0.67", "value": 0.92, "threshold": 0.67,
                 "result": "fired", "period": "2026-27-Q2", "basis": "in-year"},
                {"expression": "pos(FD04) >= 0.67", "value": 0.77, "threshold": 0.67,
                 "result": "fired", "period": "2024-25", "basis": "published"},
            ],
            "evidence": [
                {"period": "2026-27-Q2", "basis": "in-year", "standing": conferences},
                {"period": "2024-25", "basis": "published", "standing": rereferrals},
            ],
            "caveats": ["A conference may be late for a good reason, such as a family's wish."],
        }
    )  # fmt: skip


class Clock:
    """A clock that stands until it is set on."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


class FailingLog(MemoryLog):
    """A log in memory that can be told to lose an append: before it, or after it was made."""

    def __init__(self) -> None:
        super().__init__()
        self.fail: Callable[[Event], LogError | None] = lambda event: None

    def append(self, records: Any, *, commit: Any = None) -> Any:
        faults = [fault for record in records if (fault := self.fail(decode(record)))]
        if faults and isinstance(faults[0], LogUnavailable):
            raise faults[0]
        offsets = super().append(records, commit=commit)
        if faults:
            raise faults[0]
        return offsets


class Desk:
    """The alerts service over a log in memory, with channels in memory."""

    def __init__(self, library: Library, **channels: MemoryNotifier) -> None:
        self.clock = Clock()
        self.log = FailingLog()
        self.library = library
        self.channels = channels or {"email": MemoryNotifier(), "webhook": MemoryNotifier()}
        self.metrics = Metrics(CollectorRegistry())
        self.count = 0
        self.restart()

    def restart(self) -> None:
        """Throw away all that a process holds in memory."""
        self.office = Office(self.log, self.library, "england", now=self.clock)
        self.consumer = Consumer(CORE, self.log, now=self.clock)
        self.sender = Sender(
            self.office,
            {(a, c): n for a in ("group-1", "director-383") for c, n in self.channels.items()},
            base_url="https://tartan.example.org",
            now=self.clock,
            metrics=self.metrics,
        )

    def tell(self, payload: Payload, *, producer: Producer = Producer.BENCHMARK) -> str:
        """Put an event into the log as another service would; return its id."""
        self.count += 1
        event = Event(
            id=derived_id("told", self.count),
            nation="england",
            producer=producer,
            time=rfc3339(self.clock()),
            data=payload,
        )
        self.log.append([encode(event)])
        return event.id

    def decide(self) -> None:
        """Let the core step all that is in the log."""
        while self.consumer.advance():
            pass

    def run(self) -> int:
        """Decide, then send what is due."""
        self.decide()
        return self.sender.run_once()

    def said(self, kind: type[Payload], topic: Topic = Topic.ALERTS) -> list[Any]:
        """Return the payloads of a type that stand in the log."""
        found = [decode(stored.record).data for stored in self.log.read(topic, limit=10_000)]
        return [payload for payload in found if isinstance(payload, kind)]


@pytest.fixture
def make_desk(library: Library) -> Callable[..., Desk]:
    """Gives a service with the channels named; only the regional group is told."""

    def make(**channels: MemoryNotifier) -> Desk:
        desk = Desk(library, **channels)
        names = tuple(desk.channels)
        desk.office.set_audiences([GROUP.model_copy(update={"channels": names})])
        return desk

    return make
