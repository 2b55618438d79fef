"""How the views are spelt in Redis: keys, fields, places, and what is told of a put.

Both keys of a nation's views have one hash tag, so that a cluster keeps them on one machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.codec import canonical
from schemas.topics import Topic
from services.runtime.redis.kept import BEFORE_ALL, Revision
from services.runtime.redis.packing import unpack
from services.runtime.store import News, Positions, StoreDamaged, Taken, every_topic

DOCUMENT = b"document:"
REVISION = b"revision"
LACKING = b"lacking"
POSITIONS = b"positions"


@dataclass(frozen=True, slots=True)
class Put:
    """A put as it is told of: what listeners hear, and what it changed of the revision before."""

    taken: Taken
    before: Revision
    changed: Sequence[str]


def keys_of(prefix: str, *, nation: str, layout: int) -> tuple[str, str]:
    """Return the key of the views and that of what is told of them."""
    tag = f"{{{prefix}:{nation}:{layout}}}"
    return f"{tag}:views", f"{tag}:changes"


def field_of(key: str) -> bytes:
    """Return the field of a document, or the start of the fields of several."""
    return DOCUMENT + key.encode()


def key_of(field: bytes) -> str:
    """Return the key of a document's field."""
    return field.removeprefix(DOCUMENT).decode()


def write_positions(positions: Positions) -> bytes:
    """Return the one text of these places, whether or not topics at 0 are named."""
    return canonical({topic: at for topic, at in positions.items() if at})


def read_positions(text: bytes | None) -> dict[Topic, int]:
    """Return the places with every topic named; all at 0 where there is no text."""
    try:
        found = {Topic(name): int(at) for name, at in json.loads(text or b"{}").items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise StoreDamaged("the places in Redis cannot be read: delete these views") from error
    return every_topic(found)


def read_revision(text: bytes | None) -> Revision:
    """Return the revision, ``BEFORE_ALL`` where there is none."""
    if text is None:
        return BEFORE_ALL
    milliseconds, _, number = text.partition(b"-")
    return int(milliseconds), int(number)


def told_of(news: Sequence[News], *, changed: Sequence[str]) -> dict[str, object]:
    """Return what is told of a put, as plain data."""
    return {
        "changed": changed,
        "news": [[n.topic, n.offset, n.nation, n.type, n.subject] for n in news],
    }


def read_put(fields: Mapping[bytes, bytes]) -> Put:
    """Return the put that an entry tells of."""
    told = unpack(fields[b"told"])
    news = [News(Topic(topic), *rest) for topic, *rest in told["news"]]
    return Put(
        Taken(
            read_positions(fields[b"built_on"]),
            read_positions(fields[b"positions"]),
            news,
            int(fields[LACKING]),
        ),
        read_revision(fields[b"before"]),
        told["changed"],
    )
