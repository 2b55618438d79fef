"""Lag is how many records wait and how old the oldest is; a log that is away hides neither."""

from datetime import UTC, datetime, timedelta
from math import isnan

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import Record, encode
from schemas.events import Event, PeriodClosed, RecordParked
from schemas.topics import Producer, Topic
from services.runtime.log import Log, LogUnavailable
from services.runtime.memory_log import MemoryLog
from services.runtime.meter import Meter, Stretch
from services.runtime.metric import Metrics

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
AWAY = LogUnavailable("no broker")


class Board:
    """A meter over a log in memory, at a moment that the test sets."""

    def __init__(self) -> None:
        self.log, self.at, self.place = MemoryLog(), NOON, 0
        self.fault: Exception | None = None
        metrics = Metrics(CollectorRegistry())
        self.registry = metrics.registry
        self.meter = Meter(
            {"reader": self.behind},
            logs=self.logs,
            metrics=metrics,
            now=lambda: self.at,
        )

    def behind(self) -> list[Stretch]:
        if self.fault:
            raise self.fault
        return [Stretch(self.log, Topic.RETURNS, self.place)]

    def logs(self) -> list[Log]:
        if self.fault:
            raise self.fault
        return [self.log]

    def say(self, *, seconds_ago: float, of: str = "2026-27-Q1") -> None:
        time = (self.at - timedelta(seconds=seconds_ago)).isoformat()
        data = PeriodClosed(collection="riia-quarterly", period=of)
        self.log.append([encode(Event(of + time, "demo", Producer.INGEST, time, data))])

    def shown(self) -> tuple[float | None, float | None]:
        labels = {"consumer": "reader"}
        return (
            self.registry.get_sample_value("tartan_consumer_lag_records", labels),
            self.registry.get_sample_value("tartan_consumer_lag_seconds", labels),
        )


@pytest.fixture
def board() -> Board:
    return Board()


def test_nothing_is_said_of_a_lag_before_it_was_measured(board):
    assert all(isnan(value) for value in board.shown())

    board.meter.look()

    assert board.shown() == (0, 0)


def test_the_oldest_record_that_waits_gives_the_age(board):
    board.say(seconds_ago=40)
    board.say(seconds_ago=3)
    board.meter.look()
    assert board.shown() == (2, 40)

    board.place = 1
    board.meter.look()
    assert board.shown() == (1, 3)


def test_while_the_log_is_away_what_waited_grows_older_and_what_did_not_stays_at_nothing(board):
    board.say(seconds_ago=10)
    board.meter.look()
    board.fault, board.at = AWAY, NOON + timedelta(minutes=2)
    board.meter.look()
    assert board.shown() == (1, 130)

    board.fault, board.place = None, 1
    board.meter.look()
    board.fault, board.at = AWAY, NOON + timedelta(minutes=9)
    board.meter.look()
    assert board.shown() == (0, 0)


def test_a_record_whose_time_nobody_can_read_waits_like_any_other(board):
    board.log.append([Record(Topic.RETURNS, "demo", {"ce_time": "yesterday"}, b"{")])
    board.meter.look()

    assert board.shown() == (1, 0)


def park(replaced: str | None = None) -> Record:
    about = RecordParked(
        record_topic=Topic.RETURNS,
        offset=4,
        reason="not_json",
        detail="",
        headers={},
        value="",
        replaced=replaced,
    )
    return encode(Event(f"p{replaced}", "demo", Producer.RUNTIME, NOON.isoformat(), about))


def test_a_parked_record_waits_until_an_operator_has_dealt_with_it(board):
    def parked() -> float | None:
        board.meter.look()
        return board.registry.get_sample_value("tartan_parked_records")

    assert parked() == 0
    board.log.append([park()])
    assert parked() == 1
    assert board.meter.parked().ok
    assert "1 parked" in board.meter.parked().detail
    board.log.append([park(replaced="history")])
    assert parked() == 0
    assert board.meter.parked().detail == ""


def test_a_fault_of_its_own_leaves_a_gap_and_not_a_number_that_was_true_once(board):
    board.meter.look()
    assert board.shown() == (0, 0)
    board.fault = ZeroDivisionError()
    board.meter.look()

    assert all(isnan(value) for value in board.shown())
