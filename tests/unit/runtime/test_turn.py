"""Who waits is answered in time, and waits longer only while there is hope."""

from threading import Lock
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.log import LogUnavailable
from services.runtime.turn import Deadline, Patience, answering, deadline_of, take_turn


class Waiting:
    """A clock, and hope that is found out about when it is looked for."""

    def __init__(self, *, is_there: bool) -> None:
        self.now = 100.0
        self.looked: list[float] = []
        self.is_hopeful = is_there

    def look(self) -> None:
        self.looked.append(self.now - 100)

    def is_there(self) -> bool:
        return bool(self.looked) and self.is_hopeful

    def deadline(self, *, seconds: float = 1.6, hold: float = 15.0) -> Deadline:
        patience = Patience(seconds, hold=hold, hope=self)
        return Deadline(patience, clock=lambda: self.now)

    def wait_out(self, deadline: Deadline) -> float:
        """Wait as long as there is time left, and return how long that was."""
        while (left := deadline.left()) > 0:
            self.now += left + 1e-6  # a clock never stands
        return self.now - 100


def test_without_hope_an_answer_takes_the_patience_and_no_longer():
    waiting = Waiting(is_there=False)

    assert waiting.wait_out(waiting.deadline()) == pytest.approx(1.6, abs=1e-3)


def test_with_hope_it_is_waited_for_as_long_as_the_hold():
    waiting = Waiting(is_there=True)

    assert waiting.wait_out(waiting.deadline()) == pytest.approx(15.0, abs=1e-3)


def test_hope_that_is_gone_ends_the_wait_within_a_moment():
    waiting = Waiting(is_there=True)
    deadline = waiting.deadline()
    while waiting.now < 103:
        waiting.now += deadline.left() + 1e-6
    waiting.is_hopeful = False

    assert waiting.wait_out(deadline) < 3.5


def test_hope_is_looked_for_in_time_to_be_found_before_the_patience_ends_and_not_at_once():
    waiting = Waiting(is_there=False)
    waiting.wait_out(waiting.deadline())

    assert 0.2 < waiting.looked[0] < 0.5


def test_hope_is_looked_for_again_shortly_before_the_patience_ends():
    waiting = Waiting(is_there=False)
    waiting.wait_out(waiting.deadline())

    assert any(1.3 < looked < 1.5 for looked in waiting.looked)


@given(seconds=st.floats(0.5, 10), hold=st.floats(0, 60), is_there=st.booleans())
def test_nobody_waits_longer_than_the_longer_of_patience_and_hold(seconds, hold, is_there):
    waiting = Waiting(is_there=is_there)

    waited = waiting.wait_out(waiting.deadline(seconds=seconds, hold=hold))

    assert seconds - 1e-6 <= waited <= max(seconds, hold) + 1e-3


def test_what_comes_next_has_the_same_time_anew():
    waiting = Waiting(is_there=False)
    first = waiting.deadline()
    waiting.now += 5

    assert first.left() == 0
    assert first.again().left() > 0


def test_a_call_ends_with_the_block_that_it_is_part_of():
    waiting = Waiting(is_there=False)
    block = waiting.deadline()

    with answering(block):
        assert deadline_of(300) is block
    assert deadline_of(300).left() > 200


def test_a_turn_that_others_keep_is_given_up_at_the_deadline():
    lock = Lock()
    began = monotonic()
    with (
        lock,
        pytest.raises(LogUnavailable, match=r"^Nothing was read: those before"),
        take_turn(lock, until=Deadline(Patience(0.01)), wanted="Nothing was read"),
    ):
        pass

    assert monotonic() - began < 5
    with take_turn(lock, until=Deadline(Patience(0.01)), wanted="Nothing was read"):
        assert lock.locked()
    assert not lock.locked()
