"""The real server in a process of its own, on a free port of loopback."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType

from tests.bench.england import ROOT
from tests.machine import free_port

_PATIENCE = 120.0
_LOOK_EVERY = 0.1


@dataclass(slots=True)
class Server:
    """A running server: how long it took to be ready, and its doors."""

    process: subprocess.Popen[bytes]
    port: int
    began: float
    seconds_to_ready: float = 0.0

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection that stays open."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def processor_seconds(self) -> float:
        """Return the processor time that the server has taken so far: free of others' load."""
        return processor_seconds(self.process.pid)

    def resident(self) -> tuple[int, int]:
        """Return the resident memory now and at its highest, in bytes."""
        return resident(self.process.pid)

    def wait_until_ready(self, *, seconds: float = _PATIENCE) -> None:
        """Wait until ``/ready`` says that all is well, and note how long that took."""
        _wait(self.process, self.port, until=monotonic() + seconds)
        self.seconds_to_ready = monotonic() - self.began

    def stop(self) -> None:
        """Tell it to end, and see that it does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def processor_seconds(process: int) -> float:
    """Return the processor time of a process so far, children apart."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(process: int) -> tuple[int, int]:
    """Return the resident memory of a process now and at its highest, in bytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kilobytes = dict(line.split(":", 1) for line in lines if line.startswith("Vm"))
    now, most = (int(kilobytes[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    return 1024 * now, 1024 * most


@contextmanager
def serve(directory: Path) -> Iterator[Server]:
    """Start the server on a data directory, wait until it is ready, stop it in the end."""
    server = launch("serve", "--data", str(directory))
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def launch(*words: str, settings: Mapping[str, str] = MappingProxyType({})) -> Server:
    """Start ``tartan`` with some words on a free port; it is not waited for."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "services.embedded.command", *words, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "TARTAN_LOG_LEVEL": "ERROR", **settings},
        stdout=subprocess.DEVNULL,
    )
    return Server(process, port, monotonic())


def get(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    """Ask for a path; give status and body as they came."""
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def get_json(connection: http.client.HTTPConnection, path: str) -> dict[str, object]:
    """Ask for a path of the API; an error is an error."""
    status, body = get(connection, path)
    if status != 200:
        raise RuntimeError(f"GET {path} gave {status}")
    found: dict[str, object] = json.loads(body)
    return found


def _wait(process: subprocess.Popen[bytes], port: int, *, until: float) -> None:
    while monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            if get(connection, "/ready")[0] == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        sleep(_LOOK_EVERY)
    raise RuntimeError("the server did not become ready")
