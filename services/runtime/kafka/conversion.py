"""A record as Kafka carries it, and back: the key and headers as UTF-8, the value as it is.

Offsets of the port begin at 1 and Kafka's at 0, so the one is the other plus one. A stranger's
record that is not UTF-8 comes back with replacement signs, so that it can be parked; its value
keeps every byte.
"""

from typing import Any

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.log import Stored

_OVERHEAD = 128
_OVERHEAD_OF_A_HEADER = 12


def headers_of(record: Record) -> list[tuple[str, bytes]]:
    """Return the record's headers as Kafka takes them."""
    return [(name, text.encode()) for name, text in record.headers.items()]


def size_of(record: Record) -> int:
    """Return how many bytes the record takes at most, before compression."""
    headers = sum(
        len(name.encode()) + len(text.encode()) + _OVERHEAD_OF_A_HEADER
        for name, text in record.headers.items()
    )
    return len(record.key.encode()) + headers + len(record.value) + _OVERHEAD


def stored_of(topic: Topic, message: Any) -> Stored:  # noqa: ANN401 - the client's own, untyped
    """Return the record of a consumed message, and its place."""
    headers = {name: _text(value) for name, value in message.headers}
    return Stored(
        message.offset + 1, Record(topic, _text(message.key), headers, bytes(message.value or b""))
    )


def _text(value: bytes | None) -> str:
    return str(value or b"", "utf-8", "replace")
