"""A full disk and damaged files: a clear word, nothing half done, nothing lost."""

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.topics import Topic
from services.runtime.directory import LOG_FILE
from services.runtime.sqlite_log import SqliteLog
from tests.faults.client import Sender
from tests.faults.gallows import Kill
from tests.faults.history import FIRST, write_return
from tests.faults.ledger import read_ledger

COMMAND = (sys.executable, "-m", "services.embedded.command")
WAL = f"{LOG_FILE}-wal"
SHARED_INDEX = 32_768
"""Bytes that SQLite needs in a file of its own before it can begin."""

on_linux = pytest.mark.skipif(
    not hasattr(resource, "prlimit"), reason="only Linux sets the limits of another process"
)


def grow_to(process: int, size: int) -> None:
    """Let no file of a process grow beyond so many bytes: the disk is full there."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def have_space(process: int) -> None:
    grow_to(process, resource.RLIM_INFINITY)


@on_linux
@pytest.mark.parametrize("left", [0, 2_000], ids=["nothing fits", "half a record fits"])
def test_a_full_disk_refuses_a_return_and_takes_it_once_there_is_space(left, sender):
    first, second = (write_return(code, FIRST, families=180) for code in ("D01", "D02"))
    assert sender.request("POST", "/v1/returns", first).status == 202
    sender.settle()
    victim = sender.be_up()
    grow_to(victim, (sender.order.directory / WAL).stat().st_size + left)

    for _ in range(2):
        refused = sender.ask("POST", "/v1/returns", second)
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0
        assert refused.headers["content-type"] == "application/problem+json"
        assert "again" in refused.body["detail"]
    assert sender.ask("POST", "/v1/returns", first).status == 200
    assert sender.ask("GET", "/v1/returns?authority=D02").body["items"] == []
    assert sender.ask("GET", "/live").status == 200

    have_space(victim)
    taken = sender.request("POST", "/v1/returns", second)
    assert taken.status == 202
    sender.settle()
    assert sender.stop()
    ledger = read_ledger(sender.order.directory)
    assert ledger.returns()[taken.body["return_id"]] == 1
    assert sum(ledger.returns().values()) == 2
    assert ledger.verified[0] == 0


@on_linux
def test_services_wait_for_space_say_so_and_catch_up(sender, receiver):
    sender.kills = [Kill("post.after_commit_before_answer", 4)]
    assert sender.stop()
    for code in ("D01", "D02", "D04"):
        body = write_return(code, FIRST, families=180)
        assert sender.request("POST", "/v1/returns", body).status == 202
    sender.settle()
    body = write_return("D03", FIRST, families=430)
    assert sender.ask("POST", "/v1/returns", body) is None
    size = (sender.order.directory / WAL).stat().st_size
    assert size > SHARED_INDEX
    full = Sender(sender.nursery, replace(sender.order, file_limit=size), receiver)
    victim = full.be_up()

    ready = wait_for(full, "/ready", 503)
    assert not ready["benchmark"]["ok"]
    assert ready["benchmark"]["detail"]
    assert full.ask("GET", "/live").status == 200
    assert receiver.hooks == []

    have_space(victim)
    full.settle()
    assert full.ask("GET", "/ready").status == 200
    assert full.request("POST", "/v1/returns", body).status == 200
    assert full.stop()
    ledger = read_ledger(full.order.directory)
    assert ledger.verified[0] == 0
    assert sorted(ledger.returns().values()) == [1, 1, 1, 1]
    assert {notice for notice, _ in receiver.hooks} == {
        notice for notice, plan in ledger.planned().items() if plan.audience == "group"
    }


def wait_for(sender: Sender, path: str, status: int) -> dict:
    """Ask until the status comes; return the body."""
    for _ in range(600):
        answer = sender.ask("GET", path)
        if answer.status == status:
            return answer.body
    raise TimeoutError(path)


def test_a_start_on_a_full_disk_speaks_of_the_disk_and_not_of_damage(sender, root):
    sender.stop()
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0", "--data", str(sender.order.directory)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)),
    )

    assert done.returncode == 2
    assert "See that the disk has space" in done.stderr
    assert "backup" not in done.stderr
    assert "Traceback" not in done.stderr
    assert read_ledger(sender.order.directory).verified[0] == 0


def run(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_file_cut_short_is_refused_at_the_start_with_what_to_do(sender, root):
    for code in ("D01", "D02"):
        body = write_return(code, FIRST, families=180)
        assert sender.request("POST", "/v1/returns", body).status == 202
    sender.settle()
    assert sender.stop()
    file = sender.order.directory / LOG_FILE
    whole = file.read_bytes()
    torn = whole[: len(whole) * 2 // 3 + 100]
    file.write_bytes(torn)

    for command in ("serve", "verify", "events"):
        said = run(root, command, "--data", sender.order.directory)
        assert said.returncode == 2
        assert "restore the directory from the last backup, and send again" in said.stderr
        assert str(file) in said.stderr
    assert file.read_bytes() == torn

    file.write_bytes(whole)
    assert read_ledger(sender.order.directory).verified[0] == 0


def test_a_torn_end_of_the_write_ahead_log_loses_nothing_that_was_acknowledged(sender):
    sender.kills = [Kill("post.inside_transaction", 2)]
    assert sender.stop()
    first, second = (write_return(code, FIRST, families=180) for code in ("D01", "D02"))
    acknowledged = sender.request("POST", "/v1/returns", first)
    assert acknowledged.status == 202
    sender.settle()
    assert sender.ask("POST", "/v1/returns", second) is None
    wal = sender.order.directory / WAL
    with wal.open("ab") as file:
        file.write(wal.read_bytes()[-4120:-20] + bytes(900))

    receipt = f"/v1/returns/{acknowledged.body['return_id']}/receipt"
    assert sender.request("GET", receipt).status == 200
    assert sender.request("POST", "/v1/returns", second).status == 202
    sender.settle()
    assert sender.stop()
    ledger = read_ledger(sender.order.directory)
    assert ledger.verified[0] == 0
    assert sorted(ledger.returns().values()) == [1, 1]


def test_a_record_that_has_rotted_on_disk_is_named_at_the_start(sender, root):
    assert sender.stop()
    rot(sender.order.directory, Topic.RETURNS, 2)

    for command in (["verify"], ["events"], ["serve", "--port", "0"]):
        said = run(root, *command, "--data", sender.order.directory)
        assert said.returncode == 2
        assert "returns.v1 offset 2" in said.stderr
        assert "restore the directory from the last backup" in said.stderr


def rot(data: Path, topic: Topic, offset: int) -> None:
    """Change bytes of a record as a failing disk would."""
    log = SqliteLog(data / LOG_FILE)
    log._connection.execute(
        "UPDATE record SET value = x'00ff00ff' WHERE topic = ? AND place = ?", (topic, offset)
    )
    log.close()
