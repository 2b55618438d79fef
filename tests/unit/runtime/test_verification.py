"""What a verification judges, and what it leaves for the next one."""

from schemas.codec import encode
from schemas.events import Cause, Event, TimePassed, derived_id
from schemas.topics import Producer, Topic
from services.runtime.consumer import Consumer
from services.runtime.memory_log import MemoryLog
from services.runtime.verification import verify
from tests.unit.runtime.toy import TOY, make_event, now


def settled() -> MemoryLog:
    """Return a log whose two records the core has dealt with."""
    log = MemoryLog()
    log.append([encode(make_event(n)) for n in (1, 2)])
    consumer = Consumer(TOY, log, now=now)
    while consumer.advance():
        pass
    return log


def test_what_was_said_of_a_record_that_is_not_yet_committed_is_left_for_later():
    log = settled()
    log.append([encode(make_event(n)) for n in (3, 4)])
    ahead = Consumer(TOY, log, now=now)
    ahead.recover()
    for stored in log.read(Topic.RETURNS, after=2):
        log.append(ahead.deal(stored))

    verdict = verify(TOY, log, now=now)

    assert verdict.difference is None
    assert verdict.compared == 3


def test_what_nothing_in_the_log_led_to_is_a_difference():
    log = settled()
    cause = Cause(Topic.RETURNS, "england", Producer.INGEST, 9, 0)
    stray = Event(
        id=derived_id("stray"),
        nation="england",
        producer=TOY.name,
        time="2026-07-01T00:00:09.000Z",
        data=TimePassed(moment="9/9"),
        cause=cause,
    )
    log.append([encode(stray)])

    difference = verify(TOY, log, now=now).difference

    assert difference is not None
    assert "only the log has it" in str(difference)
