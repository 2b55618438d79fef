"""Two shells around the same cores, driven alike: what people do, and letting it be dealt with."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import partial
from random import Random
from typing import Protocol

from schemas.codec import Record, decode, encode
from schemas.errors import TartanError, Undecodable
from schemas.events import Event, FiguresPublished, Payload, derived_id
from schemas.reference import ENGLAND, load_library
from schemas.sign_off import STATEMENT
from schemas.topics import Producer, Topic
from services.alerts.audience import default_audiences
from services.alerts.channel.memory import MemoryNotifier
from services.alerts.core.step import CORE as ALERTS
from services.alerts.office import AnswerKind, Office
from services.alerts.sender import Sender
from services.benchmark.core.step import CORE as BENCHMARK
from services.benchmark.method import missing_method
from services.benchmark.stage import Stage
from services.ingest.core.approval import decide_sign_off, sign_off_of
from services.ingest.core.document import Format
from services.ingest.core.explanation import Given
from services.ingest.core.unlocking import decide_unlock, unlocking_of
from services.ingest.core.version import Key, Version
from services.ingest.desk import Desk
from services.ingest.outcome import Faulty
from services.runtime.consumer import Consumer
from services.runtime.log import Commit, Log
from services.runtime.metric import Metrics

NATION = ENGLAND


class Clock:
    """The one moment that both shells live in."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


class Runner(Protocol):
    """Lets the cores deal with what the log holds."""

    def settle(self) -> None: ...


class Embedded:
    """Both cores in one process, each reading the log by itself."""

    def __init__(self, log: Log, clock: Clock) -> None:
        self._consumers = [Consumer(core, log, now=clock) for core in (BENCHMARK, ALERTS)]

    def settle(self) -> None:
        while sum(consumer.advance() for consumer in self._consumers):
            pass


class Distributed:
    """Benchmark is delivered its records, alerts reads its own; both die whenever chance wills.

    A life ends between what was appended and the commit behind it, so its successor says it again.
    ``look`` is called in between: whoever keeps views may take in what there is by then.
    """

    def __init__(
        self, log: Log, clock: Clock, chance: Random, *, look: Callable[[], None] = lambda: None
    ) -> None:
        self._log = log
        self._clock = clock
        self._chance = chance
        self._look = look
        self._alerts = Consumer(ALERTS, log, now=clock)
        self._stage = Stage(lambda _: log, now=clock)

    def settle(self) -> None:
        while self._deliver() + self._alerts.advance():
            self._look()
            if self._chance.random() < 0.2:
                self._alerts = Consumer(ALERTS, self._log, now=self._clock)

    def _deliver(self) -> int:
        done = self._log.committed(BENCHMARK.name, Topic.RETURNS)
        places = self._log.read(Topic.RETURNS, after=done, limit=20)
        for stored in places:
            self._stage.deal(0, stored)
            if self._chance.random() < 0.1:
                self._stage = Stage(lambda _: self._log, now=self._clock)
                break
            done = stored.offset
        self._log.append([], commit=Commit(BENCHMARK.name, Topic.RETURNS, done))
        return len(places)


class Shell:
    """A product of one nation over a log; whatever a person may do is a method."""

    def __init__(self, log: Log, clock: Clock, runner: Runner, metrics: Metrics) -> None:
        library = load_library()
        self.log = log
        self._clock = clock
        self._runner = runner
        self._desk = Desk(log, library=library, nation=NATION, now=clock)
        self._office = Office(log, library, NATION, now=clock)
        self._audiences = default_audiences(library, NATION)
        self.channel = MemoryNotifier()
        connections = {
            (audience.told.audience, channel): self.channel
            for audience in self._audiences
            for channel in audience.told.channels
        }
        self._sender = Sender(
            self._office,
            connections,
            base_url="https://tartan.example.org",
            now=clock,
            metrics=metrics,
        )

    def settle(self) -> None:
        """Let everything be dealt with and every notice be sent."""
        self._runner.settle()
        while self._sender.run_once():
            self._runner.settle()

    def begin(self, published: tuple[FiguresPublished, ...]) -> None:
        """Give the log its method, its published figures and its audiences."""
        method = missing_method(self.log, NATION, now=self._clock)
        self.log.append([encode(method)] if method else [])
        self._desk.stock(published)
        self._office.set_audiences(audience.told for audience in self._audiences)

    def open_period(self, collection: str, period: str) -> None:
        with suppress(TartanError):
            self._desk.open_period(collection, period)

    def close_period(self, collection: str, period: str) -> None:
        with suppress(TartanError):
            self._desk.close_period(collection, period)

    def submit(self, body: bytes, *, reason: str | None = None) -> None:
        """Send a return; what is refused changes nothing."""
        with suppress(TartanError, Faulty):
            self._desk.submit(body, format=Format.JSON, reason=reason)

    def sign_off(self, return_id: str) -> None:
        """Sign a return off; one with an open query is refused."""
        sign = partial(decide_sign_off, statement=STATEMENT, actor="someone")
        with suppress(TartanError):
            self._desk.tell(return_id, sign, sign_off_of)

    def unlock(self, return_id: str, reason: str) -> None:
        """Let a return of a closed period be changed; of an open one that is refused."""
        unlock = partial(decide_unlock, reason=reason, actor="someone")
        with suppress(TartanError):
            self._desk.tell(return_id, unlock, unlocking_of)

    def explain(self, return_id: str, text: str) -> None:
        """Explain every query that is open on a return."""
        with suppress(TartanError):
            asked = self._desk.queries(return_id).queries
            about = dict.fromkeys(each.finding.indicator for each in asked if each.is_open)
            self._desk.explain(return_id, [Given(indicator, text) for indicator in about])

    def withdraw(self, return_id: str, reason: str) -> None:
        """Withdraw a return; one that no longer stands stays as it is."""
        with suppress(TartanError):
            self._desk.withdraw(return_id, reason)

    def publish(self, figures: FiguresPublished) -> None:
        with suppress(TartanError):
            self._desk.stock((figures,))

    def say(self, payload: Payload, *, producer: Producer, number: int) -> None:
        """Append an event from outside as its producer would."""
        event = Event(
            id=derived_id("history", number),
            nation=NATION,
            producer=producer,
            time=f"{self._clock():%Y-%m-%dT%H:%M:%S.000Z}",
            data=payload,
        )
        self.log.append([encode(event)])

    def poison(self, number: int) -> None:
        """Append what no release can decode."""
        headers = {"ce_id": f"poison-{number}", "ce_type": "return.accepted.v1"}
        self.log.append([Record(Topic.RETURNS, NATION, headers, b"{" * number)])

    def answer(self, alert: str, text: str) -> None:
        with suppress(TartanError):
            self._office.answer(alert, kind=AnswerKind.ANSWER, text=text, actor="someone")

    def standing(self, key: Key) -> Version | None:
        """Return the version that stands for authority, collection and period."""
        return self._desk.ask(lambda known, _: known.slot(key).current)

    def versions(self) -> tuple[Version, ...]:
        """Return every version of every return that was accepted."""
        return self._desk.versions()

    def alerts(self) -> list[str]:
        with self._office.hold() as register:
            return sorted(register.state.alerts)


def said(log: Log) -> dict[tuple[Topic, str], list[Record]]:
    """Return all events by topic and producer, each once, in the order in which they came first.

    What cannot be decoded stands under no producer. Raises AssertionError if two different events
    bear one id.
    """
    found: dict[tuple[Topic, str], dict[str, Record]] = {}
    for topic, record in _records(log):
        try:
            producer = str(decode(record).producer)
        except Undecodable:
            producer = ""
        kept = found.setdefault((topic, producer), {})
        first = kept.setdefault(record.headers["ce_id"], record)
        assert first == record, f"two events of {producer} on {topic} bear one id"
    return {place: list(kept.values()) for place, kept in found.items()}


def _records(log: Log) -> Iterator[tuple[Topic, Record]]:
    for topic in Topic:
        after = 0
        while batch := log.read(topic, after=after):
            for stored in batch:
                after = stored.offset
                yield topic, stored.record


Act = Callable[[Shell], None]
