"""Workbooks are opened in a child that is bounded, alone and soon gone."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from services.ingest.core.fault import Fault
from services.ingest.core.workbook import Workbook
from services.ingest.xlsx.opener import Opener, TooBusy
from tests.unit.ingest.ugly.pack import book

LIMITED = "from services.ingest.xlsx.child import limit; limit(); "


def run(code: str, **more) -> subprocess.CompletedProcess:
    """Run a line of Python under the limits of a child."""
    return subprocess.run(
        [sys.executable, "-I", "-c", LIMITED + code], capture_output=True, timeout=30, **more
    )


def test_a_child_that_takes_more_processor_time_than_a_return_needs_is_ended():
    done = run("\nwhile True: pass")

    assert done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_child_cannot_have_more_memory_than_a_return_needs():
    done = run("bytearray(100_000_000)")

    assert b"MemoryError" in done.stderr


def test_a_child_cannot_write_a_file(tmp_path):
    done = run("open('left', 'wb', buffering=0).write(b'figures')", cwd=tmp_path)

    assert done.returncode != 0
    assert all(path.stat().st_size == 0 for path in tmp_path.iterdir())


def test_a_child_cannot_take_its_limits_back():
    # The superuser may raise any limit, so nobody asks.
    done = run(
        "import os, resource; os.geteuid() or os.setuid(65534); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))"
    )

    assert b"ValueError" in done.stderr


def test_a_workbook_that_takes_too_long_is_refused_and_the_next_is_read():
    with closing(Opener(seconds=0.001)) as hasty, closing(Opener()) as patient:
        refused = hasty.open(book())
        taken = patient.open(book())

    assert isinstance(refused, Fault)
    assert refused.code == "F015"
    assert isinstance(taken, Workbook)


def test_each_workbook_has_a_child_of_its_own_and_one_waits_for_the_next():
    others = children()
    with closing(Opener()) as opener:
        seen = []
        for _ in range(3):
            opener.open(book())
            seen.append(children() - others)
        assert [len(each) for each in seen] == [1, 1, 1]
        assert len(set().union(*seen)) == 3

    assert children() <= others


def test_who_waits_too_long_for_a_turn_is_told_to_come_again():
    with closing(Opener(seconds=0.05)) as opener:
        held = [opener._turns.acquire() for _ in range(2)]
        try:
            with pytest.raises(TooBusy):
                opener.open(book())
        finally:
            for _ in held:
                opener._turns.release()


def test_a_child_knows_nothing_of_the_settings(monkeypatch):
    monkeypatch.setenv("TARTAN_SMTP_URL", "smtp://user:secret@host")
    others = children()
    with closing(Opener()) as opener:
        opener.open(book())
        (child,) = children() - others
        environment = Path(f"/proc/{child}/environ").read_bytes()

    assert environment == b""


def test_workbooks_opened_from_many_threads_are_each_answered_with_their_own():
    names = [f"Return {number}" for number in range(6)]
    found: dict[str, object] = {}
    with closing(Opener()) as opener:

        def open_one(name: str) -> None:
            opened = opener.open(book(name=name))
            found[name] = opened.sheets[0].name if isinstance(opened, Workbook) else opened

        threads = [threading.Thread(target=open_one, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found == {name: name for name in names}


def children() -> set[int]:
    """The processes that this one has started and that are there."""
    listed = Path(f"/proc/{os.getpid()}/task")
    if not listed.exists():
        pytest.skip("children are read from /proc (Linux)")
    pids = {int(pid) for task in listed.glob("*/children") for pid in task.read_text().split()}
    return {pid for pid in pids if b"xlsx.child" in Path(f"/proc/{pid}/cmdline").read_bytes()}
