"""What an operator does about parked records: look, park, replay. Nothing is skipped silently."""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from schemas.codec import Record, decode, encode
from schemas.core import Core
from schemas.errors import Undecodable
from schemas.events import Event, RecordParked, derived_id
from schemas.topics import Producer, Topic
from services.runtime.clock import Clock, rfc3339
from services.runtime.log import Log
from services.runtime.reader import BY_OPERATOR, Reader, parked


class CannotReplay(Exception):
    """The record cannot be put right now; the message says why and what to do."""


def listed(log: Log, *, now: Clock) -> list[RecordParked]:
    """Return every parked record as it stands, in the order in which they were parked."""
    latest: dict[tuple[str, int], RecordParked] = {}
    for event in Reader(log, now=now).events(Topic.PARKED):
        if isinstance(event.data, RecordParked):
            latest[event.data.record_topic, event.data.offset] = event.data
    return list(latest.values())


class CannotPark(CannotReplay):
    """The record is not one to park; the message says why and what to do instead."""


def park(
    log: Log,
    topic: Topic,
    offset: int,
    *,
    reason: str,
    now: Clock,
    cores: Iterable[Core[Any]] = (),
) -> Event:
    """Park a record that a core cannot deal with, so that every later fold skips it.

    Raises CannotPark if there is no such record, or if one of ``cores`` has dealt with it: what it
    said of it stands in the log, and skipping the ground of that would only part the two.
    """
    for core in cores:
        if core.reads == topic and log.committed(core.name, topic) >= offset:
            raise CannotPark(
                f"{core.name} has dealt with {topic} offset {offset}, and what it said of it "
                "stands. A return is put right by a corrected return; if the gateway has stopped "
                "there, install the release that mends it."
            )
    stored = next(iter(log.read(topic, after=offset - 1, limit=1)), None)
    if stored is None or stored.offset != offset:
        raise CannotPark(f"There is no record at {topic} offset {offset}.")
    event = parked(stored, topic, reason=BY_OPERATOR, detail=reason, time=rfc3339(now()))
    log.append([encode(event)])
    return event


def find(log: Log, topic: Topic, offset: int, *, now: Clock) -> RecordParked:
    """Return the parked record of a place; CannotReplay if none is parked there."""
    for record in listed(log, now=now):
        if (record.record_topic, record.offset) == (topic, offset):
            return record
    raise CannotReplay(f"Nothing is parked at {topic} offset {offset}: see tartan parked list.")


def replay(log: Log, topic: Topic, offset: int, *, now: Clock) -> str:
    """Append the parked record as a new event; return what became of it.

    If something later stands for its key the record becomes history only: nothing is appended to
    its topic. CannotReplay if this release cannot decode it either.
    """
    found = find(log, topic, offset, now=now)
    if found.replaced is not None:
        raise CannotReplay(f"{topic} offset {offset} was already dealt with ({found.replaced}).")
    event = _read(found, topic)
    if _overtaken(log, event, behind=offset, now=now):
        log.append([encode(_settled(found, event, "history", now=now))])
        return "history: a later record stands for the same subject, so this one changes nothing"
    again = replace(
        event,
        id=derived_id("replay", topic, offset),
        time=rfc3339(now()),
        replays=f"{topic}/{offset}",
    )
    log.append([encode(again), encode(_settled(found, event, again.id, now=now))])
    return f"appended again as event {again.id}"


def _read(found: RecordParked, topic: Topic) -> Event:
    nation = found.headers.get("ce_nation", "")
    try:
        event = decode(Record(topic, nation, found.headers, b64decode(found.value)))
    except Undecodable as error:
        raise CannotReplay(
            f"This release cannot read the record either ({error}). It stays parked: install the "
            "release that wrote it, or ask its sender to send again."
        ) from error
    if event.cause is not None:
        raise CannotReplay(
            f"A core derived this event from {event.cause}, so only a core may say it again. "
            "It stays parked; tartan verify shows whether anything is missing."
        )
    return event


def _overtaken(log: Log, event: Event, *, behind: int, now: Clock) -> bool:
    reader, after = Reader(log, now=now), behind
    while places := reader.read(event.topic, after=after):
        for place in places:
            after = place.offset
            later = place.event
            if later is not None and (later.nation, later.type, later.data.subject()) == (
                event.nation,
                event.type,
                event.data.subject(),
            ):
                return True
    return False


def _settled(found: RecordParked, event: Event, replaced: str, *, now: Clock) -> Event:
    return Event(
        id=derived_id("settled", found.record_topic, found.offset),
        nation=event.nation,
        producer=Producer.RUNTIME,
        time=rfc3339(now()),
        data=found.model_copy(update={"replaced": replaced}),
    )
