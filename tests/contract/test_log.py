"""What every log promises, whichever it is."""

from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.tail import Tail
from services.runtime.log import Commit, Log
from services.runtime.memory_log import MemoryLog
from services.runtime.sqlite_log import SqliteLog

SPREAD = [
    pytest.param(name, marks=[pytest.mark.integration, pytest.mark.alone])
    for name in ("kafka", "tail")
]


@pytest.fixture(params=["memory", "sqlite", *SPREAD])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    if request.param == "memory":
        yield MemoryLog()
        return
    if request.param == "sqlite":
        kept = SqliteLog(tmp_path / "log.sqlite3")
    else:
        kept = KafkaLog.of("england", request.getfixturevalue("kafka_settings"))
        kept = Tail(kept) if request.param == "tail" else kept
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


def test_a_place_may_be_committed_with_what_came_of_it_on_other_topics(log):
    log.append([make_record(), make_record()])

    offsets = log.append(
        [make_record(topic=Topic.ALERTS), make_record(topic=Topic.STANDINGS)],
        commit=Commit("benchmark", Topic.RETURNS, 2),
    )

    assert list(offsets) == [1, 1]
    assert log.committed("benchmark", Topic.RETURNS) == 2
    assert log.committed("benchmark", Topic.ALERTS) == 0


def test_records_keep_every_byte_and_every_header(log):
    headers = {"ce_id": "é – 東", "ce_empty": "", "content-type": "application/json"}
    record = Record(Topic.RETURNS, "england", headers, bytes(range(256)) * 1000)

    log.append([record])

    assert [stored.record for stored in log.read(Topic.RETURNS)] == [record]


def test_nothing_stands_behind_the_last_record(log):
    log.append([make_record()])

    assert list(log.read(Topic.RETURNS, after=1)) == []


def test_the_end_is_the_last_record_of_the_topic(log):
    assert log.end(Topic.RETURNS) == 0
    log.append([make_record(), make_record(), make_record(topic=Topic.ALERTS)])

    assert log.end(Topic.RETURNS) == 2
    assert log.end(Topic.STANDINGS) == 0


def put_texts(log: Log) -> None:
    for key, value in (("a", b"first"), ("b", b"other"), ("a", b"second")):
        log.append([make_record(value, topic=Topic.TEXTS, key=key)])


def test_of_a_compacted_topic_the_latest_record_of_a_key_is_always_there(log):
    put_texts(log)

    stored = log.read(Topic.TEXTS)

    assert [(s.offset, s.record.value) for s in stored][-2:] == [(2, b"other"), (3, b"second")]


@pytest.mark.parametrize("log", ["memory", "sqlite"], indirect=True)
def test_a_log_in_one_process_drops_a_replaced_record_at_once(log):
    put_texts(log)

    assert [s.record.value for s in log.read(Topic.TEXTS)] == [b"other", b"second"]


def test_a_listener_hears_of_every_append_at_once_or_soon(log):
    heard: Queue[int] = Queue()
    log.listen(lambda: heard.put(len(log.read(Topic.RETURNS))))

    log.append([make_record()])
    wait_for(heard, 1)
    log.append([make_record(), make_record()])
    wait_for(heard, 3)


def wait_for(heard: "Queue[int]", count: int) -> None:
    """Take what was heard until a listener has seen so many records; queue.Empty after 10 s."""
    while heard.get(timeout=10) < count:
        pass


@pytest.mark.parametrize("log", ["memory", "sqlite"], indirect=True)
def test_a_log_in_one_process_calls_its_listeners_before_the_append_returns(log):
    heard = []
    log.listen(lambda: heard.append(len(log.read(Topic.RETURNS))))

    log.append([make_record()])
    log.append([make_record(), make_record()])

    assert heard == [1, 3]
