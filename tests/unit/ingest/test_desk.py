"""The desk takes one request at a time, and keeps none waiting for long."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from schemas.codec import Record
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.desk import Desk
from services.runtime.log import Commit, LogUnavailable, LogUncertain, Stored
from services.runtime.memory_log import MemoryLog
from services.runtime.turn import Patience


def make_desk(log: MemoryLog, *, seconds: float = 30.0) -> Desk:
    """A desk of a nation that has sent nothing yet."""
    return Desk(
        log,
        library=load_library(),
        nation="demo",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        patience=Patience(seconds),
    )


class SlowLog(MemoryLog):
    """Does not say how far its topics go before it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.go_on = Event(), Event()

    def ends(self) -> dict[Topic, int]:
        self.asked.set()
        self.go_on.wait(30)
        return super().ends()


def test_a_request_behind_one_that_the_log_holds_up_is_told_to_come_again():
    log = SlowLog()
    desk = make_desk(log, seconds=0.01)
    first = Thread(target=desk.versions)
    first.start()
    assert log.asked.wait(10)

    with pytest.raises(LogUnavailable):
        desk.versions()

    log.go_on.set()
    first.join(10)
    assert desk.versions() == ()


class LostLog(SlowLog):
    """Cannot be reached once it is let go on."""

    def ends(self) -> dict[Topic, int]:
        super().ends()
        raise LogUnavailable("away")


def test_while_the_log_is_lost_one_request_tries_it_and_the_others_are_told_at_once():
    log = LostLog()
    desk = make_desk(log)
    log.go_on.set()
    with pytest.raises(LogUnavailable, match=r"^away$"):
        desk.versions()
    log.go_on.clear()
    log.asked.clear()
    faults: list[str] = []

    def try_it() -> None:
        try:
            desk.versions()
        except LogUnavailable as error:
            faults.append(str(error))

    first = Thread(target=try_it)
    first.start()
    assert log.asked.wait(10)
    with pytest.raises(LogUnavailable, match="those before did not reach the log"):
        desk.versions()

    log.go_on.set()
    first.join(10)
    assert faults == ["away"]


class CrowdedLog(MemoryLog):
    """Takes another replica's record before each of ours, and then cannot be read any more."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = False

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        if self.lost and topic is Topic.RETURNS:
            raise LogUnavailable("away")
        return super().read(topic, after=after, limit=limit)

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        super().append([Record(Topic.RETURNS, "demo", {}, b"another's")])
        self.lost = True
        return super().append(records, commit=commit)


def test_what_was_appended_and_cannot_be_read_back_is_not_said_to_be_refused():
    desk = make_desk(CrowdedLog())

    with pytest.raises(LogUncertain):
        desk.open_period("riia-quarterly", "2026-27-Q1")


class CountingLog(MemoryLog):
    """Counts how often it is asked for records of returns."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        self.asked += topic is Topic.RETURNS
        return super().read(topic, after=after, limit=limit)


def test_what_nobody_else_came_between_is_known_without_reading_it_back():
    log = CountingLog()
    desk = make_desk(log)

    for quarter in ("2026-27-Q1", "2026-27-Q2"):
        assert desk.open_period("riia-quarterly", quarter)[1]
        assert not desk.open_period("riia-quarterly", quarter)[1]

    assert log.asked == 0
