"""What becomes of a due day: reminders before it, letters and a chase list behind it, once."""

import json
from datetime import UTC, datetime
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import decode
from schemas.events import ReminderKind, ReminderPlanned
from schemas.topics import Topic
from services.ingest.example import example_json
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.verification import verify
from tests.parity.history import CODES, COLLECTION
from tests.parity.shell import ALERTS, BENCHMARK, Clock, Distributed, Embedded, Shell, said

BEFORE, PERIOD = "2026-27-Q1", "2026-27-Q2"
FIRST, SECOND, THIRD = CODES[:3]


def body(code: str, period: str, families: int = 163) -> bytes:
    document = {**example_json(), "authority": code, "period": period}
    for observation in document["observations"]:
        if observation["indicator"] == "FD04":
            observation["numerator"] = families
    return json.dumps(document).encode()


def live(log: MemoryLog, *, distributed: bool) -> tuple[Shell, Clock]:
    """Let three authorities take part; by the due day one returns, one returns and withdraws."""
    clock = Clock()
    clock.moment = datetime(2026, 7, 10, 9, tzinfo=UTC)
    runner = Distributed(log, clock, Random(7)) if distributed else Embedded(log, clock)
    shell = Shell(log, clock, runner, Metrics(CollectorRegistry()))
    shell.begin(())
    shell.open_period(COLLECTION, BEFORE)
    for code in (FIRST, SECOND, THIRD):
        shell.submit(body(code, BEFORE))
    clock.moment = datetime(2026, 10, 1, 9, tzinfo=UTC)
    shell.close_period(COLLECTION, BEFORE)
    shell.open_period(COLLECTION, PERIOD)
    clock.moment = datetime(2026, 10, 30, 9, tzinfo=UTC)
    shell.submit(body(FIRST, PERIOD))
    shell.submit(body(SECOND, PERIOD))
    for day in (datetime(2026, 11, 4, 8, tzinfo=UTC), datetime(2026, 11, 9, 8, tzinfo=UTC)):
        shell.settle()
        clock.moment = day
    shell.settle()
    (second,) = [v for v in shell.versions() if (v.authority, v.period) == (SECOND, PERIOD)]
    shell.withdraw(second.return_id, "It holds another quarter.")
    shell.settle()
    clock.moment = datetime(2026, 11, 12, 9, tzinfo=UTC)
    shell.settle()
    clock.moment = datetime(2027, 1, 4, 9, tzinfo=UTC)
    shell.submit(body(THIRD, PERIOD))
    shell.settle()
    return shell, clock


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


def test_who_is_awaited_is_told_so_once_and_whoever_returned_is_not(log):
    shell, clock = live(log, distributed=False)
    events = [decode(stored.record).data for stored in log.read(Topic.ALERTS, limit=10_000)]
    planned = [each for each in events if isinstance(each, ReminderPlanned)]
    told = {kind: [e.authorities for e in planned if e.kind is kind] for kind in ReminderKind}

    assert told[ReminderKind.BEFORE_DUE] == [(THIRD,)]
    assert sorted(told[ReminderKind.OVERDUE]) == sorted([(SECOND,), (THIRD,)])
    regions = {code for list_ in told[ReminderKind.CHASE_LIST] for code in list_}
    assert regions == {SECOND, THIRD}
    letters = [call.message for call in shell.channel.calls]
    assert {each.notice for each in planned} <= {letter.notice for letter in letters}
    assert len({each.notice for each in letters}) == len(letters)
    assert {letter.type for letter in letters} == {"reminder.planned"}
    for core in (BENCHMARK, ALERTS):
        assert verify(core, log, now=clock).difference is None


def test_both_shells_say_the_same_of_it(log):
    live(log, distributed=False)
    other = MemoryLog()
    live(other, distributed=True)

    assert said(other) == said(log)
