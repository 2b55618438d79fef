"""Erases a text for good: the words leave the topic, and the disk as soon as the log can."""

from schemas.codec import encode
from schemas.events import Event, TextSet, derived_id
from schemas.topics import Producer, Topic
from services.runtime.clock import Clock, rfc3339
from services.runtime.log import Log
from services.runtime.reader import Reader
from services.runtime.sqlite_log import SqliteLog


class NoSuchText(Exception):
    """No text has this id."""


def erase(log: SqliteLog, text_id: str, *, now: Clock) -> None:
    """Erase a text from the topic, the file and the write-ahead log; NoSuchText without one."""
    if set_empty(log, text_id, now=now):
        log.forget()


def set_empty(log: Log, text_id: str, *, now: Clock) -> bool:
    """Replace the text's record by one without words; NoSuchText if there is none to erase.

    False if it had none already. On Kafka compaction then drops the words.
    """
    events = [e for e in Reader(log, now=now).events(Topic.TEXTS) if e.data.subject() == text_id]
    if not events or not isinstance(events[-1].data, TextSet):
        raise NoSuchText(f"There is no text with the id {text_id}.")
    standing = events[-1]
    if not isinstance(standing.data, TextSet) or standing.data.text is None:
        return False
    log.append(
        [
            encode(
                Event(
                    id=derived_id("erased", text_id),
                    nation=standing.nation,
                    producer=Producer.INGEST,
                    time=rfc3339(now()),
                    data=TextSet(id=text_id, kind=standing.data.kind),
                )
            )
        ]
    )
    return True
