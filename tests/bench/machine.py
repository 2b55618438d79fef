"""Kafka and Redis in containers, for the parts that measure the distributed product.

The broker's data lie in a folder of ours, so that a large log is written once and started on again.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from tests.machine import KAFKA, REDIS, broker_options, free_port

_PATIENCE = 120.0


@contextmanager
def kafka(data: Path) -> Iterator[tuple[str, int]]:
    """Run a broker on a folder of data; give its address and its process here."""
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o777)  # the broker is another user
    port = free_port()
    options = broker_options(port, heap="512m") | {"LOG_DIRS": "/data"}
    words = [word for name, value in options.items() for word in ("-e", f"KAFKA_{name}={value}")]
    with _container(KAFKA, "-v", f"{data}:/data", "-p", f"127.0.0.1:{port}:9092", *words) as name:
        _wait_for(lambda: b"Kafka Server started" in _docker("logs", name))
        yield f"127.0.0.1:{port}", _process(name)
        _docker("stop", "-t", "60", name)


@contextmanager
def redis() -> Iterator[tuple[str, int]]:
    """Run a Redis that is empty; give its address and its process here."""
    port = free_port()
    with _container(REDIS, "-p", f"127.0.0.1:{port}:6379") as name:
        _wait_for(lambda: b"PONG" in _docker("exec", name, "redis-cli", "ping"))
        yield f"127.0.0.1:{port}", _process(name)


def copy(source: Path, target: Path) -> None:
    """Copy a broker's folder as whoever owns what lies in it."""
    target.mkdir(parents=True)
    target.chmod(0o777)
    _as_root(f"cp -a /here/{source.name}/. /there/{target.name}/", source.parent, target.parent)


def remove(folder: Path) -> None:
    """Remove a broker's folder with all that lies in it."""
    if folder.exists():
        _as_root(f"rm -rf /here/{folder.name}", folder.parent, folder.parent)


@contextmanager
def _container(image: str, *options: str) -> Iterator[str]:
    name = f"tartan-bench-{os.getpid()}-{free_port()}"
    subprocess.run(
        ["docker", "run", "-d", "--rm", "--name", name, *options, image],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield name
    finally:
        _docker("rm", "-f", name)


def _as_root(command: str, here: Path, there: Path) -> None:
    mounts = ["-v", f"{here}:/here", "-v", f"{there}:/there"]
    words = ["docker", "run", "--rm", "--user", "0", "--entrypoint", "sh", *mounts, REDIS]
    subprocess.run([*words, "-c", command], check=True)


def _process(name: str) -> int:
    return int(_docker("inspect", "-f", "{{.State.Pid}}", name))


def _docker(*words: str) -> bytes:
    done = subprocess.run(["docker", *words], capture_output=True)
    return done.stdout + done.stderr


def _wait_for(is_so: Callable[[], bool]) -> None:
    until = monotonic() + _PATIENCE
    while not is_so():
        if monotonic() > until:
            raise RuntimeError("a container did not start")
        sleep(0.2)
