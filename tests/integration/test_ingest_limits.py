"""Hostile bodies against a running product: refused soon, in little memory, and alone."""

import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.embedded.command import main
from services.ingest.core.document import Format
from services.ingest.core.header import letters
from services.ingest.example import example_json
from tests.unit.ingest.ugly.edit import HEADER, WHEN, WHOLE
from tests.unit.ingest.ugly.pack import book, repacked

MEMORY = 300_000_000
SECONDS = 2.0
"""The most that a refusal may take: of the processor always, of the clock on a machine at rest."""
UNNOTICED = 0.5
"""So many seconds may somebody else's check take meanwhile, on a machine at rest."""
SLACK = 2.5
"""So many times as long may it be by the clock here: others use the machine, too."""
SHEET = "xl/worksheets/sheet1.xml"
CSV, JSON, XLSX = Format.CSV.value, Format.JSON.value, Format.XLSX.value
NUMBER = b'<c r="A1"><v>1</v></c>'

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        not Path("/proc/self/statm").exists(),
        reason="what a process holds is read from /proc (Linux)",
    ),
]


@dataclass
class Server:
    """The product as a process of its own, with all that it may write to in one folder."""

    process: subprocess.Popen
    address: tuple[str, int]
    folder: Path

    def post(self, body: bytes, media: str, path: str = "/v1/returns") -> tuple[int, dict]:
        """Send a body; return the status and the JSON of the answer."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request("POST", path, body, {"Content-Type": media})
            answer = connection.getresponse()
            return answer.status, json.load(answer)
        finally:
            connection.close()

    def family(self) -> list[int]:
        """Return the process and its children."""
        found = [self.process.pid]
        for task in Path(f"/proc/{self.process.pid}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
        # Between fork and exec a child has its parent's memory, not one of its own.
        return [pid for pid in found if pid == self.process.pid or is_child(pid)]

    def processor_seconds(self) -> float:
        """Return what the process has taken of the processor, its children included."""
        return sum(processor_seconds(pid) for pid in self.family())


@dataclass
class Watch:
    """The highest memory of a server and its children, and the slowest of others' requests."""

    server: Server
    peak: int = 0
    slowest: float = 0.0
    answers: set[int] = field(default_factory=set)
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._threads = [threading.Thread(target=run) for run in (self._weigh, self._ask)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _weigh(self) -> None:
        while not self._done.wait(0.003):
            self.peak = max(self.peak, sum(map(resident, self.server.family())))

    def _ask(self) -> None:
        body = json.dumps(example_json()).encode()
        while not (self._done.wait(0.02) and self.answers):
            begun = time.monotonic()
            status, _ = self.server.post(body, JSON, "/v1/validations")
            self.answers.add(status)
            self.slowest = max(self.slowest, time.monotonic() - begun)


def is_child(pid: int) -> bool:
    """Say whether a process is one that reads a workbook."""
    try:
        return b"services.ingest.xlsx.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def processor_seconds(pid: int) -> float:
    """Return what a process has taken, with the children that it has seen end."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Run the product with its data, its temporary files and its output in a folder."""
    (folder / "tmp").mkdir()
    with (folder / "output.txt").open("wb") as errors:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "services.embedded.command", "serve"),
                *("--port", "0", "--data", str(folder / "data")),
            ],
            env={**os.environ, "TMPDIR": str(folder / "tmp"), "TARTAN_LOG_LEVEL": "DEBUG"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        url = process.stdout.readline().removeprefix("Tartan is at ").strip()
        host, _, port = url.removeprefix("http://").partition(":")
        try:
            wait_until_ready(url)
            yield Server(process, (host, int(port)), folder)
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=40)
            (folder / "said.txt").write_text(output)


def wait_until_ready(url: str) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/ready", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("limits")) as server:
        server.post(book(), XLSX)  # the child that waits is part of what is weighed
        yield server


def sheet_of(inside: bytes) -> bytes:
    """A workbook whose sheet has rows written by hand."""

    def edit(name: str, content: bytes) -> bytes:
        if name != SHEET:
            return content
        start, end = content.index(b"<sheetData"), content.index(b"</sheetData>")
        return content[:start] + b"<sheetData>" + inside + content[end:]

    return repacked(book(), edit=edit)


def repeated_string() -> bytes:
    """A long shared string in each of many cells: calamine has a copy of it in every one."""
    text = b"<si><t>" + random.Random(1).randbytes(15_000).hex().encode() + b"</t></si>"

    def edit(name: str, content: bytes) -> bytes:
        if name == "xl/sharedStrings.xml":
            return content[: content.index(b"<si>")] + text + b"</sst>"
        return content

    return repacked(sheet_of(rows_of('<c r="{0}" t="s"><v>0</v></c>', 3_000, 40)), edit=edit)


def rows_of(cell: str, rows: int, columns: int) -> bytes:
    """Rows of cells with their addresses."""
    return "".join(
        f'<row r="{row}">{"".join(cell.format(f"{letters(n)}{row}") for n in range(columns))}</row>'
        for row in range(1, rows + 1)
    ).encode()


def in_a_form(content: bytes) -> bytes:
    """A file as a form sends it."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="r.xlsx"\r\n\r\n'
    return head + content + b"\r\n--b--\r\n"


ROW = f"D01,{WHEN},FD01,1,,,\r\n"
HOSTILE: dict[str, tuple[Callable[[], bytes], str, set[str]]] = {
    "a sheet of 103 MiB in a small zip": (
        lambda: sheet_of((b"<row>" + NUMBER * 20 + b"</row>") * (103 * 2**20 // 451)),
        XLSX,
        {"F015"},
    ),
    "a sheet of 103 MiB in a small zip, in a form": (
        lambda: in_a_form(sheet_of((b"<row>" + NUMBER * 20 + b"</row>") * (103 * 2**20 // 451))),
        "multipart/form-data; boundary=b",
        {"F015"},
    ),
    "a hundred thousand rows, XLSX": (
        lambda: book(rows=[HEADER.split(","), *[["D01", *WHEN.split(","), "FD01", 1.0]] * 100_000]),
        XLSX,
        {"F008", "F015"},
    ),
    "a long string in every cell": (repeated_string, XLSX, {"F015"}),
    "a million elements": (
        lambda: sheet_of("".join(f'<a b="{n}"/>' for n in range(1_000_000)).encode()),
        XLSX,
        {"F015"},
    ),
    "a hundred thousand blank cells": (
        lambda: sheet_of(rows_of('<c r="{0}" s="1"/>', 1_600, 100)),
        XLSX,
        {"F008"},
    ),
    "a hundred thousand rows, CSV": (
        lambda: (HEADER + "\r\n" + ROW * 100_000).encode(), CSV, {"F008"},
    ),
    "commas": (lambda: b"," * 5_000_000 + b"x", CSV, {"F008"}),
    "deep JSON": (lambda: b"[" * 5_000_000, JSON, {"F007"}),
    "deep JSON, closed": (lambda: b'{"a":' * 400_000 + b"1" + b"}" * 400_000, JSON, {"F007"}),
    "two million numbers": (lambda: b"[" + b"1," * 2_400_000 + b"1]", JSON, {"F008"}),
    "a million objects": (lambda: b"[" + b"{}," * 1_200_000 + b"{}]", JSON, {"F008"}),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("make", "media", "codes"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_is_refused_soon_in_little_memory_and_others_notice_nothing(
    server, make, media, codes
):
    body = make()
    assert len(body) < 5 * 1024**2 or media == CSV

    with Watch(server) as watch:
        begun, before = time.monotonic(), server.processor_seconds()
        status, problem = server.post(body, media)
        spent = time.monotonic() - begun
        worked = server.processor_seconds() - before

    print(
        f"{spent:.2f} s, processor {worked:.2f} s, {watch.peak / 1e6:.0f} MB, "
        f"others {watch.slowest:.2f} s"
    )
    assert (status, problem["type"]) == (422, "/problems/validation-failed")
    found = {error["code"] for error in problem["errors"]}
    assert found
    assert found <= codes
    assert worked <= SECONDS
    assert spent <= SECONDS * SLACK
    assert watch.peak <= MEMORY
    assert watch.answers == {200}
    assert watch.slowest <= UNNOTICED * SLACK
    assert resident(server.process.pid) > 0


@pytest.mark.slow
def test_a_body_without_end_is_answered_before_it_ends(server):
    piece = b"%x\r\n" % 2**20 + b"x" * 2**20 + b"\r\n"
    head = (
        "POST /v1/returns HTTP/1.1\r\nHost: tartan\r\nContent-Type: text/csv\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )

    with Watch(server) as watch, socket.create_connection(server.address, timeout=30) as line:
        begun = time.monotonic()
        line.sendall(head.encode())
        sent = 0
        try:
            for _ in range(1024):
                line.sendall(piece)
                sent += 1
        except OSError:
            pass  # The server has heard enough.
        answer = line.recv(65_536)
        spent = time.monotonic() - begun

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["type"] == "/problems/file-too-large"
    assert sent < 200
    assert spent <= SECONDS * SLACK
    assert watch.peak <= MEMORY
    assert watch.answers == {200}


POWERSHELL = (
    "POST {path} HTTP/1.1\r\n"
    "User-Agent: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-GB) WindowsPowerShell/5.1.19041.4046"
    "\r\nContent-Type: text/csv\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n{more}"
    "Connection: Keep-Alive\r\n\r\n"
)
EXPECTING = "Expect: 100-continue\r\n"
TABLE = b"\xef\xbb\xbf" + re.sub(r"\bD01\b", "383", WHOLE).encode()
"""What PowerShell 5.1 makes of a file: a byte order mark, and CRLF at the end of each line."""


@pytest.mark.parametrize("more", ["", EXPECTING], ids=["nothing expected", "100 Continue expected"])
def test_a_request_byte_for_byte_as_powershell_5_1_makes_it_is_taken(server, more):
    assert server.post(b"", JSON, "/v1/periods/riia-quarterly/2026-27-Q2/open")[0] == 200
    body = TABLE + b"\r\n" * bool(more)  # other bytes, so that each is a version of its own
    head = POWERSHELL.format(path="/v1/returns", length=len(body), more=more)

    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(head.encode() + (b"" if more else body))
        if more:
            assert line.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
            line.sendall(body)
        answer = line.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 202 ")


def test_who_asks_before_sending_too_much_is_refused_before_sending_it(server):
    head = POWERSHELL.format(path="/v1/returns", length=20_000_000, more=EXPECTING)

    with socket.create_connection(server.address, timeout=30) as line:
        line.sendall(head.encode())
        assert line.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_who_sends_a_file_that_is_too_large_hears_so(server, capsys):
    large = server.folder / "large.csv"
    large.write_bytes(b"x" * 20_000_000)

    code = main(["submit", str(large), "--url", "http://{}:{}".format(*server.address)])

    assert code == 1
    assert "At most 5 MiB are taken." in capsys.readouterr().out


def test_many_workbooks_at_once_are_all_read_and_no_child_stays_but_one(server):
    bodies = [book() for _ in range(12)]
    answers: list[tuple[int, dict]] = []

    def send(body: bytes) -> None:
        answer = server.post(body, XLSX, "/v1/validations")
        for _ in range(5):  # on a slow machine some are told to come again, and do
            if answer[1].get("type") != "/problems/workbooks-busy":
                break
            time.sleep(1)
            answer = server.post(body, XLSX, "/v1/validations")
        answers.append(answer)

    with Watch(server) as watch:
        threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [status for status, _ in answers] == [200] * 12
    assert watch.peak <= MEMORY
    assert len(server.family()) <= 2
