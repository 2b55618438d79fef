"""The lease on a real Kafka: one holder at a time, whoever is killed, paused or stopped."""

from collections.abc import Callable, Iterator
from time import monotonic, sleep

import pytest

from services.runtime.kafka.lease import Lease, elapsed
from services.runtime.kafka.setting import KafkaSettings

pytestmark = pytest.mark.integration
SESSION = 6.0


@pytest.fixture
def take(kafka_settings: KafkaSettings) -> Iterator[Callable[..., Lease]]:
    """Starts leases of one name, and stops them after the test."""
    started: list[Lease] = []

    def take_(clock: Callable[[], float] = elapsed) -> Lease:
        started.append(Lease(kafka_settings, "alerts", session=SESSION, clock=clock))
        started[-1].start()
        return started[-1]

    yield take_
    for lease in started:
        lease.stop()


def wait_for(is_so: Callable[[], bool], *, seconds: float = 40) -> None:
    until = monotonic() + seconds
    while not is_so():
        assert monotonic() < until, "it took too long"
        sleep(0.05)


def held(*leases: Lease) -> list[int]:
    return sorted(place for lease in leases for place in (0, 1) if lease.holds(place))


def test_one_of_several_replicas_acts_on_each_partition_and_a_stop_hands_over_at_once(take):
    first = take()
    wait_for(lambda: held(first) == [0, 1])
    second = take()
    wait_for(lambda: held(first, second) == [0, 1] and held(second) != [])

    assert held(first) != held(second)
    first.stop()
    wait_for(lambda: held(second) == [0, 1], seconds=SESSION)

    assert held(first) == []


def test_who_cannot_reach_the_brokers_holds_nothing_once_the_group_may_have_given_it_up(
    take, kafka
):
    lease = take()
    wait_for(lambda: held(lease) == [0, 1])

    with kafka.paused():
        wait_for(lambda: held(lease) == [], seconds=SESSION + 1)

    wait_for(lambda: held(lease) == [0, 1], seconds=60)


def test_a_machine_that_slept_holds_nothing_until_the_brokers_have_answered_again(take):
    slept = 0.0
    lease = take(lambda: elapsed() + slept)
    wait_for(lambda: held(lease) == [0, 1])

    slept = SESSION + 1
    assert held(lease) == []

    wait_for(lambda: held(lease) == [0, 1])
