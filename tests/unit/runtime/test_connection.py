"""A client is made when it is needed, and made anew when it fails, but not before it is there."""

from dataclasses import dataclass, field

import pytest

from services.runtime.kafka.connection import Connection


@dataclass
class Exchange:
    """Makes clients, numbers from 1, and says which are closed; its clock stands until moved."""

    made: int = 0
    closed: list[int] = field(default_factory=list)
    now: float = 100.0

    def make(self) -> int:
        self.made += 1
        return self.made

    def connection(self) -> Connection[int]:
        return Connection(self.make, close=self.closed.append, clock=lambda: self.now)


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def test_no_client_is_made_before_it_is_needed_and_one_serves_all(exchange):
    connection = exchange.connection()
    assert exchange.made == 0

    assert [connection.client(), connection.client()] == [1, 1]


def test_a_client_that_has_answered_is_replaced_at_its_first_failure(exchange):
    connection = exchange.connection()
    connection.client()
    connection.note_answer()

    connection.note_failure(asked=exchange.now)

    assert connection.client() == 2
    assert exchange.closed == [1]


def test_a_client_that_is_to_be_asked_again_has_a_second(exchange):
    connection = exchange.connection()
    connection.client()
    connection.note_answer()

    for _ in range(3):
        asked = exchange.now
        exchange.now += 0.4
        connection.note_failure(asked=asked, is_over=False)
        assert connection.client() == (1 if exchange.now < 101 else 2)


def test_an_answer_between_two_failures_is_no_silence(exchange):
    connection = exchange.connection()
    for _ in range(9):
        asked = exchange.now
        exchange.now += 0.4
        connection.client()
        connection.note_failure(asked=asked, is_over=False)
        connection.note_answer()

    assert connection.client() == 1


def test_a_client_that_is_still_on_its_way_is_kept_through_calls_that_are_too_short(exchange):
    connection = exchange.connection()
    for _ in range(9):
        connection.client()
        exchange.now += 0.5
        connection.note_failure(asked=exchange.now - 0.5)

    assert connection.client() == 1


def test_a_client_that_has_not_got_there_in_five_seconds_is_replaced(exchange):
    connection = exchange.connection()
    connection.client()
    exchange.now += 5

    connection.note_failure(asked=100.0)

    assert connection.client() == 2
    assert exchange.closed == [1]
    exchange.now += 4
    connection.note_failure(asked=100.0)
    assert connection.client() == 2


def test_the_answers_of_one_client_say_nothing_of_the_next(exchange):
    connection = exchange.connection()
    connection.client()
    connection.note_answer()
    connection.drop()
    connection.client()
    exchange.now += 2

    connection.note_failure(asked=100.0)

    assert connection.client() == 2


def test_what_was_never_made_is_dropped_without_a_word(exchange):
    exchange.connection().drop()

    assert exchange.closed == []


def test_a_client_that_cannot_be_made_is_tried_again_at_the_next_call():
    answers = iter([OSError("no certificate"), "client"])

    def make() -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    connection = Connection(make, close=lambda _: None)
    with pytest.raises(OSError, match="no certificate"):
        connection.client()
    connection.note_failure(asked=0.0)

    assert connection.client() == "client"
