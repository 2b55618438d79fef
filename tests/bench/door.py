"""The door of ingest by itself: what a JSON return costs it from POST to receipt.

The log is one in memory with England's history in it, so that what it takes to write and to read it
is left out. The door runs in a process of its own, ``python -m tests.bench.door PORT DIRECTORY``.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic

from prometheus_client import CollectorRegistry

from schemas.reference import ENGLAND, load_library
from schemas.topics import Topic
from services.embedded.data import beside
from services.ingest.desk import Desk
from services.ingest.http import router
from services.runtime import collector
from services.runtime.clock import now
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.operation import Health
from services.runtime.process import make_app
from services.runtime.server import serve
from tests.bench.england import LAST, ROOT, draw, write_json
from tests.bench.figure import Figure, at
from tests.bench.server import Server
from tests.machine import free_port

RETURNS = 900
WARM = 60
LEAST = 300
"""So many returns a second should one core take."""


def measure(directory: Path) -> list[Figure]:
    """Return what the door takes for a return, each a new version of somebody's newest quarter."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.door", str(port), str(directory)]
    server = Server(subprocess.Popen(command, cwd=ROOT), port, monotonic())
    try:
        server.wait_until_ready()
        waits, spent = _send(server)
    finally:
        server.stop()
    each = 1000 * spent / RETURNS
    return [
        Figure(
            "a JSON return at ingest's door, without the log's cost, mean of the processor's time",
            each,
            "ms",
            "HTTP and validation in one thread of Python: the check is about half",
            limit=1000 / LEAST,
            detail={
                "returns a second on one core": round(1000 / each),
                "POST to answer, p50 and p99 in ms": [round(at(p, waits), 1) for p in (0.5, 0.99)],
            },
        )
    ]


def _send(server: Server) -> tuple[list[float], float]:
    bodies = _bodies()
    waits = []
    with closing(server.connect()) as connection:
        for number in range(-WARM, RETURNS):
            if number == 0:
                before = server.processor_seconds()
            began = monotonic()
            connection.request(
                "POST", "/v1/returns", next(bodies), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            answer.read()
            if answer.status != 202:
                raise RuntimeError(f"a return of the history is answered with {answer.status}")
            waits.append(1000 * (monotonic() - began))
        return waits[WARM:], server.processor_seconds() - before


def _bodies() -> Iterator[bytes]:
    """Yield corrections of everybody's newest return, no two of the same bytes."""
    returns = [(code, figures) for (code, period), figures in draw().items() if period == LAST]
    number = 0
    while True:
        for code, figures in returns:
            number += 1
            yield write_json(code, LAST, figures) + b" " * number


def main(port: int, directory: Path) -> int:
    """Serve the door until told to stop."""
    log = MemoryLog()
    with beside(directory) as kept:
        offset = 0
        while records := kept.read(Topic.RETURNS, after=offset):
            log.append([stored.record for stored in records])
            offset = records[-1].offset
    desk = Desk(log, library=load_library(), nation=ENGLAND, now=now)
    collector.look_seldom()
    app = make_app(
        router(desk),
        title="Tartan: ingest",
        metrics=Metrics(CollectorRegistry()),
        live=lambda: Health(ok=True),
        ready={"log": lambda: Health(ok=True)},
        start=desk.catch_up,
        stop=desk.close,
    )
    return serve(app, host="127.0.0.1", port=port, announce=lambda _url: None)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
