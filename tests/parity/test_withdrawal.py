"""What becomes of a return that its authority withdraws: everywhere, and at once."""

import json
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import decode
from schemas.events import SignatureWithdrawn, StandingsUpdated
from schemas.published import shipped_figures
from schemas.topics import Topic
from services.benchmark.core.step import CORE as BENCHMARK
from services.gateway.core.fold.submission import WITHDRAWN
from services.ingest.example import example_json
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.verification import verify
from tests.parity.history import CODES, COLLECTION, MANY, REFERRALS
from tests.parity.shell import NATION, Clock, Embedded, Shell
from tests.parity.view import fold_anew

PERIOD = "2026-27-Q1"
WHY = "It holds the figures of another quarter."


def body(families: int) -> bytes:
    document = {**example_json(), "authority": CODES[0], "period": PERIOD}
    for observation in document["observations"]:
        if observation["indicator"] == "FD04":
            observation |= {"numerator": families, "denominator": REFERRALS}
    return json.dumps(document).encode()


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.moment = datetime(2026, 7, 10, 9, tzinfo=UTC)
    return clock


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def shell(log, clock) -> Shell:
    """A product that one authority has sent a return full of re-referrals to."""
    shell = Shell(log, clock, Embedded(log, clock), Metrics(CollectorRegistry()))
    shell.begin(tuple(f for f in shipped_figures() if f.indicator in {"FD04", "CP04"}))
    shell.open_period(COLLECTION, PERIOD)
    shell.submit(body(MANY[1]))
    shell.explain(shell.versions()[0].return_id, "Many families came back that quarter.")
    shell.settle()
    return shell


def said(log, topic: Topic, kind: type) -> list:
    events = [decode(stored.record).data for stored in log.read(topic)]
    return [each for each in events if isinstance(each, kind)]


def test_a_withdrawn_return_takes_its_standings_and_its_alerts_along(shell, log, clock):
    (version,) = shell.versions()
    before = fold_anew(log, now=clock)
    told = len(shell.channel.calls)
    standings = f"{NATION}/standings/{COLLECTION}/{PERIOD}/{CODES[0]}"
    assert before[standings]["standings"]["FD04"]["state"] == "reported"
    assert shell.alerts()
    assert told

    clock.moment = datetime(2026, 7, 13, 9, tzinfo=UTC)
    shell.withdraw(version.return_id, WHY)
    shell.settle()

    after = fold_anew(log, now=clock)
    last = said(log, Topic.STANDINGS, StandingsUpdated)[-1]
    assert (last.authority, last.return_id) == (CODES[0], None)
    assert not any(s["state"] == "reported" for s in after[standings]["standings"].values())
    assert not any(s.get("value") for s in after[standings]["standings"].values())
    assert after[f"{NATION}/return/{version.return_id}"]["state"] == WITHDRAWN
    ended = said(log, Topic.ALERTS, SignatureWithdrawn)
    assert {each.alert for each in ended} == set(shell.alerts())
    assert {each.reason for each in ended} == {"the_authority_withdrew_its_return"}
    assert len(shell.channel.calls) > told
    assert verify(BENCHMARK, log, now=clock).difference is None


def test_a_return_sent_after_a_withdrawal_counts_again(shell, log, clock):
    (version,) = shell.versions()
    shell.withdraw(version.return_id, WHY)
    shell.settle()
    clock.moment = datetime(2026, 7, 14, 9, tzinfo=UTC)
    shell.submit(body(MANY[0]))
    shell.settle()

    standings = fold_anew(log, now=clock)[f"{NATION}/standings/{COLLECTION}/{PERIOD}/{CODES[0]}"]
    assert standings["standings"]["FD04"]["state"] == "reported"
    assert standings["return_id"] not in {None, version.return_id}
