"""A lease says that it is in its group only while it is; no broker is needed to see that."""

from collections.abc import Callable, Iterator
from threading import Event
from time import monotonic, sleep

import pytest
from kafka import TopicPartition

from services.runtime.kafka import lease as module
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.setting import KafkaSettings

SESSION = 6.0
PLACE = TopicPartition("alerts.v1", 0)


class Candidate:
    """A consumer that does as its group is said to, and may stand still within a poll."""

    def __init__(self) -> None:
        self.given: str | None = None
        self.still, self.woken = False, Event()

    def subscribe(self, _topics, *, listener) -> None:
        self._listener = listener

    def poll(self, *, timeout_ms: int) -> None:
        if self.still:
            self.woken.wait(30)
        if self.given == "assigned":
            self._listener.on_partitions_assigned([PLACE])
        elif self.given == "revoked":
            self._listener.on_partitions_revoked([PLACE])
        self.given = None
        sleep(0.01)

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    def pause(self, *_: TopicPartition) -> None: ...

    def commit(self, *_: object, **__: object) -> None: ...

    def close(self, **_: object) -> None: ...


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def candidate(monkeypatch) -> Candidate:
    candidate = Candidate()
    monkeypatch.setattr(module, "make_candidate", lambda *_, **__: candidate)
    return candidate


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lease(candidate, clock) -> Iterator[Lease]:
    lease = Lease(KafkaSettings(), "alerts", session=SESSION, clock=clock)
    lease.start()
    candidate.given = "assigned"
    wait_for(lambda: lease.health().ok and lease.holds(0))
    yield lease
    candidate.woken.set()
    lease.stop()


def wait_for(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 30
    while not is_so():
        assert monotonic() < until, "it took too long"
        sleep(0.01)


def test_who_lost_its_place_is_not_in_the_group_until_it_has_one_again(lease, candidate):
    candidate.given = "revoked"
    wait_for(lambda: not lease.health().ok)
    assert not lease.holds(0)

    candidate.given = "assigned"
    wait_for(lambda: lease.health().ok)


def test_who_stands_still_within_the_client_is_not_in_the_group(lease, candidate, clock):
    candidate.still = True
    sleep(0.1)
    clock.now += 3 * SESSION

    assert not lease.health().ok
    assert not lease.holds(0)
