"""Parked records are shown, replayed once, and never skipped silently."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schemas.codec import decode, encode
from schemas.events import Event, PeriodOpened, RecordParked, derived_id
from schemas.topics import Producer, Topic
from services.benchmark.core.step import CORE as BENCHMARK
from services.embedded.parking import CannotPark, CannotReplay, listed, park, replay
from services.runtime.log import Commit
from services.runtime.memory_log import MemoryLog
from services.runtime.reader import Reader


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


def make_event(number: int = 1, *, due: str = "2026-11-11") -> Event:
    return Event(
        id=derived_id("open", number),
        nation="england",
        producer=Producer.INGEST,
        time="2026-07-01T00:00:00.000Z",
        data=PeriodOpened(collection="riia-quarterly", period="2026-27-Q2", due=due),
    )


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def test_a_record_that_an_operator_parks_is_skipped_by_every_later_fold(log):
    log.append([encode(make_event(1)), encode(make_event(2))])

    park(log, Topic.RETURNS, 1, reason="the core cannot deal with it", now=now)

    assert [e.id for e in Reader(log, now=now).events(Topic.RETURNS)] == [make_event(2).id]
    assert [(r.offset, r.reason) for r in listed(log, now=now)] == [(1, "operator")]


def test_a_place_without_a_record_cannot_be_parked(log):
    with pytest.raises(CannotReplay, match=r"no record at returns\.v1 offset 5"):
        park(log, Topic.RETURNS, 5, reason="x", now=now)


def test_a_record_that_its_core_has_dealt_with_is_not_parked(log):
    log.append([encode(make_event(1)), encode(make_event(2))])
    log.append([], commit=Commit("benchmark", Topic.RETURNS, 1))

    with pytest.raises(CannotPark, match=r"benchmark has dealt with returns\.v1 offset 1"):
        park(log, Topic.RETURNS, 1, reason="x", now=now, cores=(BENCHMARK,))
    park(log, Topic.RETURNS, 2, reason="x", now=now, cores=(BENCHMARK,))

    assert [(r.offset, r.reason) for r in listed(log, now=now)] == [(2, "operator")]


def test_replaying_appends_the_record_again_and_names_its_old_place(log):
    log.append([encode(make_event(1))])
    park(log, Topic.RETURNS, 1, reason="x", now=now)

    replay(log, Topic.RETURNS, 1, now=now)

    again = decode(log.read(Topic.RETURNS)[-1].record)
    assert again.replays == "returns.v1/1"
    assert again.data == make_event(1).data
    assert again.id != make_event(1).id
    assert listed(log, now=now)[0].replaced == again.id


def test_a_record_is_replayed_once(log):
    log.append([encode(make_event(1))])
    park(log, Topic.RETURNS, 1, reason="x", now=now)
    replay(log, Topic.RETURNS, 1, now=now)

    with pytest.raises(CannotReplay, match="already dealt with"):
        replay(log, Topic.RETURNS, 1, now=now)


def test_a_record_that_something_later_stands_for_becomes_history_only(log):
    log.append([encode(make_event(1)), encode(make_event(2, due="2026-11-18"))])
    park(log, Topic.RETURNS, 1, reason="x", now=now)

    said = replay(log, Topic.RETURNS, 1, now=now)

    assert said.startswith("history")
    assert len(log.read(Topic.RETURNS)) == 2
    assert listed(log, now=now)[0].replaced == "history"


def test_a_record_that_this_release_cannot_read_either_stays_parked(log):
    record = encode(make_event(1))
    log.append([replace(record, value=b"{}")])
    place = next(p for p in Reader(log, now=now).read(Topic.RETURNS, after=0) if p.parked)
    assert place.parked is not None
    log.append([encode(place.parked)])

    with pytest.raises(CannotReplay, match="cannot read the record either"):
        replay(log, Topic.RETURNS, 1, now=now)
    assert isinstance(listed(log, now=now)[0], RecordParked)
    assert listed(log, now=now)[0].replaced is None
