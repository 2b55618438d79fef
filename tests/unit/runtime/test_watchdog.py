"""The watchdog ends what stands still, and nothing else."""

import pytest

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.log import LogUnavailable
from services.runtime.memory_log import MemoryLog
from services.runtime.meter import Stretch
from services.runtime.operation import Health
from services.runtime.watchdog import Progress, Watchdog

LOOKS = 24
GOOD, BAD = Health(ok=True), Health(ok=False, detail="not in the group")


class Dog:
    """A watchdog over one check that says what it is told to."""

    def __init__(self) -> None:
        self.health, self.kafka, self.ended = BAD, True, []
        self.watchdog = Watchdog(
            {"lease": lambda: self.health}, may_go_on=lambda: self.kafka, end=self.ended.append
        )

    def look(self, times: int) -> None:
        for _ in range(times):
            self.watchdog.look()


def test_what_stands_still_for_two_minutes_ends_the_process_and_says_why():
    dog = Dog()
    dog.look(LOOKS - 1)
    assert dog.ended == []

    dog.look(1)

    assert dog.ended == ["lease stands still although Kafka answers: not in the group"]


@pytest.mark.parametrize("change", [{"health": GOOD}, {"kafka": False}])
def test_one_good_word_or_a_kafka_that_is_away_begins_the_count_anew(change):
    dog = Dog()
    dog.look(LOOKS - 1)
    before = {name: getattr(dog, name) for name in change}
    for name, value in change.items():
        setattr(dog, name, value)
    dog.look(1)
    for name, value in before.items():
        setattr(dog, name, value)

    dog.look(LOOKS - 1)

    assert dog.ended == []


class Place:
    """A consumer's place in a log, and whether it is excused."""

    def __init__(self) -> None:
        self.log, self.after, self.excused = MemoryLog(), 0, False
        self.progress = Progress(self.behind, excused=lambda: self.excused)

    def behind(self) -> list[Stretch]:
        return [Stretch(self.log, Topic.RETURNS, self.after)]

    def grow(self) -> None:
        self.log.append([Record(Topic.RETURNS, "demo", {}, b"{}")])


def test_records_that_wait_between_two_looks_are_a_stand_still():
    place = Place()
    place.grow()

    assert place.progress().ok
    assert not place.progress().ok


def test_a_consumer_that_moves_however_slowly_makes_progress():
    place = Place()
    for _ in range(3):
        place.grow()
    for after in (0, 1, 2):
        place.after = after
        assert place.progress().ok


def test_a_consumer_at_the_end_or_excused_makes_progress():
    place = Place()
    assert place.progress().ok
    assert place.progress().ok

    place.grow()
    place.excused = True
    assert place.progress().ok
    assert place.progress().ok


def test_what_cannot_be_asked_is_not_held_against_the_consumer(monkeypatch):
    place = Place()
    place.grow()
    place.progress()

    def away(_topic: Topic) -> int:
        raise LogUnavailable("away")

    monkeypatch.setattr(place.log, "end", away)
    assert place.progress().ok
