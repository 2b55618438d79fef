"""Services of the distributed product as processes of their own, for tests."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from services.runtime.kafka.setting import KafkaSettings
from tests.machine import free_port

SESSION = 6.0
"""Seconds after which a worker that is gone is given up."""


class Service:
    """A ``tartan ingest``, ``benchmark`` or ``alerts`` with its doors on a port of its own."""

    def __init__(
        self,
        name: str,
        kafka: KafkaSettings,
        directory: Path,
        *options: str,
        port: int | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "services.embedded.command", name]
        command += ["--port", str(self.port), *options]
        self._output = (directory / f"{name}.log").open("ab")
        self.running = subprocess.Popen(
            command,
            env={**environment(kafka), "TARTAN_DATA": str(directory), **(more or {})},
            stdout=subprocess.DEVNULL,
            stderr=self._output,
        )

    def get(self, path: str) -> str:
        """Return what a door answers; HTTPError for anything but success."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def ask(self, path: str) -> tuple[int, dict]:
        """Return the status and the JSON of an answer, whatever it is."""
        try:
            return 200, json.loads(self.get(path))
        except HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def post(
        self,
        path: str,
        body: bytes,
        *,
        timeout: float = 30,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[int, dict]:
        """Send JSON; return the status and what was answered."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=dict(headers))
        request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=timeout) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def send(
        self, path: str, body: bytes, *, headers: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[int, dict]:
        """Send JSON, and the same again after a 503, as a client does on a busy machine."""
        until = monotonic() + 60
        while (answer := self.post(path, body, headers=headers))[0] == 503 and monotonic() < until:
            sleep(0.5)
        return answer

    def wait_until_ready(self, *, seconds: float = 90) -> None:
        """Wait until ``/ready`` says that all is well."""
        wait_for(self.is_ready, seconds=seconds)

    def is_ready(self) -> bool:
        """Say whether ``/ready`` says that all is well; the process must be alive."""
        assert self.running.poll() is None, f"it ended with {self.running.returncode}"
        try:
            return all(check["ok"] for check in json.loads(self.get("/ready")).values())
        except OSError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.running.send_signal(number)
        code = self.running.wait(40)
        self.close()
        return code

    def close(self) -> None:
        """Let go of what it wrote to."""
        self._output.close()


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """Return the variables with which the ``tartan`` command finds the test's own log."""
    return {
        **os.environ,
        "TARTAN_KAFKA_SERVERS": kafka.servers,
        "TARTAN_KAFKA_PREFIX": kafka.prefix,
        "TARTAN_KAFKA_PARTITIONS": str(kafka.partitions),
        "TARTAN_KAFKA_REPLICAS": str(kafka.replicas),
    }


def wait_for(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something is so; AssertionError if it takes too long."""
    until = monotonic() + seconds
    while not is_so():
        assert monotonic() < until, "it took too long"
        sleep(0.1)
