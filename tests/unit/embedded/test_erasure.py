"""An erased text is gone from the topic and from the disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.codec import encode
from schemas.events import Event, TextSet
from schemas.topics import Producer, Topic
from services.embedded.erasure import NoSuchText, erase
from services.runtime.reader import Reader
from services.runtime.sqlite_log import SqliteLog


def now() -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path):
    kept = SqliteLog(tmp_path / "log.sqlite3")
    text = TextSet(id="t-1", kind="note", text="The words that are to go.")
    kept.append([encode(Event("e", "england", Producer.INGEST, "2026-07-01T00:00:00.000Z", text))])
    yield kept
    kept.close()


def texts(log: SqliteLog) -> list[TextSet]:
    return [e.data for e in Reader(log, now=now).events(Topic.TEXTS) if isinstance(e.data, TextSet)]


def test_the_words_go_and_the_id_stays(log, tmp_path):
    packed = log._connection.execute("SELECT value FROM record").fetchone()[0]

    erase(log, "t-1", now=now)

    assert texts(log) == [TextSet(id="t-1", kind="note", text=None)]
    for file in tmp_path.iterdir():
        assert packed not in file.read_bytes()


def test_erasing_twice_is_erasing_once(log):
    erase(log, "t-1", now=now)
    erase(log, "t-1", now=now)

    assert len(log.read(Topic.TEXTS)) == 1
    assert log.read(Topic.TEXTS)[0].offset == 2


def test_an_unknown_text_is_named(log):
    with pytest.raises(NoSuchText, match="t-9"):
        erase(log, "t-9", now=now)
