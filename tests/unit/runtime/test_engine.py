"""One worker's trouble is shown and stays its own."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest
from prometheus_client import CollectorRegistry

from schemas.topics import Topic
from services.runtime.consumer import CoreFailed
from services.runtime.engine import Engine
from services.runtime.log import LogUnavailable
from services.runtime.metric import Metrics


class Worker:
    """Deals with as many records as it is given; raises what it is told to."""

    def __init__(self, name: str, *, records: int = 0) -> None:
        self.name = name
        self.records = records
        self.dealt = 0
        self.raises: Exception | None = None

    def recover(self) -> None:
        """Nothing to find."""

    def advance(self) -> int:
        if self.raises is not None:
            raise self.raises
        if not self.records:
            return 0
        self.records -= 1
        self.dealt += 1
        return 1


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def stopped(metrics: Metrics, name: str) -> float | None:
    return metrics.registry.get_sample_value("tartan_consumer_stopped", {"consumer": name})


def wait(until: Callable[[], bool]) -> None:
    end = monotonic() + 10
    while not until():
        assert monotonic() < end
        sleep(0.005)


def test_every_worker_gets_to_the_end_in_one_turn(metrics):
    first, second = Worker("first", records=3), Worker("second", records=2)

    assert Engine([first, second], metrics=metrics).turn() == 5
    assert (first.dealt, second.dealt) == (3, 2)


def test_a_core_that_raises_stops_its_worker_alone_and_is_named(metrics):
    bad, good = Worker("bad"), Worker("good", records=1)
    bad.raises = CoreFailed("bad", Topic.RETURNS, 7, nation="demo")
    engine = Engine([bad, good], metrics=metrics)

    assert engine.turn() == 1
    assert not engine.health("bad").ok
    detail = engine.health("bad").detail
    assert "returns.v1 offset 7, a record of demo" in detail
    assert detail.endswith("tartan parked park returns.v1 7")
    assert "TARTAN_NATION=demo" in detail
    assert engine.live().ok, "a release or an operator mends it, no new start"
    assert engine.health("good").ok
    assert (stopped(metrics, "bad"), stopped(metrics, "good")) == (1, 0)


def test_an_unforeseen_fault_stops_its_worker_for_good_and_no_other(metrics):
    bad, good = Worker("bad", records=1), Worker("good", records=1)
    bad.raises = RuntimeError("words that may hold a figure")
    engine = Engine([bad, good], metrics=metrics)

    assert engine.turn() == 1
    bad.raises = None
    assert engine.turn() == 0
    assert not engine.health("bad").ok
    assert "RuntimeError" in engine.health("bad").detail
    assert "figure" not in engine.health("bad").detail
    assert bad.dealt == 0
    assert stopped(metrics, "bad") == 1
    assert not engine.live().ok, "only a new start mends it"
    assert "bad" in engine.live().detail


def test_a_worker_waits_for_the_log_and_goes_on_when_it_is_back(metrics):
    worker = Worker("worker", records=1)
    worker.raises = LogUnavailable("the disk is full")
    engine = Engine([worker], metrics=metrics)
    engine.start()

    wait(lambda: engine.health("worker").detail == "the disk is full")
    assert engine.live().ok
    worker.raises = None
    engine.wake()
    wait(lambda: engine.health("worker").ok)
    assert engine.settle(seconds=10)
    assert worker.dealt == 1
    engine.stop()
