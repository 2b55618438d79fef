"""The check inside a container says what ``/ready`` says, and ends what a new start alone mends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.machine import free_port


class Doors(HTTPServer):
    """A service that answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.statuses = {"/live": 200, "/ready": 200}


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(self.server.statuses[self.path])
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def doors() -> Iterator[Doors]:
    with Doors() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs until somebody ends it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        yield running
        running.kill()


@pytest.fixture
def check(root: Path, process: subprocess.Popen[bytes]):
    def run(port: int) -> int:
        script = str(root / "deploy" / "image" / "check")
        call = [sys.executable, script, str(port), str(process.pid)]
        return subprocess.run(call, capture_output=True, timeout=60).returncode

    return run


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_it_says_what_ready_says_and_leaves_the_process_alone(doors, check, process, status, code):
    doors.statuses["/ready"] = status

    assert check(doors.server_port) == code
    assert process.poll() is None


def test_a_process_whose_live_is_red_is_told_to_drain(doors, check, process):
    doors.statuses |= {"/live": 503, "/ready": 503}

    assert check(doors.server_port) == 1
    assert process.wait(30) == -signal.SIGTERM


def test_a_process_that_does_not_answer_is_left_alone(check, process):
    assert check(free_port()) != 0
    assert process.poll() is None
