"""Benchmark over delivered records: partitions come and go, and no record is skipped past."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from schemas.codec import decode, encode
from schemas.events import Event, MethodSet, Payload, PeriodOpened, ReturnAccepted, derived_id
from schemas.events.returns import Observation
from schemas.topics import Producer, Topic
from services.benchmark.core.step import CORE
from services.benchmark.stage import Stage
from services.runtime.consumer import Consumer, Gap
from services.runtime.log import Commit, LogDamaged, Stored
from services.runtime.memory_log import MemoryLog

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


def event(payload: Payload, number: int) -> Event:
    return Event(
        id=derived_id("test", number),
        nation="england",
        producer=Producer.INGEST,
        time="2026-11-01T09:00:00.000Z",
        data=payload,
    )


def accepted(authority: str) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=f"return-{authority}",
        authority=authority,
        collection=COLLECTION,
        period=PERIOD,
        sha256="00",
        size=1,
        media_type="application/json",
        channel="api",
        rules="2026.1",
        observations=(Observation(indicator="CP04", numerator=60, denominator=86),),
    )


@pytest.fixture
def log() -> MemoryLog:
    """Return a partition that England has opened and where two authorities have returned."""
    opened = PeriodOpened(collection=COLLECTION, period=PERIOD, due="2026-11-11")
    payloads = [opened, accepted("383"), accepted("330")]
    filled = MemoryLog()
    filled.append([encode(event(payload, n)) for n, payload in enumerate(payloads)])
    return filled


def said(log: MemoryLog) -> list[bytes]:
    topics = (Topic.STANDINGS, Topic.ALERTS)
    return [stored.record.value for topic in topics for stored in log.read(topic, limit=10**6)]


def deliver(stage: Stage, log: MemoryLog, *, after: int = 0) -> None:
    """Deliver as Faust does, and commit behind it."""
    while places := log.read(Topic.RETURNS, after=after, limit=1):
        stage.deal(0, places[0])
        after = places[0].offset
        log.append([], commit=Commit(CORE.name, Topic.RETURNS, after))


def test_what_is_delivered_says_what_is_said_where_the_log_is_read(log):
    read = MemoryLog()
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    read.append([stored.record for stored in log.read(Topic.RETURNS)])

    deliver(stage, log)
    consumer = Consumer(CORE, read, now=now)
    while consumer.advance():
        pass

    assert said(log) == said(read)
    assert said(log)


def test_a_partition_without_a_method_is_given_one_once(log):
    Stage(lambda _: log, now=now).assign([0])
    Stage(lambda _: log, now=now).assign([0])

    methods = [decode(s.record) for s in log.read(Topic.RETURNS)]
    assert [e.producer for e in methods if isinstance(e.data, MethodSet)] == [
        Producer.BENCHMARK_SHELL
    ]


def test_a_nation_that_comes_first_while_the_worker_runs_is_given_a_method_too():
    log = MemoryLog()
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    log.append([encode(event(accepted("383"), 1))])

    deliver(stage, log)

    assert isinstance(decode(log.read(Topic.RETURNS)[-1].record).data, MethodSet)


def test_a_partition_that_comes_back_goes_on_where_the_other_worker_got_to(log):
    here, there = Stage(lambda _: log, now=now), Stage(lambda _: log, now=now)
    here.assign([0])
    first, *rest = log.read(Topic.RETURNS)
    here.deal(0, first)
    there.assign([0])
    for stored in [first, *rest[:-1]]:
        there.deal(0, stored)

    here.assign([0])
    here.deal(0, rest[-1])

    assert here.offset(0) == rest[-1].offset


def test_a_record_that_is_skipped_within_one_assignment_stops_the_worker(log):
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    first, _, third, *_ = log.read(Topic.RETURNS)
    stage.deal(0, first)

    with pytest.raises(Gap):
        stage.deal(0, third)


def test_offsets_that_go_back_within_one_assignment_stop_the_worker(log):
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    first, second, *_ = log.read(Topic.RETURNS)
    stage.deal(0, first)
    stage.deal(0, second)

    with pytest.raises(LogDamaged, match="went back from offset 2 to 1"):
        stage.deal(0, first)


def test_what_was_not_committed_before_a_reassignment_comes_again_and_says_nothing(log):
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    deliver(stage, log)
    before = said(log)

    stage.assign([0])
    deliver(stage, log)

    assert said(log) == before


class CutOff(MemoryLog):
    """A log that lost its records, and says so as Kafka's does."""

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        if after:
            raise LogDamaged(f"{topic} was cut off")
        return []


def test_a_partition_that_comes_back_shorter_than_it_was_stops_the_worker(log):
    stage = Stage(lambda _: log, now=now)
    stage.assign([0])
    deliver(stage, log)
    log.read = CutOff().read

    with pytest.raises(LogDamaged):
        stage.assign([0])
