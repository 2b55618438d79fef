"""Nothing of a refused file on single children stays: not on disk, not in the log, not in words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.test_ingest_limits import CSV, JSON, XLSX, serving
from tests.unit.ingest.ugly.pack import beside, book

SURNAME, PUPIL = "Zzyzxington", "Z987654321098"
"""What stands nowhere but in the records that are sent."""
RECORDS = [["child_id", "surname", "upn"], *[["1", SURNAME, PUPIL]] * 200]
TABLE = "\r\n".join(",".join(row) for row in RECORDS).encode()
BOOK = book(rows=RECORDS)
HIDDEN = book(beside("Data", RECORDS, hidden=True))


def as_form(content: bytes) -> tuple[bytes, str]:
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="Zzyzxington.xlsx"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


SENT = {
    "CSV": (TABLE, CSV),
    "JSON": (json.dumps({"observations": [{"surname": SURNAME, "upn": PUPIL}]}).encode(), JSON),
    "XLSX": (BOOK, XLSX),
    "XLSX, a hidden sheet": (HIDDEN, XLSX),
    "a form with CSV": as_form(TABLE),
    "a form with XLSX, two megabytes large": as_form(BOOK + b"\0" * 2_000_000),
    "a form with XLSX": as_form(BOOK),
    "XLSX, cut off": (BOOK[:-100], XLSX),
}


@pytest.mark.slow
def test_nothing_of_a_refused_file_on_children_stays_anywhere(tmp_path):
    with serving(tmp_path) as server:
        answers = {
            (name, path): server.post(*sent, path)
            for name, sent in SENT.items()
            for path in ("/v1/returns", "/v1/validations")
        }
        written = [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]
        opened = [link.readlink() for pid in server.family() for link in open_files(pid)]

    for (name, path), (status, said) in answers.items():
        assert status == (422 if path == "/v1/returns" else 200), (name, said)
        codes = {each["code"] for each in said.get("errors") or said["findings"]}
        assert codes <= {"F010", "F014"}, (name, codes)
        assert SURNAME not in json.dumps(said)
        assert PUPIL not in json.dumps(said)
    assert written == []
    assert [str(path) for path in opened if "(deleted)" in str(path)] == []
    assert holding(tmp_path) == []
    log = subprocess.run(
        [sys.executable, "-m", "services.embedded.command", "events", "--data",
         str(tmp_path / "data")],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert log.count(b"\n") > 100
    assert SURNAME.encode() not in log
    assert PUPIL.encode() not in log


def open_files(pid: int) -> list[Path]:
    return [link for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]


def holding(folder):
    """Every file in a folder in which one of the marks stands, whatever kind of file it is."""
    marks = [mark.encode(coding) for mark in (SURNAME, PUPIL) for coding in ("utf-8", "utf-16-le")]
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and any(mark in path.read_bytes() for mark in marks)
    ]


def test_the_search_finds_what_it_is_for(tmp_path):
    (tmp_path / "left").write_bytes(b"\0" + SURNAME.encode() + b"\0")

    assert holding(tmp_path) == [tmp_path / "left"]
