"""What is at hand of a log's latest records, and when the log itself is asked."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.kafka import tail
from services.runtime.kafka.tail import Tail
from services.runtime.kafka.watch import Arrivals
from services.runtime.log import LogDamaged, Stored
from services.runtime.memory_log import MemoryLog
from services.runtime.operation import Health

TOPIC = Topic.ALERTS


class WatchedLog(MemoryLog):
    """A log whose arrivals are handed over when a test says so; it counts what it is asked."""

    partition = 0

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.looks = 0
        self.cut_off = False
        self._arrivals: Arrivals | None = None
        self._told = dict.fromkeys(Topic, 0)

    def follow(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals

    def begin(self) -> None:
        """Connect, for the first time or again."""
        for topic in Topic:
            self._told[topic] = self._arrivals.begin(topic, super().end(topic))

    def arrive(self, limit: int = 10**6) -> None:
        """Hand over what has been appended and was not handed over yet."""
        for topic in Topic:
            new = super().read(topic, after=self._told[topic], limit=limit)
            self._arrivals.take(topic, new)
            self._told[topic] = new[-1].offset if new else self._told[topic]

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        self.reads += 1
        if self.cut_off:
            raise LogDamaged("cut off")
        return super().read(topic, after=after, limit=limit)

    def ends(self) -> dict[Topic, int]:
        self.looks += 1
        return dict.fromkeys(Topic, 0) if self.cut_off else dict(super().ends())

    def live(self) -> Health:
        return Health(ok=True)

    def close(self) -> None:
        pass


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def log() -> WatchedLog:
    return WatchedLog()


def records(*values: str, topic: Topic = TOPIC) -> list[Record]:
    return [Record(topic, "demo", {"ce_id": value}, value.encode()) for value in values]


def values(found: Sequence[Stored]) -> list[str]:
    return [stored.record.value.decode() for stored in found]


def test_what_has_arrived_is_read_without_asking_the_log(log):
    log.append(records("before"))
    followed = Tail(log, clock=Clock())
    log.begin()
    followed.ends()
    log.append(records("a", "b"))
    log.arrive()

    assert followed.ends()[TOPIC] == 3
    assert values(followed.read(TOPIC, after=1)) == ["a", "b"]
    assert values(followed.read(TOPIC, after=2)) == ["b"]
    assert values(followed.read(TOPIC, after=1, limit=1)) == ["a"]
    assert (log.reads, log.looks) == (0, 1)


def test_what_stood_before_it_was_followed_is_read_from_the_log(log):
    log.append(records("before"))
    followed = Tail(log, clock=Clock())
    log.begin()
    log.append(records("a"))
    log.arrive()

    assert values(followed.read(TOPIC)) == ["before", "a"]
    assert log.reads == 1


def test_an_empty_answer_is_always_the_logs_own(log):
    followed = Tail(log, clock=Clock())
    log.begin()
    followed.ends()

    log.append(records("not yet arrived"))

    assert followed.ends()[TOPIC] == 0
    assert values(followed.read(TOPIC)) == ["not yet arrived"]


def test_ones_own_appends_count_at_once_whoever_wrote_between(log):
    followed = Tail(log, clock=Clock())
    log.begin()
    followed.ends()

    followed.append(records("own"))
    assert followed.ends()[TOPIC] == 1
    assert values(followed.read(TOPIC)) == ["own"]
    assert log.reads == 0

    log.append(records("another's"))
    followed.append(records("own again"))
    assert followed.ends()[TOPIC] == 3
    assert values(followed.read(TOPIC, after=1)) == ["another's", "own again"]


def test_a_watch_that_hands_nothing_over_makes_the_ends_late_by_two_seconds_at_most(log):
    clock = Clock()
    followed = Tail(log, clock=clock)
    log.begin()
    followed.ends()
    log.append(records("a"))

    clock.seconds += 1.9
    assert followed.ends()[TOPIC] == 0
    clock.seconds += 0.2
    assert followed.ends()[TOPIC] == 1


def test_a_log_that_was_cut_off_is_said_to_be_so_and_not_hidden_by_what_is_at_hand(log):
    clock = Clock()
    followed = Tail(log, clock=clock)
    log.begin()
    log.append(records("a", "b"))
    log.arrive()
    assert followed.ends()[TOPIC] == 2

    log.cut_off = True
    clock.seconds += 3

    assert followed.ends()[TOPIC] == 0
    with pytest.raises(LogDamaged):
        followed.read(TOPIC, after=1)


def test_after_a_lost_connection_nothing_is_missing_between(log):
    followed = Tail(log, clock=Clock())
    log.begin()
    log.append(records("a"))
    log.arrive()
    log.append(records("meanwhile"))
    log.begin()
    log.append(records("later"))
    log.arrive()

    assert values(followed.read(TOPIC)) == ["a", "meanwhile", "later"]
    assert log.reads == 0


def test_only_the_latest_megabytes_are_kept(log, monkeypatch):
    monkeypatch.setattr(tail, "_KEPT_BYTES", 30)
    followed = Tail(log, clock=Clock())
    log.begin()
    for n in range(100):
        log.append(records(f"{n:02d}"))
        log.arrive()

    assert values(followed.read(TOPIC, after=90)) == [f"{n:02d}" for n in range(90, 100)]
    assert log.reads == 0
    assert len(followed.read(TOPIC)) == 100
    assert log.reads == 1


@given(st.lists(st.sampled_from(["own", "other", "arrive", "one", "again", "read"]), max_size=40))
def test_whatever_arrives_when_a_walk_meets_every_record_once_in_order(steps):
    log = WatchedLog()
    followed, met, place = Tail(log, clock=Clock()), [], 0
    log.begin()
    for number, step in enumerate([*steps, "read"], 1):
        match step:
            case "own":
                followed.append(records(str(number)))
            case "other":
                log.append(records(str(number)))
            case "arrive":
                log.arrive()
            case "one":
                log.arrive(limit=1)
            case "again":
                log.begin()
            case _:
                while found := followed.read(TOPIC, after=place, limit=3):
                    met += values(found)
                    place = found[-1].offset

    assert met == [str(n) for n, step in enumerate(steps, 1) if step in {"own", "other"}]
