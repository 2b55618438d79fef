"""How a core is run: recovery, repeats, records that cannot be decoded, cores that raise."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Record, decode, encode
from schemas.events import (
    Event,
    MethodSet,
    Payload,
    RecordParked,
)
from schemas.topics import Topic
from services.runtime.consumer import Consumer, CoreFailed
from services.runtime.log import Commit, LogUnavailable, Stored
from services.runtime.memory_log import MemoryLog
from services.runtime.reader import BY_OPERATOR, parked
from services.runtime.verification import verify
from tests.unit.runtime.toy import TOY, Tally, make_bug, make_event, now, step, take


class Share(Payload):
    """A payload with a number, which a core with a fault makes one that JSON cannot hold."""

    type: ClassVar[str] = "share"
    topic: ClassVar[Topic] = Topic.ALERTS
    value: float

    def subject(self) -> str:
        return "share"


def run(consumer: Consumer[Tally]) -> None:
    while consumer.advance():
        pass


def said(log: MemoryLog) -> list[Record]:
    return [stored.record for stored in log.read(Topic.ALERTS, limit=10**6)]


class BreakingLog(MemoryLog):
    """Refuses the appends whose turn is named."""

    def __init__(self, refuse: set[int]) -> None:
        super().__init__()
        self.refuse = refuse
        self.turn = 0

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        if commit is not None:
            self.turn += 1
            if self.turn in self.refuse:
                raise LogUnavailable("refused")
        return super().append(records, commit=commit)


def test_derived_events_take_time_and_trace_from_their_cause():
    log = MemoryLog()
    log.append([encode(make_event(1))])

    run(Consumer(TOY, log, now=now))

    event = decode(said(log)[0])
    assert event.time == "2026-07-01T00:00:01.000Z"
    assert event.traceparent == make_event(1).traceparent
    assert str(event.cause) == "returns.v1:england:ingest:1:0"


def test_a_repeated_event_is_dealt_with_once():
    log, twin = MemoryLog(), MemoryLog()
    log.append([encode(make_event(n)) for n in (1, 2, 1, 3, 2)])
    twin.append([encode(make_event(n)) for n in (1, 2, 3)])

    run(Consumer(TOY, log, now=now))
    run(Consumer(TOY, twin, now=now))

    assert said(log) == said(twin)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.data())
def test_recovering_anywhere_changes_neither_what_is_said_nor_the_state(numbers, data):
    unbroken, broken = MemoryLog(), MemoryLog()
    records = [encode(make_event(n, nation="demo" if n % 7 == 0 else "england")) for n in numbers]
    unbroken.append(records)
    once = Consumer(TOY, unbroken, now=now)
    run(once)

    consumer = Consumer(TOY, broken, now=now)
    for record in records:
        broken.append([record])
        if data.draw(st.booleans()):
            consumer = Consumer(TOY, broken, now=now)
        if data.draw(st.booleans()):
            run(consumer)
    run(consumer)

    assert said(broken) == said(unbroken)
    rebuilt = Consumer(TOY, broken, now=now)
    for nation in ("england", "demo"):
        assert rebuilt.state(nation) == once.state(nation) == consumer.state(nation)


@given(st.sets(st.integers(1, 8)), st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_a_refused_append_is_made_good_from_what_the_log_holds(refuse, numbers):
    log, unbroken = BreakingLog(refuse), MemoryLog()
    consumer = Consumer(TOY, log, now=now)
    for number in numbers:
        log.append([encode(make_event(number))])
        unbroken.append([encode(make_event(number))])
        while True:
            try:
                run(consumer)
                break
            except LogUnavailable:
                continue
    run(Consumer(TOY, unbroken, now=now))

    assert said(log) == said(unbroken)


def test_what_cannot_be_decoded_is_parked_and_the_rest_goes_on():
    log = MemoryLog()
    poison = Record(Topic.RETURNS, "england", {"ce_type": "period.opened.v1"}, b"\xff{")
    log.append([encode(make_event(1)), poison, encode(make_event(2))])

    run(Consumer(TOY, log, now=now))

    parked = [decode(stored.record) for stored in log.read(Topic.PARKED)]
    assert [
        (e.data.record_topic, e.data.offset, e.data.reason)
        for e in parked
        if isinstance(e.data, RecordParked)
    ] == [("returns.v1", 2, "attributes")]
    assert Consumer(TOY, log, now=now).state("england").taken == ["c/1", "c/2"]


def test_a_core_that_raises_stops_at_its_place_and_keeps_what_came_before():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_bug()), encode(make_event(2))])
    consumer = Consumer(TOY, log, now=now)

    with pytest.raises(CoreFailed, match="offset 2"):
        run(consumer)

    assert log.committed("benchmark", Topic.RETURNS) == 1
    assert len(said(log)) == 1
    with pytest.raises(CoreFailed):
        consumer.advance()


def test_a_core_that_raises_on_what_it_took_before_names_the_place():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_bug()), encode(make_event(2))])
    log.append([], commit=Commit("benchmark", Topic.RETURNS, 3))

    def raising(state: Tally, event: Event) -> None:
        if isinstance(event.data, MethodSet):
            raise ZeroDivisionError
        take(state, event)

    consumer = Consumer(replace(TOY, take=raising), log, now=now)

    for _ in range(2):
        with pytest.raises(CoreFailed, match=r"returns\.v1 offset 2"):
            consumer.advance()


def test_a_core_whose_words_cannot_be_written_is_stopped_and_nothing_is_skipped():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_event(2))])

    def endless(state: Tally, event: Event) -> list[Payload]:
        step(state, event)
        return [Share(value=math.inf)] if len(state.taken) == 2 else []

    consumer = Consumer(replace(TOY, step=endless), log, now=now)

    for _ in range(2):
        with pytest.raises(CoreFailed, match="offset 2"):
            consumer.advance()
    assert log.committed("benchmark", Topic.RETURNS) == 1


def park(log: MemoryLog, topic: Topic, offset: int) -> None:
    stored = log.read(topic, after=offset - 1, limit=1)[0]
    event = parked(stored, topic, reason=BY_OPERATOR, detail="", time="2026-11-22T00:00:00.000Z")
    log.append([encode(event)])


def test_what_an_operator_parked_still_counts_so_that_later_causes_keep_their_numbers():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_event(2))])
    park(log, Topic.RETURNS, 1)
    log.append([encode(make_event(3))])
    consumer = Consumer(TOY, log, now=now)

    run(consumer)

    assert consumer.state("england").taken == ["c/2", "c/3"]
    assert [str(decode(record).cause) for record in said(log)] == [
        "returns.v1:england:ingest:2:0",
        "returns.v1:england:ingest:3:0",
        "returns.v1:england:ingest:3:1",
    ]
    assert Consumer(TOY, log, now=now).state("england") == consumer.state("england")
    assert verify(TOY, log, now=now).difference is None


def test_a_core_hears_what_it_said_even_where_its_reader_had_it_parked():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_event(2))])
    consumer = Consumer(TOY, log, now=now)
    run(consumer)

    park(log, Topic.ALERTS, 1)

    assert Consumer(TOY, log, now=now).state("england") == consumer.state("england")
    assert verify(TOY, log, now=now).difference is None


def test_a_record_on_parked_v1_that_cannot_be_decoded_stops_nobody():
    log = MemoryLog()
    log.append([Record(Topic.PARKED, "england", {}, b"\xff"), encode(make_event(1))])

    run(Consumer(TOY, log, now=now))

    assert Consumer(TOY, log, now=now).state("england").taken == ["c/1"]


def test_a_batch_of_any_size_says_the_same():
    log, drip = MemoryLog(), MemoryLog()
    records = [encode(make_event(n)) for n in range(1, 250)]
    log.append(records)
    run(Consumer(TOY, log, now=now))
    consumer = Consumer(TOY, drip, now=now)
    for record in records:
        drip.append([record])
        run(consumer)

    assert said(log) == said(drip)
    assert isinstance(log.read(Topic.ALERTS)[0], Stored)


def test_a_recovery_shows_how_far_it_has_got_and_ends_with_all_that_there_was():
    log = MemoryLog()
    log.append([encode(make_event(n)) for n in range(1, 30)])
    run(Consumer(TOY, log, now=now))
    again = Consumer(TOY, log, now=now)
    assert not again.rebuild.under_way

    again.recover()

    assert again.rebuild.total == log.end(Topic.RETURNS) + log.end(Topic.ALERTS)
    assert not again.rebuild.under_way
