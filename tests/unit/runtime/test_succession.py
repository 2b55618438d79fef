"""Another broker is about to take over where one fell silent and enough of the others answer."""

import socket
import struct
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest

from services.runtime.kafka.diagnosis import Greeting, greet
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.succession import Succession
from tests.machine import free_port

THREE = "one:9092,two:9092,three:9092"


class Brokers:
    """Brokers of which some are gone or mute, and a clock that stands until it is moved."""

    def __init__(self, *gone: str, mute: Collection[str] = ()) -> None:
        self.found = dict.fromkeys(gone, Greeting.GONE) | dict.fromkeys(mute, Greeting.MUTE)
        self.greeted: list[str] = []
        self.now = 1000.0

    def greet(self, broker: str, _settings: KafkaSettings) -> Greeting:
        self.greeted.append(broker)
        return self.found.get(broker, Greeting.ANSWERED)

    def succession(self, servers: str = THREE, *, replicas: int = 3) -> Succession:
        settings = KafkaSettings(servers=servers, replicas=replicas)
        return Succession(settings, greet=self.greet, clock=lambda: self.now)


def look(succession: Succession) -> bool:
    """Look, wait until every broker has been greeted, and say what was found."""
    succession.look()
    for thread in threading.enumerate():
        if thread.name == "greeting":
            thread.join(10)
    return succession.is_there()


ONE, TWO, ALL = ("one:9092",), ("one:9092", "two:9092"), tuple(THREE.split(","))


@pytest.mark.parametrize(
    ("silent", "is_there"), [((), False), (ONE, True), (TWO, False), (ALL, False)]
)
def test_of_three_brokers_one_can_be_done_without_be_it_gone_or_mute(silent, is_there):
    assert look(Brokers(*silent).succession()) is is_there
    assert look(Brokers(mute=silent).succession()) is is_there


def test_beside_one_that_is_gone_one_that_is_slow_is_counted_on_for_a_while():
    brokers = Brokers("one:9092", mute=["two:9092"])
    succession = brokers.succession()

    assert look(succession)
    brokers.now += 2.5
    assert look(succession)
    brokers.now += 2.5
    assert not look(succession)


def test_a_broker_that_answers_between_two_silences_is_slow_anew():
    brokers = Brokers("one:9092", mute=["two:9092"])
    succession = brokers.succession()
    look(succession)
    brokers.now += 2.5
    del brokers.found["two:9092"]
    look(succession)
    brokers.now += 2.5
    brokers.found["two:9092"] = Greeting.MUTE

    assert look(succession)


def test_beside_one_that_is_gone_two_that_are_mute_are_none_to_wait_for():
    assert not look(Brokers("one:9092", mute=["two:9092", "three:9092"]).succession())


def test_an_operator_is_told_what_came_of_the_greetings():
    brokers = Brokers("one:9092", mute=["two:9092"])
    succession = brokers.succession()

    assert succession.describe() == ""
    look(succession)
    assert succession.describe() == "Of 3 brokers that were greeted 1 answered."


@pytest.mark.parametrize("silent", [(), ("one:9092",)])
def test_one_broker_alone_has_no_successor_whether_it_is_slow_or_gone(silent):
    assert not look(Brokers(*silent).succession("one:9092", replicas=1))


def test_nothing_is_there_before_anybody_has_looked():
    assert not Brokers("one:9092").succession().is_there()


def test_brokers_that_the_settings_do_not_name_are_greeted_once_they_are_known():
    brokers = Brokers("four:9092")
    succession = brokers.succession("any:9092")
    succession.know(["four:9092", "five:9092", "six:9092"])

    assert look(succession)
    assert sorted(brokers.greeted) == ["five:9092", "four:9092", "six:9092"]


def test_a_broker_that_was_struck_off_is_still_missed_for_a_while():
    brokers = Brokers("one:9092")
    succession = brokers.succession()
    succession.know(THREE.split(","))
    brokers.now += 2
    succession.know(["two:9092", "three:9092"])

    assert look(succession)
    brokers.now += 60
    succession.know(["two:9092", "three:9092"])
    assert not look(succession)


def test_what_was_found_a_while_ago_says_nothing_any_more():
    brokers = Brokers("one:9092")
    succession = brokers.succession()
    assert look(succession)

    brokers.now += 10

    assert not succession.is_there()


def test_a_broker_that_is_back_is_waited_for_until_the_others_are_done_with_it():
    brokers = Brokers("one:9092")
    succession = brokers.succession()
    look(succession)
    brokers.found.clear()
    brokers.now += 1

    assert look(succession)
    brokers.now += 2.5
    assert not look(succession)


def test_whoever_asks_all_the_time_does_not_greet_all_the_time():
    brokers = Brokers()
    succession = brokers.succession()

    for _ in range(50):
        look(succession)
        brokers.now += 0.01

    assert len(brokers.greeted) <= 3 * 4


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """One that takes a connection and a request, and answers with these bytes, or not at all."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            taken, _ = server.accept()
            with taken:
                taken.recv(1024)
                if answer is not None:
                    taken.sendall(answer)
                ended.wait(10)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        ended.set()
        thread.join(10)


def test_a_broker_has_answered_if_it_answers_what_it_is_asked():
    answer = struct.pack(">ihi", 0, 0, 0)
    with listening(struct.pack(">i", len(answer)) + answer) as address:
        assert greet(address, KafkaSettings(servers=address)) is Greeting.ANSWERED


def test_one_that_takes_connections_and_says_nothing_is_mute():
    with listening(None) as address:
        assert greet(address, KafkaSettings(servers=address)) is Greeting.MUTE


def test_one_that_nobody_listens_for_or_knows_is_gone():
    for address in (f"127.0.0.1:{free_port()}", "no-such-host.example:9092"):
        assert greet(address, KafkaSettings(servers=address)) is Greeting.GONE
