"""How a core is run where records are delivered to it and its places are committed for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Record, encode
from schemas.topics import Topic
from services.runtime.consumer import Consumer, CoreFailed, Gap
from services.runtime.memory_log import MemoryLog
from tests.unit.runtime.toy import TOY, make_bug, make_event, now


def wrote(log: MemoryLog) -> list[Record]:
    return [stored.record for stored in log.read(Topic.ALERTS, limit=10**6)]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.data())
def test_whoever_is_killed_wherever_delivery_says_what_reading_says(numbers, data):
    read, delivered = MemoryLog(), MemoryLog()
    records = [encode(make_event(n)) for n in numbers]
    read.append(records)
    delivered.append(records)
    reading = Consumer(TOY, read, now=now)
    while reading.advance():
        pass

    committed = 0
    life = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 2))
    for deals, commits, half in [*data.draw(st.lists(life, max_size=6)), (len(records), 0, 2)]:
        consumer = Consumer(TOY, delivered, now=now)
        redelivered = delivered.read(Topic.RETURNS, after=committed, limit=10**6)
        for number, stored in enumerate(redelivered[:deals], 1):
            said = consumer.deal(stored)
            delivered.append(said[:half] if number == deals else said)
        committed += min(max(deals - 1, 0), commits, len(redelivered))

    kept = {record.headers["ce_id"]: record for record in wrote(delivered)}
    assert list(kept.values()) == wrote(read)
    assert all(kept[record.headers["ce_id"]] == record for record in wrote(delivered))
    rebuilt = Consumer(TOY, delivered, now=now)
    rebuilt.recover(up_to=len(records))
    assert rebuilt.state("england") == reading.state("england")


def test_a_record_that_comes_again_says_nothing_twice():
    log = MemoryLog()
    log.append([encode(make_event(n)) for n in (1, 2)])
    first, second = log.read(Topic.RETURNS)
    consumer = Consumer(TOY, log, now=now)
    said = [*consumer.deal(first), *consumer.deal(second)]

    assert said
    assert consumer.deal(first) == consumer.deal(second) == []


def test_a_record_that_was_skipped_stops_the_delivery_behind_it():
    log = MemoryLog()
    log.append([encode(make_event(n)) for n in (1, 2, 3)])
    first, _, third = log.read(Topic.RETURNS)
    consumer = Consumer(TOY, log, now=now)
    consumer.deal(first)

    with pytest.raises(Gap, match=r"returns.v1 offset 3 .* everything up to 1 only"):
        consumer.deal(third)


def test_a_core_that_raises_on_what_is_delivered_names_the_place():
    log = MemoryLog()
    log.append([encode(make_event(1)), encode(make_bug())])
    first, bug = log.read(Topic.RETURNS)
    consumer = Consumer(TOY, log, now=now)
    consumer.deal(first)

    with pytest.raises(CoreFailed, match=r"returns.v1 offset 2"):
        consumer.deal(bug)
