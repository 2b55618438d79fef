"""A reader needs the log when it reads, not when it is made."""

from datetime import UTC, datetime

import pytest

from schemas.codec import encode
from schemas.events import Event, PeriodOpened
from schemas.reference import ENGLAND, load_library
from schemas.topics import Producer, Topic
from services.alerts.office import Office
from services.ingest.desk import Desk
from services.runtime.log import LogUnavailable
from services.runtime.memory_log import MemoryLog
from services.runtime.reader import Reader, parked


def now() -> datetime:
    return datetime(2026, 11, 5, tzinfo=UTC)


class AwayLog(MemoryLog):
    """A log that cannot be read."""

    away = True

    def read(self, topic, *, after=0, limit=500):
        if self.away:
            raise LogUnavailable("away")
        return super().read(topic, after=after, limit=limit)


def test_a_service_is_put_together_while_its_log_is_away_and_serves_when_that_is_back():
    log, library = AwayLog(), load_library()

    desk = Desk(log, library=library, nation=ENGLAND, now=now)
    office = Office(log, library, ENGLAND, now=now)

    with pytest.raises(LogUnavailable):
        desk.versions()
    with pytest.raises(LogUnavailable):
        office.catch_up()
    log.away = False
    assert desk.versions() == ()
    office.catch_up()


def test_a_reader_that_was_never_told_to_learn_still_skips_what_is_parked():
    log = MemoryLog()
    opened = PeriodOpened(collection="riia-quarterly", period="2026-27-Q1", due="2026-08-11")
    log.append([encode(Event("1", ENGLAND, Producer.INGEST, "2026-07-01T09:00:00.000Z", opened))])
    (stored,) = log.read(Topic.RETURNS)
    why = {"reason": "operator", "detail": "", "time": "2026-07-01T09:00:00.000Z"}
    log.append([encode(parked(stored, Topic.RETURNS, **why))])

    (place,) = Reader(log, now=now).places(Topic.RETURNS)

    assert place.event is None
    assert list(Reader(log, now=now).events(Topic.RETURNS)) == []


def test_a_look_names_the_topics_that_do_not_end_where_they_were_left():
    log = MemoryLog()
    opened = PeriodOpened(collection="riia-quarterly", period="2026-27-Q1", due="2026-08-11")
    log.append([encode(Event("1", ENGLAND, Producer.INGEST, "2026-07-01T09:00:00.000Z", opened))])
    reader = Reader(log, now=now)

    assert reader.look({Topic.RETURNS: 1, Topic.ALERTS: 0}) == set()
    assert reader.look({Topic.RETURNS: 0, Topic.ALERTS: 0}) == {Topic.RETURNS}
    assert reader.look({Topic.RETURNS: 2, Topic.ALERTS: 0}) == {Topic.RETURNS}
