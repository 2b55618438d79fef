"""Nothing of a refused file on single children stays: not on disk, not in the log, not in words."""

import hashlib
import http.client
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.ingest.example import example_csv, example_json
from tests.integration.test_ingest_limits import CSV, JSON, XLSX, Server, serving
from tests.unit.ingest.ugly.pack import beside, book, table

SURNAME, PUPIL = "Zzyzxington", "Z987654321098"
"""What stands nowhere but in the records that are sent."""
RECORDS = [["child_id", "surname", "upn"], *[["1", SURNAME, PUPIL]] * 200]
TABLE = "\r\n".join(",".join(row) for row in RECORDS).encode()
BOOK = book(rows=RECORDS)
HIDDEN = book(beside("Data", RECORDS, hidden=True))
FORM = "multipart/form-data; boundary=b"
CHECKS = {
    ("/v1/validations", ""),
    ("/v1/validations", CSV),
    ("/v1/validations", XLSX),
    ("/check", "text/html"),
    ("/check?as=workbook", "text/html"),
}
"""Where a file is checked and not sent, and what may be asked for in answer."""
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"


def as_form(content: bytes) -> tuple[bytes, str]:
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="Zzyzxington.xlsx"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n", FORM


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


def of_england(text: str) -> str:
    """The example return as one of a real authority's."""
    return re.sub(r"\bD01\b", "383", text)


def sound_and_faulty() -> Iterator[tuple[bytes, str]]:
    """Returns without fault and with some, in every format and way."""
    for old, new in (("2310", "2310"), ("2310", "-1")):
        text = of_england(example_csv()).replace(old, new)
        workbook = book(rows=table(text))
        yield of_england(json.dumps(example_json())).replace(old, new).encode(), JSON
        yield text.encode(), CSV
        yield workbook, XLSX
        yield as_form(text.encode())
        yield as_form(workbook)


def ask(server: Server, path: str, sent: tuple[bytes, str], accept: str) -> tuple[int, bytes]:
    """Send as a browser would from our own page; return the status and the body."""
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    headers = {"Content-Type": sent[1], "Accept": accept, "Sec-Fetch-Site": "same-origin"}
    try:
        connection.request("POST", path, sent[0], headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def run(*words: str, expect: int) -> bytes:
    """Run ``tartan``; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "services.embedded.command", *words], capture_output=True
    )
    assert done.returncode == expect, done.stderr.decode()
    return done.stdout + done.stderr


def kept(server: Server) -> tuple[bytes, dict[str, str]]:
    """Everything that the log holds, and every file of the data with its hash.

    Readers write to the index of the write-ahead log, whose content is none of its own.
    """
    return run("events", "--data", str(server.folder / "data"), expect=0), files_of(server)


def files_of(server: Server) -> dict[str, str]:
    data = server.folder / "data"
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and not path.name.endswith("-shm")
    }


def settled(server: Server) -> tuple[bytes, dict[str, str]]:
    """What is kept once everything has dealt with what the log holds."""
    before = files_of(server)
    for _ in range(60):
        time.sleep(0.5)
        now = files_of(server)
        if now == before:
            return kept(server)
        before = now
    raise TimeoutError("the product does not come to rest")


@dataclass
class Visit:
    """What was found while a product ran, which has ended since."""

    folder: Path
    untouched: list[tuple[bytes, dict[str, str]]]
    answers: dict[tuple[str, str, str], tuple[int, bytes]]
    said: bytes
    temporary: list[Path]
    opened: list[str]
    after: tuple[bytes, dict[str, str]]


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Has returns checked, sends records of children by every way, then one sound return."""
    folder = tmp_path_factory.mktemp("visited")
    own = tmp_path_factory.mktemp("sender")  # what a sender keeps is none of ours
    (own / "records.csv").write_bytes(TABLE)
    (own / "return.csv").write_text(of_england(example_csv()))
    with serving(folder) as server:
        url = "http://{}:{}".format(*server.address)
        assert server.post(b"", JSON, f"/v1/periods/{COLLECTION}/{PERIOD}/open")[0] == 200
        untouched = [settled(server)]
        for sent in sound_and_faulty():
            for path, accept in CHECKS:
                if sent[1] == FORM or not path.startswith("/check"):
                    assert ask(server, path, sent, accept)[0] == 200
        run("submit", str(own / "return.csv"), "--url", url, "--dry-run", expect=0)
        untouched.append(kept(server))
        answers = {
            (name, path, accept): ask(server, path, sent, accept)
            for name, sent in SENT.items()
            for path, accept in {
                *CHECKS,
                ("/v1/returns", ""),
                (f"/v1/published?name={SURNAME}", ""),
            }
            if sent[1] == FORM or not path.startswith("/check")
        }
        said = run("submit", str(own / "records.csv"), "--url", url, expect=1)
        untouched.append(kept(server))
        temporary = [
            path for place in (folder / "tmp", Path("/dev/shm")) for path in place.rglob("*")
        ]
        opened = [str(link.readlink()) for pid in server.family() for link in open_files(pid)]
        assert server.post(of_england(example_csv()).encode(), CSV)[0] == 202
        after = kept(server)
    return Visit(folder, untouched, answers, said, temporary, opened, after)


@pytest.mark.slow
def test_a_check_by_any_way_leaves_log_and_files_as_they_were(visit):
    before, checked, refused = visit.untouched

    assert before[0].count(b"\n") > 100
    assert checked == before
    assert refused == before
    assert visit.after[0].startswith(before[0][:100])
    assert len(visit.after[0]) > len(before[0])
    assert visit.after[1] != before[1]


@pytest.mark.slow
def test_nothing_of_a_refused_file_on_children_is_told_to_its_sender(visit):
    for (name, path, accept), (status, body) in visit.answers.items():
        expected = 422 if path.startswith(("/v1/returns", "/v1/published")) else 200
        assert status == expected, (name, path, body[:300])
        # The name of a file is its sender's own: it comes back in the answer, and stays nowhere.
        told = plain(body).replace(f"{SURNAME}: ".encode(), b"")
        assert marks_in(told) == [], (name, path, accept)
        if (path, accept) in {("/v1/returns", ""), ("/v1/validations", "")}:
            problem = json.loads(body)
            codes = {each["code"] for each in problem.get("errors") or problem["findings"]}
            assert codes <= {"F010", "F014"}, (name, codes)
    assert b"F010" in visit.said
    assert marks_in(visit.said) == []


@pytest.mark.slow
def test_nothing_of_a_refused_file_on_children_stays_anywhere(visit):
    assert holding(visit.folder) == []
    assert marks_in(visit.after[0]) == []
    assert [path for path in visit.temporary if path.is_file() and marks_in(read(path))] == []
    assert [path for path in visit.temporary if visit.folder in path.parents] == []
    assert [path for path in visit.opened if "(deleted)" in path] == []


def plain(body: bytes) -> bytes:
    """A body as it is; of a workbook all its parts one after the other."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # others may use the machine's memory, too
        return b""


def open_files(pid: int) -> list[Path]:
    return [link for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]


def holding(folder):
    """Every file in a folder in which one of the marks stands, whatever kind of file it is."""
    return [path for path in folder.rglob("*") if path.is_file() and marks_in(path.read_bytes())]


def marks_in(content: bytes) -> list[bytes]:
    """The marks that stand in some bytes, in either encoding of text."""
    marks = [mark.encode(coding) for mark in (SURNAME, PUPIL) for coding in ("utf-8", "utf-16-le")]
    return [mark for mark in marks if mark in content]


def test_the_search_finds_what_it_is_for(tmp_path):
    (tmp_path / "left").write_bytes(b"\0" + SURNAME.encode() + b"\0")

    assert holding(tmp_path) == [tmp_path / "left"]
