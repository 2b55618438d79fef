"""The ``tartan`` command as its users meet it: a real process on loopback, real exit codes."""

import io
import json
import logging
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from schemas.codec import Record, encode
from schemas.events import Event, MethodSet, Payload, PeriodOpened
from schemas.topics import Producer, Topic
from services.embedded.command import main
from services.ingest.example import example_csv, example_json
from services.runtime.directory import LOG_FILE, DirectoryLock
from services.runtime.sqlite_log import SqliteLog
from tests.unit.ingest.ugly.pack import book, table

COLLECTION, PERIOD, LATER = "riia-quarterly", "2026-27-Q1", "2026-27-Q2"
NOTE = "the new HR system cannot say yet"
PUBLISHED = """time_period,time_identifier,geographic_level,country_code,country_name,region_code,\
region_name,old_la_code,new_la_code,la_name,category,referral_count,rereferral_count,\
rereferral_percent,no_further_action_count,no_further_action_percent,not_in_need_count,\
not_in_need_percent
2026,Reporting year,National,E92000001,England,,,,,,Referrals and Re-referrals,6000,1300,21.7,40,\
0.7,1900,31.7
2026,Reporting year,Local authority,E92000001,England,E12000001,North East,841,E06000005,\
Darlington,Referrals and Re-referrals,1200,250,20.8,1,0.1,100,8.3
2026,Reporting year,Local authority,E92000001,England,E12000001,North East,999,E06999999,\
Nowhere,Referrals and Re-referrals,1200,250,20.8,1,0.1,100,8.3
"""
FILE = "c1_children_in_need_referrals_and_rereferrals_2013_to_2026.csv"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Served:
    """``tartan serve`` as a process of its own."""

    root: Path
    data: Path
    more: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""

    def start(self) -> "Served":
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--data", str(self.data), "--port", "0", *self.more],
            cwd=self.root,
            env={**clean_environment(), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.url = self.process.stdout.readline().removeprefix("Tartan is at ").strip()
        assert self.url.startswith("http://127.0.0.1:"), self.url
        self.wait("/ready")
        return self

    def wait(self, path: str) -> None:
        """Wait until the path answers with 200."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                self.get(path)
            except (HTTPError, URLError, ConnectionError):
                time.sleep(0.05)
                continue
            return
        raise TimeoutError(path)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=30) as response:
            return response.read().decode()

    def settle(self) -> None:
        """Wait until the benchmark has dealt with every return."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with SqliteReader(self.data) as log:
                if not log.read(Topic.RETURNS, after=log.committed("benchmark", Topic.RETURNS)):
                    return
            time.sleep(0.05)
        raise TimeoutError

    def stop(self) -> int:
        """Stop it as an operator does; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=40)
        finally:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


class SqliteReader(SqliteLog):
    """A data directory's log, open beside whoever owns it."""

    def __init__(self, data: Path) -> None:
        super().__init__(data / LOG_FILE, read_only=True)

    def __enter__(self) -> "SqliteReader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


COMMAND = (sys.executable, "-m", "services.embedded.command")


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TARTAN_")}


def tartan(*arguments: object) -> Said:
    """Run a command in this process; the exit code is what ``main`` returns or exits with."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), unchanged_logging():
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def unchanged_logging() -> Iterator[None]:
    """Put the log lines of this process back to where they went before."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def run(root: Path, *arguments: object, **environment: str) -> Said:
    """Run a command as a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=root,
        env={**clean_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def write_return(
    folder: Path, authority: str, *, period: str = PERIOD, name: str = "return.json", **figures: int
) -> Path:
    """Write a whole return; a figure that is named gets another numerator."""
    document = {**example_json(), "authority": authority, "period": period}
    for observation in document["observations"]:
        if observation["indicator"] in figures:
            observation["numerator"] = figures[observation["indicator"]]
    file = folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def served(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A Tartan that serves England; one period is open and one return is in."""
    folder = tmp_path_factory.mktemp("served")
    served = Served(root, folder / "data").start()
    assert tartan("open", COLLECTION, PERIOD, "--url", served.url).code == 0
    assert tartan("submit", write_return(folder, "383"), "--url", served.url).code == 0
    served.settle()
    back_up(served.data, served.data.with_name("first"))
    yield served
    assert served.stop() == 0


@pytest.fixture
def stopped(served: Served, tmp_path: Path) -> Path:
    """A data directory with one return of one period, which nobody holds."""
    return Path(shutil.copytree(served.data.with_name("first"), tmp_path / "copy"))


def back_up(data: Path, copy: Path) -> None:
    """Copy a log while its owner runs, as an operator does with SQLite's own means."""
    copy.mkdir()
    source, target = sqlite3.connect(data / LOG_FILE), sqlite3.connect(copy / LOG_FILE)
    source.backup(target)
    source.close()
    target.close()


def events(data: Path, topic: Topic) -> list[dict[str, object]]:
    said = tartan("events", "--topic", topic, "--data", data)
    assert said.code == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


# ------------------------------------------------------------------ serve


def test_a_fresh_directory_is_served_with_england_loaded(served):
    assert json.loads(served.get("/ready"))["benchmark"] == {"ok": True, "detail": ""}
    assert len(json.loads(served.get("/v1/published"))["items"]) > 100
    assert "Tartan" in served.get("/")


def test_the_demonstration_is_a_nation_of_its_own_and_refuses_a_real_directory(stopped):
    said = tartan("serve", "--demo", "--data", stopped)

    assert said.code == 2
    assert "needs a directory of its own" in said.err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "tartan.example.org", "::"])
def test_an_address_that_others_can_reach_is_refused(host, tmp_path):
    said = tartan("serve", "--host", host, "--data", tmp_path / "data")

    assert said.code == 2
    assert "nobody can sign in yet. Use 127.0.0.1." in said.err
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_refused_in_words(root, tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = run(root, "serve", "--port", port, "--data", tmp_path / "data")

    assert said.code == 2
    assert f"port {port}" in said.err
    assert "--port" in said.err
    assert "Tartan is at" not in said.out


def test_a_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("a file stands here", encoding="utf-8")

    said = tartan("serve", "--data", tmp_path / "file" / "data")

    assert said.code == 2
    assert str(tmp_path / "file") in said.err


def test_a_misspelt_setting_is_an_error_that_names_the_right_one(root, tmp_path):
    said = run(root, "events", "--data", tmp_path, TARTAN_AUDIENCE="x", TARTAN_NOTHING="y")

    assert said.code == 2
    assert "no setting TARTAN_AUDIENCE. Did you mean TARTAN_AUDIENCES?" in said.err
    assert "no setting TARTAN_NOTHING." in said.err


def test_a_file_of_audiences_with_a_fault_stops_the_start_and_shows_no_address(root, tmp_path):
    file = tmp_path / "audiences.toml"
    file.write_text('[[audience]]\nid = "a"\nregion = "E12000003"\nemail = ["no address"]\n')

    said = run(root, "serve", "--data", tmp_path / "data", TARTAN_AUDIENCES=str(file))

    assert said.code == 2
    assert "an e-mail address has one @" in said.err
    assert "no address" not in said.err


def test_a_term_signal_lets_what_is_in_hand_finish_and_ends_with_0(root, served, tmp_path):
    mine = Served(root, tmp_path / "data").start()
    assert tartan("open", COLLECTION, PERIOD, "--url", mine.url).code == 0
    body = write_return(tmp_path, "383").read_bytes()
    follower, sender = (HTTPConnection(mine.url.removeprefix("http://")) for _ in range(2))
    follower.request("GET", "/v1/events")
    stream = follower.getresponse()
    sender.putrequest("POST", "/v1/returns")
    sender.putheader("content-type", "application/json")
    sender.putheader("content-length", str(len(body)))
    sender.endheaders(body[:100])
    time.sleep(0.3)

    mine.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    still_running = mine.process.poll() is None
    sender.send(body[100:])
    answer = sender.getresponse()
    receipt = json.loads(answer.read())
    stream.read()
    follower.close()
    sender.close()

    assert mine.stop() == 0
    assert still_running
    assert answer.status == 202
    (accepted,) = [
        event for event in events(mine.data, Topic.RETURNS) if event["type"] == "return.accepted.v1"
    ]
    assert accepted["data"]["return_id"] == receipt["return_id"]


def test_a_restart_keeps_everything(root, stopped):
    paths = (
        f"/v1/standings?authority=383&period={PERIOD}",
        f"/v1/rug?region=E12000003&period={PERIOD}&collection={COLLECTION}",
        "/v1/returns?authority=383",
        "/v1/alerts",
        "/v1/published",
    )
    before = tartan("events", "--data", stopped).out
    seen = []
    for _ in range(2):
        mine = Served(root, stopped).start()
        seen.append([mine.get(path) for path in paths])
        assert mine.stop() == 0

    assert seen[0] == seen[1]
    assert tartan("events", "--data", stopped).out == before
    assert tartan("verify", "--data", stopped).code == 0


def test_a_receipt_outlives_its_version_and_a_restart_and_is_proven_with_nothing_running(
    root, stopped, tmp_path
):
    mine = Served(root, stopped).start()
    first, second = (
        write_return(tmp_path, "384"),
        write_return(tmp_path, "384", name="2.json", FD01=9),
    )
    receipt, keys = tmp_path / "receipt.json", tmp_path / "keys.pem"
    submitted = tartan("submit", first, "--url", mine.url)
    path = f"/v1/returns/{submitted.out.split('receipt ')[1].split(',')[0]}/receipt"
    receipt.write_text(mine.get(path))
    keys.write_text(mine.get("/v1/receipts/key"))
    assert tartan("submit", second, "--url", mine.url).code == 0
    mine.stop()
    mine.start()

    again = mine.get(path)
    mine.stop()
    proof = ("receipt", "verify", receipt, "--key", keys, "--return")

    assert again == receipt.read_text()
    assert tartan(*proof, first).code == 0
    assert tartan(*proof, second).code == 1
    receipt.write_text(again.replace("384", "385", 1))
    assert tartan(*proof, first).code == 1
    assert stat.S_IMODE((stopped / "receipt-key.pem").stat().st_mode) == 0o600


# ------------------------------------------------------------------ one owner


@pytest.mark.parametrize(
    "command",
    [
        ("serve",),
        ("open", COLLECTION, LATER),
        ("close", COLLECTION, PERIOD),
        ("import-published", FILE),
        ("parked", "park", "returns.v1", "1", "--reason", "x"),
        ("parked", "replay", "returns.v1", "1"),
        ("erase", "some-text"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_directory_that_is_held_is_left_alone_and_url_is_named(command, served):
    said = tartan(*command, "--data", served.data)

    assert said.code == 2
    assert "--url" in said.err
    assert str(served.data) in said.err


def test_a_held_directory_ends_the_process_with_2(root, served):
    assert run(root, "open", COLLECTION, LATER, "--data", served.data).code == 2


def test_a_held_directory_can_be_looked_at(served):
    assert events(served.data, Topic.RETURNS)
    assert tartan("verify", "--data", served.data).code == 0
    assert tartan("parked", "list", "--data", served.data).out == "Nothing is parked.\n"


@pytest.mark.parametrize("command", [("events",), ("verify",), ("parked", "list")], ids=" ".join)
def test_a_directory_without_a_log_is_named(command, tmp_path):
    said = tartan(*command, "--data", tmp_path)

    assert said.code == 2
    assert f"There is no log in {tmp_path}" in said.err
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------ feeding


def test_a_return_without_errors_gives_its_receipt_and_the_same_one_again(served, tmp_path):
    file = write_return(tmp_path, "380")

    first = tartan("submit", file, "--url", served.url)
    again = tartan("submit", file, "--url", served.url)

    assert (first.code, again.code) == (0, 0)
    receipt = next(line for line in first.out.splitlines() if "receipt" in line)
    assert receipt in again.out
    served.wait(f"/v1/returns/{receipt.split()[1].strip(',')}")


def test_a_return_with_errors_is_refused_with_every_one_of_them(served, tmp_path):
    file = write_return(tmp_path, "390", FD04=9_999, CP04=9_999)
    good = write_return(tmp_path, "391", name="good.json")

    said = tartan("submit", file, good, "--url", served.url)

    assert said.code == 1
    assert "FD04" in said.out
    assert "CP04" in said.out
    assert "good.json: Accepted" in said.out
    assert json.loads(served.get("/v1/returns?authority=390"))["items"] == []


def test_a_dry_run_says_the_same_and_stores_nothing(served, tmp_path):
    wrong = write_return(tmp_path, "392", FD04=9_999)
    good = write_return(tmp_path, "393", name="good.json")

    assert tartan("submit", wrong, "--dry-run", "--url", served.url).code == 1
    assert tartan("submit", good, "--dry-run", "--url", served.url).code == 0
    for authority in ("392", "393"):
        assert json.loads(served.get(f"/v1/returns?authority={authority}"))["items"] == []


def test_a_table_and_a_workbook_are_taken_and_another_file_is_refused_with_what_to_do(
    served, tmp_path
):
    text = example_csv().replace(f"D01,{COLLECTION}", f"370,{COLLECTION}").replace(LATER, PERIOD)
    (tmp_path / "return.csv").write_text(text, encoding="utf-8")
    (tmp_path / "return.xlsx").write_bytes(book(rows=table(text.replace(",2310,", ",2311,"))))
    (tmp_path / "faulty.xlsx").write_bytes(book(rows=table(text.replace(",2310,", ",-2,"))))
    (tmp_path / "return.xls").write_bytes(b"\xd0\xcf")

    for name in ("return.csv", "return.xlsx"):
        assert tartan("submit", tmp_path / name, "--url", served.url).code == 0
    faulty = tartan("submit", tmp_path / "faulty.xlsx", "--url", served.url)
    assert faulty.code == 1
    assert "error C054 row 2, numerator (Return!E2)" in faulty.out
    said = tartan("submit", tmp_path / "return.xls", "--url", served.url)
    assert said.code == 1
    assert "can be saved as .xlsx" in said.err


def test_a_file_that_is_not_there_is_named(served, tmp_path):
    for command in (("submit",), ("import-published",)):
        said = tartan(*command, tmp_path / "absent.json", "--url", served.url)

        assert said.code == 1
        assert "absent.json cannot be read" in said.err


def test_a_server_that_does_not_answer_is_named(tmp_path):
    said = tartan("submit", write_return(tmp_path, "383"), "--url", "http://127.0.0.1:9")

    assert said.code == 2
    assert "127.0.0.1:9" in said.err


def test_a_return_for_a_period_that_is_not_open_is_refused(served, tmp_path):
    file = write_return(tmp_path, "383", period="2027-28-Q1")

    said = tartan("submit", file, "--url", served.url)

    assert said.code == 1
    assert "has not been opened" in said.out


def test_a_return_sent_on_behalf_says_so_on_its_receipt_and_why_on_its_page(served, tmp_path):
    file, why = write_return(tmp_path, "330"), "Their network is down."
    submitted = tartan("submit", file, "--on-behalf", why, "--reason", "", "--url", served.url)
    assert (submitted.code, "There is no reason" in submitted.out) == (1, True)

    submitted = tartan("submit", file, "--on-behalf", why, "--url", served.url)
    served.settle()
    place = f"/v1/returns/{submitted.out.split('receipt ')[1].split(',')[0]}"

    assert json.loads(served.get(f"{place}/receipt"))["channel"] == "on_behalf"
    assert json.loads(served.get(place))["on_behalf"] == {"reason": why}


@pytest.mark.parametrize("door", ["data", "url"])
def test_a_period_is_opened_and_closed_through_either_door(door, served, stopped):
    place = ("--url", served.url) if door == "url" else ("--data", stopped)
    which = ("early-help-quarterly", PERIOD, *place)

    opened = tartan("open", *which, "--due", "2026-09-01")
    closed = tartan("close", *which)
    again = tartan("open", *which)

    assert (opened.code, closed.code, again.code) == (0, 0, 1)
    assert "returns are due by 2026-09-01" in opened.out
    assert "is closed" in closed.out
    assert "has been closed" in again.err


def test_a_period_that_is_none_is_refused_in_words(served, stopped):
    for place in (("--url", served.url), ("--data", stopped)):
        for command in (
            ("open", COLLECTION, "next-quarter"),
            ("open", COLLECTION, LATER, "--due", "soon"),
            ("close", COLLECTION, "2030-31-Q1"),
            ("open", "no-collection", PERIOD),
        ):
            said = tartan(*command, *place)

            assert said.code == 1, (command, place, said)
            assert said.err
            assert "Traceback" not in said.err


@pytest.mark.parametrize("door", ["data", "url"])
def test_published_figures_are_imported_with_an_account_of_every_row(
    door, served, stopped, tmp_path
):
    place = ("--url", served.url) if door == "url" else ("--data", stopped)
    file = tmp_path / FILE
    file.write_text(PUBLISHED, encoding="utf-8")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    said = tartan("import-published", file, tmp_path / "other.csv", *place)
    again = tartan("import-published", file, *place)

    assert said.code == 1
    assert "3 rows read, 2 used" in said.out
    assert "1 set aside" in said.out
    assert "other.csv" in said.err
    assert again.code == 0
    assert "0 data sets stored" in again.out


# ------------------------------------------------------------------ looking


def test_events_are_canonical_json_an_event_a_line(served):
    lines = tartan("events", "--topic", "returns.v1", "--data", served.data).out.splitlines()

    for number, line in enumerate(lines, start=1):
        event = json.loads(line)
        assert event["topic"] == "returns.v1"
        assert event["offset"] == number
        assert line == json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert {"id", "type", "source", "subject", "time", "data"} <= json.loads(lines[0]).keys()


def test_a_topic_that_is_none_is_refused_with_those_there_are(served):
    said = tartan("events", "--topic", "returns.v9", "--data", served.data)

    assert said.code == 2
    assert "standings.v1" in said.err


def test_an_honest_log_verifies(root, stopped):
    said = run(root, "verify", "--data", stopped)

    assert said.code == 0, said
    assert "the same to the last byte" in said.out


def tamper(data: Path, topic: Topic, change: Callable[[bytes], bytes]) -> int:
    """Change the first record of a topic that can be changed; return its place."""
    with sqlite3.connect(data / LOG_FILE) as connection:
        rows = connection.execute(
            "SELECT place, value FROM record WHERE topic = ? ORDER BY place", (topic,)
        ).fetchall()
        for place, value in rows:
            old = zlib.decompress(value)
            if (new := change(old)) != old:
                connection.execute(
                    "UPDATE record SET value = ? WHERE topic = ? AND place = ?",
                    (zlib.compress(new), topic, place),
                )
                break
    connection.close()
    return place


def test_a_tampered_result_is_found_and_named(root, stopped):
    tamper(stopped, Topic.STANDINGS, lambda value: value.replace(b'"rank":', b'"rank":1', 1))

    said = run(root, "verify", "--data", stopped)

    assert said.code == 1
    assert "of standings.v1 differs: the value of standings.updated.v1 on 383" in said.out


def test_a_tampered_input_is_found_by_what_was_said_of_it(stopped):
    tamper(
        stopped,
        Topic.RETURNS,
        lambda value: value.replace(b'"FD04","numerator":180', b'"FD04","numerator":18'),
    )  # fmt: skip

    said = tartan("verify", "--data", stopped)

    assert said.code == 1
    assert "of standings.v1 differs" in said.out


def test_a_result_that_was_taken_out_is_found(stopped):
    with sqlite3.connect(stopped / LOG_FILE) as connection:
        connection.execute("DELETE FROM record WHERE topic = 'standings.v1' AND place = 1")
    connection.close()

    said = tartan("verify", "--data", stopped)

    assert said.code == 1
    assert "event 1 of standings.v1 differs" in said.out


def test_a_stretch_of_another_engine_is_not_judged(root, stopped):
    newer = MethodSet(engine=99, catalogue="2026.1", neighbours="2025", rules="2026.1")
    append(stopped, encode(shell_event(newer)))

    assert run(root, "verify", "--data", stopped).code == 2
    assert "engine 99" in tartan("verify", "--data", stopped).out
    said = tartan("serve", "--data", stopped)
    assert said.code == 2
    assert "Install the newer release" in said.err


def shell_event(payload: Payload) -> Event:
    time = datetime(2026, 11, 22, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return Event("newer", "england", Producer.BENCHMARK_SHELL, time, payload)


def append(data: Path, *records: Record) -> list[int]:
    with DirectoryLock(data):
        log = SqliteLog(data / LOG_FILE)
        offsets = list(log.append(records))
        log.close()
    return offsets


# ------------------------------------------------------------------ parked, erase


def test_a_record_is_parked_shown_replayed_and_replayed_only_once(stopped):
    opening = PeriodOpened(collection="early-help-quarterly", period=PERIOD, due="2026-08-11")
    event = shell_event(opening)
    (offset,) = append(stopped, encode(event))
    place = ("returns.v1", offset, "--data", stopped)

    assert tartan("parked", "show", *place).code == 1
    parked = tartan("parked", "park", *place, "--reason", "an operator looks into it")
    listed = tartan("parked", "list", "--data", stopped).out
    shown = json.loads(tartan("parked", "show", *place).out)
    replayed = tartan("parked", "replay", *place)
    again = tartan("parked", "replay", *place)

    assert parked.code == 0
    assert f"returns.v1 {offset}  operator  an operator looks into it  waits" in listed
    assert shown["headers"]["ce_id"] == event.id
    assert replayed.code == 0
    assert again.code == 1
    assert "already dealt with" in again.err
    (copy,) = [e for e in events(stopped, Topic.RETURNS) if e.get("replays")]
    assert copy["replays"] == f"returns.v1/{offset}"
    assert copy["data"] == opening.model_dump(exclude_none=True)
    assert "dealt with" in tartan("parked", "list", "--data", stopped).out
    assert tartan("verify", "--data", stopped).code == 0


def test_a_record_that_its_core_has_dealt_with_is_not_parked(stopped):
    said = tartan("parked", "park", "returns.v1", 2, "--data", stopped, "--reason", "x")

    assert said.code == 1
    assert "benchmark has dealt with returns.v1 offset 2" in said.err
    assert tartan("parked", "list", "--data", stopped).out == "Nothing is parked.\n"


def test_parking_needs_a_reason_and_a_record(stopped):
    assert tartan("parked", "park", "returns.v1", 1, "--data", stopped).code == 2
    said = tartan("parked", "park", "returns.v1", 9999, "--data", stopped, "--reason", "x")
    assert said.code == 1
    assert "no record at returns.v1 offset 9999" in said.err


def test_an_erased_text_is_in_no_file_of_the_directory(stopped):
    (note,) = [e for e in events(stopped, Topic.TEXTS) if e["data"].get("text") == NOTE]
    packed = stored_value(stopped, Topic.TEXTS, note["offset"])
    assert any(packed in file.read_bytes() for file in stopped.iterdir())

    said = tartan("erase", note["subject"], "--data", stopped)

    assert said.code == 0
    assert NOTE not in tartan("events", "--data", stopped).out
    assert not any(packed in file.read_bytes() for file in stopped.iterdir())
    assert tartan("verify", "--data", stopped).code == 0
    assert tartan("erase", "no-such-text", "--data", stopped).code == 1


def stored_value(data: Path, topic: Topic, offset: object) -> bytes:
    with sqlite3.connect(data / LOG_FILE) as connection:
        (value,) = connection.execute(
            "SELECT value FROM record WHERE topic = ? AND place = ?", (topic, offset)
        ).fetchone()
    connection.close()
    return value


# ------------------------------------------------------------------ a broken pipe


def test_a_reader_that_goes_away_is_no_fault(root, served):
    command = shlex.join([*COMMAND, "events", "--data", str(served.data)])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} | head -n 1"],
        cwd=root,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert json.loads(done.stdout)["topic"]
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
