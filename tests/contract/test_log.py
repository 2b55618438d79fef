"""What every log promises, whichever it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.log import Commit, Log
from services.runtime.memory_log import MemoryLog
from services.runtime.sqlite_log import SqliteLog


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    if request.param == "memory":
        yield MemoryLog()
        return
    kept = SqliteLog(tmp_path / "log.sqlite3")
    yield kept
    kept.close()


def make_record(
    value: bytes = b"{}", *, topic: Topic = Topic.RETURNS, key: str = "england"
) -> Record:
    return Record(topic, key, {"ce_id": "1", "ce_type": "x"}, value)


def test_a_new_log_is_empty_and_nobody_has_read_it(log):
    assert list(log.read(Topic.RETURNS)) == []
    assert log.committed("benchmark", Topic.RETURNS) == 0


def test_records_come_back_as_they_were_and_in_order(log):
    records = [make_record(b'{"n":%d}' % n) for n in range(7)]

    offsets = log.append(records)

    assert list(offsets) == [1, 2, 3, 4, 5, 6, 7]
    assert [stored.record for stored in log.read(Topic.RETURNS)] == records


def test_reading_on_starts_behind_the_place_given(log):
    log.append([make_record(b"%d" % n) for n in range(10)])

    page = log.read(Topic.RETURNS, after=3, limit=4)

    assert [stored.offset for stored in page] == [4, 5, 6, 7]


def test_topics_count_their_own_places(log):
    log.append([make_record(), make_record(topic=Topic.ALERTS), make_record()])

    assert [s.offset for s in log.read(Topic.RETURNS)] == [1, 2]
    assert [s.offset for s in log.read(Topic.ALERTS)] == [1]


def test_a_commit_is_kept_with_the_records_it_came_with(log):
    log.append([make_record()], commit=Commit("benchmark", Topic.RETURNS, 5))
    log.append([], commit=Commit("benchmark", Topic.RETURNS, 6))

    assert log.committed("benchmark", Topic.RETURNS) == 6
    assert log.committed("alerts", Topic.RETURNS) == 0


def test_of_a_compacted_topic_only_the_latest_record_of_a_key_is_left(log):
    texts = [make_record(b"first", topic=Topic.TEXTS, key="a")]
    texts += [make_record(b"other", topic=Topic.TEXTS, key="b")]
    texts += [make_record(b"second", topic=Topic.TEXTS, key="a")]

    for text in texts:
        log.append([text])

    assert [(s.offset, s.record.value) for s in log.read(Topic.TEXTS)] == [
        (2, b"other"),
        (3, b"second"),
    ]


def test_a_listener_hears_of_every_append(log):
    heard = []
    log.listen(lambda: heard.append(len(log.read(Topic.RETURNS))))

    log.append([make_record()])
    log.append([make_record(), make_record()])

    assert heard == [1, 3]
