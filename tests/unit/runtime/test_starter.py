"""A service begins once Kafka answers, and says until then what it waits for."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest

from services.runtime.kafka.gate import Gate
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import UnfitTopics
from services.runtime.log import LogUnavailable
from services.runtime.process import Starter


def wait_for(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 10
    while not is_so():
        assert monotonic() < until
        sleep(0.01)


def answers(*results: Exception | None) -> Callable[[KafkaSettings], None]:
    """Return what Kafka says, time after time; the last for ever."""
    left = list(results)

    def ask(_settings: KafkaSettings) -> None:
        result = left.pop(0) if len(left) > 1 else left[0]
        if result is not None:
            raise result

    return ask


def make_gate(*results: Exception | None) -> Gate:
    ask = answers(*results)
    return Gate(KafkaSettings(), make=ask, look=ask)


def test_a_service_waits_for_kafka_and_names_it():
    begun: list[bool] = []
    gate = make_gate(LogUnavailable("no broker at localhost:9092"), None)
    starter = Starter(gate, lambda: begun.append(True), pause=0.01)

    assert starter.health().detail == "waits for Kafka"
    assert gate.knock() is False
    assert "localhost:9092" in starter.health().detail
    starter.start()
    wait_for(lambda: starter.health().ok)
    starter.stop()

    assert begun == [True]
    assert starter.live().ok


def test_topics_that_do_not_fit_are_said_and_the_service_does_not_begin():
    begun: list[bool] = []
    starter = Starter(
        make_gate(UnfitTopics(["returns.v1 has 2 partitions"])),
        lambda: begun.append(True),
        pause=0.01,
    )

    starter.start()
    wait_for(lambda: "2 partitions" in starter.health().detail)
    starter.stop()

    assert not starter.health().ok
    assert begun == []


def test_a_beginning_that_the_log_puts_off_is_tried_again():
    tries: list[int] = []

    def begin() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise LogUnavailable("not yet")

    starter = Starter(make_gate(None), begin, pause=0.01)
    starter.start()
    wait_for(lambda: starter.health().ok)
    starter.stop()

    assert len(tries) == 2


def test_a_topic_that_is_gone_later_is_a_loss_and_is_never_made_anew():
    made: list[int] = []
    gone = UnfitTopics(["returns.v1 is not there"])
    gate = Gate(KafkaSettings(), make=lambda _settings: made.append(1), look=answers(None, gone))

    assert gate.knock()
    assert gate.knock()
    with pytest.raises(UnfitTopics):
        gate.knock()

    assert made == [1]
    assert "returns.v1 is not there" in gate.health().detail
