"""One codec for both logs: CloudEvents in binary mode, canonical JSON as the value.

Attributes travel as ``ce_*`` headers and the payload is the value, which is what Kafka's binding
asks for; the SQLite log stores the same headers and the same bytes. Canonical JSON has sorted keys,
no spaces, UTF-8 and numbers as given; fields that hold nothing are left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pydantic import ValidationError

from schemas.errors import Undecodable
from schemas.events import EVENT_TYPES, Cause, Event, Payload, TextSet
from schemas.topics import Producer, Topic

_SOURCE = "/tartan/"


@dataclass(frozen=True, slots=True)
class Record:
    """An event as bytes. ``key`` is the nation, of a text its id."""

    topic: Topic
    key: str
    headers: dict[str, str]
    value: bytes


@dataclass(frozen=True, slots=True)
class Heading:
    """What a record's headers alone say of its event: enough to know a repeat by."""

    id: str
    nation: str
    producer: Producer
    cause: Cause | None


def canonical(data: object) -> bytes:
    """Return the one JSON text of plain data; ValueError for a number that JSON cannot hold."""
    return json.dumps(
        data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def plain(payload: Payload) -> dict[str, object]:
    """Return the payload as plain data without the fields that hold nothing."""
    return payload.model_dump(mode="json", exclude_none=True)


def encode(event: Event) -> Record:
    """Return the record of an event; the same event always gives the same bytes."""
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": event.id,
        "ce_type": event.type,
        "ce_source": f"{_SOURCE}{event.producer}",
        "ce_subject": event.data.subject(),
        "ce_time": event.time,
        "ce_dataschema": f"/contracts/{event.type}.schema.json",
        "ce_nation": event.nation,
    }
    if event.cause is not None:
        headers["ce_cause"] = str(event.cause)
    if event.traceparent is not None:
        headers["ce_traceparent"] = event.traceparent
    if event.replays is not None:
        headers["ce_replays"] = event.replays
    key = event.data.id if isinstance(event.data, TextSet) else event.nation
    return Record(event.topic, key, headers, canonical(plain(event.data)))


def decode(record: Record) -> Event:
    """Read an event; Undecodable says in one word what is wrong, never quoting the record."""
    headers, model = record.headers, _model(record)
    try:
        known = _heading(headers)
        return Event(
            id=known.id,
            nation=known.nation,
            producer=known.producer,
            time=_moment(headers["ce_time"]),
            data=model.model_validate_json(record.value),
            cause=known.cause,
            traceparent=headers.get("ce_traceparent"),
            replays=headers.get("ce_replays"),
        )
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) or "body" for e in error.errors()[:3])
        raise Undecodable("contract", f"does not fit {headers['ce_type']}: {fields}") from error
    except (KeyError, ValueError) as error:
        raise Undecodable(
            "attributes", "a CloudEvents attribute is missing or unreadable"
        ) from error


def heading(record: Record) -> Heading:
    """Read the headers alone, which is many times quicker; Undecodable as ``decode`` has it.

    A record whose value does not fit its type has a heading all the same.
    """
    _model(record)
    try:
        _moment(record.headers["ce_time"])
        return _heading(record.headers)
    except (KeyError, ValueError) as error:
        raise Undecodable(
            "attributes", "a CloudEvents attribute is missing or unreadable"
        ) from error


def _model(record: Record) -> type[Payload]:
    try:
        name = record.headers["ce_type"]
        model = EVENT_TYPES[name]
    except KeyError as error:
        raise Undecodable("unknown_type", "the record names no event type we know") from error
    if model.topic != record.topic:
        raise Undecodable("wrong_topic", f"{name} does not belong on {record.topic}")
    return model


def _heading(headers: Mapping[str, str]) -> Heading:
    return Heading(
        id=headers["ce_id"],
        nation=headers["ce_nation"],
        producer=_producer(headers["ce_source"]),
        cause=Cause.parse(headers["ce_cause"]) if "ce_cause" in headers else None,
    )


@lru_cache(maxsize=256)
def _producer(source: str) -> Producer:
    return Producer(source.removeprefix(_SOURCE))


def _moment(text: str) -> str:
    """Return the text if it names a moment with its offset; ValueError if it does not."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("the time has no offset")
    return text
