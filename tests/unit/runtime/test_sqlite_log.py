"""What the SQLite log promises beyond the port."""

import sqlite3
from pathlib import Path

import pytest

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.directory import DirectoryLock
from services.runtime.log import LogDamaged, LogHeld, LogUnavailable
from services.runtime.sqlite_log import SqliteLog


def make_record(value: bytes, *, topic: Topic = Topic.RETURNS, key: str = "england") -> Record:
    return Record(topic, key, {"ce_id": "1"}, value)


def test_what_was_appended_is_there_after_the_file_is_opened_again(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    first = SqliteLog(path)
    first.append([make_record(b"kept")])
    first.close()

    again = SqliteLog(path)

    assert [s.record.value for s in again.read(Topic.RETURNS)] == [b"kept"]
    again.close()


def test_a_file_cut_short_is_refused_with_what_to_do_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    log = SqliteLog(path)
    log.append([make_record(b"%d" % n + bytes(range(256)) * 40) for n in range(300)])
    log.close()
    torn = path.read_bytes()[:-9000]
    path.write_bytes(torn)

    with pytest.raises(LogDamaged, match="restore the directory from the last backup"):
        SqliteLog(path)
    assert path.read_bytes() == torn


def test_a_torn_end_of_the_write_ahead_log_loses_only_what_was_never_acknowledged(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    log = SqliteLog(path)
    log.append([make_record(b"acknowledged")])
    wal = tmp_path / "log.sqlite3-wal"
    before = wal.read_bytes()
    log.append([make_record(b"not yet")])
    torn = wal.read_bytes()[: len(before) + 100]
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "log.sqlite3").write_bytes(path.read_bytes())
    (copy / "log.sqlite3-wal").write_bytes(torn)
    log.close()

    again = SqliteLog(copy / "log.sqlite3")

    assert [s.record.value for s in again.read(Topic.RETURNS)] == [b"acknowledged"]
    again.close()


def test_a_full_disk_appends_nothing_and_says_so(tmp_path: Path):
    log = SqliteLog(tmp_path / "log.sqlite3")
    log.append([make_record(b"before")])
    pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
    log._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    with pytest.raises(LogUnavailable, match="full"):
        log.append([make_record(bytes(n * 7 % 256 for n in range(m, m + 9000))) for m in range(99)])

    assert [s.record.value for s in log.read(Topic.RETURNS)] == [b"before"]
    log._connection.execute("PRAGMA max_page_count = 100000")
    log.append([make_record(b"after")])
    assert [s.offset for s in log.read(Topic.RETURNS)] == [1, 2]
    log.close()


def test_a_record_whose_bytes_have_rotted_is_named_and_the_rest_can_be_read(tmp_path: Path):
    log = SqliteLog(tmp_path / "log.sqlite3")
    log.append([make_record(b"whole"), make_record(b"rotten"), make_record(b"after")])
    log._connection.execute("UPDATE record SET value = x'00ff' WHERE place = 2")

    with pytest.raises(LogDamaged, match=r"returns\.v1 offset 2 .*restore the directory"):
        log.read(Topic.RETURNS)
    assert [s.record.value for s in log.read(Topic.RETURNS, after=2)] == [b"after"]
    log.close()


def test_a_log_that_cannot_be_read_says_so_to_whoever_asks_for_a_place(tmp_path: Path):
    log = SqliteLog(tmp_path / "log.sqlite3")
    log.close()

    with pytest.raises(LogUnavailable):
        log.committed("benchmark", Topic.RETURNS)
    with pytest.raises(LogUnavailable):
        log.append([make_record(b"never")])


def test_a_replaced_text_is_nowhere_on_disk_once_forgotten(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    log = SqliteLog(path)
    words = b"a note that its writer takes back"
    log.append([make_record(words, topic=Topic.TEXTS, key="t")])
    stored = log._connection.execute("SELECT value FROM record").fetchone()[0]
    log.append([make_record(b"{}", topic=Topic.TEXTS, key="t")])

    log.forget()
    log.close()

    for file in tmp_path.iterdir():
        assert stored not in file.read_bytes()


def test_a_file_that_the_account_may_not_open_speaks_of_the_machine_and_not_of_damage(
    tmp_path: Path,
):
    with pytest.raises(LogUnavailable, match="disk has space and that this account may write"):
        SqliteLog(tmp_path / "no such folder" / "log.sqlite3")


def test_opening_a_log_writes_nothing_to_it(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    SqliteLog(path).close()
    before = path.read_bytes()

    again = SqliteLog(path)
    wal = tmp_path / "log.sqlite3-wal"

    assert not wal.exists() or wal.stat().st_size == 0
    again.close()
    assert path.read_bytes() == before


def test_a_newer_format_is_refused(tmp_path: Path):
    path = tmp_path / "log.sqlite3"
    SqliteLog(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(LogDamaged, match="newer than this release"):
        SqliteLog(path)


def test_a_reader_may_look_while_another_process_owns_the_directory(tmp_path: Path):
    owner = SqliteLog(tmp_path / "log.sqlite3")
    owner.append([make_record(b"seen")])

    reader = SqliteLog(tmp_path / "log.sqlite3", read_only=True)

    assert [s.record.value for s in reader.read(Topic.RETURNS)] == [b"seen"]
    with pytest.raises(LogUnavailable):
        reader.append([make_record(b"never")])
    reader.close()
    owner.close()


def test_a_directory_has_one_owner_and_the_second_is_told_about_url(tmp_path: Path):
    with DirectoryLock(tmp_path), pytest.raises(LogHeld, match="--url"):
        DirectoryLock(tmp_path)

    DirectoryLock(tmp_path).release()
