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
    desk = Desk(
        log,
        library=load_library(),
        nation="demo",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        patience=0.01,
    )
    first = Thread(target=desk.versions)
    first.start()
    assert log.asked.wait(10)

    with pytest.raises(LogUnavailable):
        desk.versions()

    log.go_on.set()
    first.join(10)
    assert desk.versions() == ()


class ForgetfulLog(MemoryLog):
    """Takes what is appended and then cannot be read any more."""

    lost = False

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        if self.lost and topic is Topic.RETURNS:
            raise LogUnavailable("away")
        return super().read(topic, after=after, limit=limit)

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        offsets = super().append(records, commit=commit)
        self.lost = True
        return offsets


def test_what_was_appended_and_cannot_be_read_back_is_not_said_to_be_refused():
    desk = Desk(
        ForgetfulLog(),
        library=load_library(),
        nation="demo",
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )

    with pytest.raises(LogUncertain):
        desk.open_period("riia-quarterly", "2026-27-Q1")
