"""Restart: from the start of the process to ``/ready`` with England loaded, and what it went on.

``python -m tests.bench.restart DIRECTORY`` prints the seconds of each phase as JSON; it does what
``tartan serve`` does, one part after the other, in a process that has done nothing before.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.figure import Figure

STARTS = 3
_MB = 1_000_000


def measure(directory: Path) -> list[Figure]:
    """Return time to ready and memory then, each the median of some starts."""
    from tests.bench.server import serve

    seconds, processor, resident, most = [], [], [], []
    for _ in range(STARTS):
        with serve(directory) as server:
            seconds.append(server.seconds_to_ready)
            processor.append(server.processor_seconds())
            now, highest = server.resident()
            resident.append(now / _MB)
            most.append(highest / _MB)
    shares = _shares(directory)
    largest = max(shares, key=lambda phase: shares[phase])
    return [
        Figure(
            "restart to /ready",
            median(seconds),
            "s",
            f"each reader decodes the log by itself; the longest phase: {largest}",
            limit=10,
            detail={
                "processor_seconds": round(median(processor), 2),
                "shares": shares,
                "starts": STARTS,
                "longest": round(max(seconds), 2),
            },
        ),
        Figure(
            "resident memory after restart",
            median(resident),
            "MB",
            "the gateway's documents and benchmark's state, both in this process",
            limit=600,
            detail={"highest": round(max(most))},
        ),
    ]


def _shares(directory: Path) -> dict[str, float]:
    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "tests.bench.restart", str(directory)],
                capture_output=True,
                check=True,
                cwd=Path(__file__).resolve().parents[2],
            ).stdout
        )
        for _ in range(STARTS)
    ]
    return {phase: round(median(run[phase] for run in runs), 3) for phase in runs[0]}


def phases(directory: Path) -> dict[str, float]:
    """Return the seconds of each phase of a start on the directory."""
    spent: dict[str, float] = {}

    def timed(phase: str, work: Callable[[], object]) -> object:
        began = perf_counter()
        done = work()
        spent[phase] = perf_counter() - began
        return done

    timed("imports", lambda: __import__("services.embedded.serving"))
    from services.runtime import collector

    collector.look_seldom()
    from schemas.published import shipped_figures
    from schemas.reference import ENGLAND, load_library
    from services.embedded.app import create_app
    from services.embedded.wiring import assemble
    from services.runtime.clock import now
    from services.runtime.directory import LOG_FILE, DirectoryLock
    from services.runtime.settings import Settings
    from services.runtime.sqlite_log import SqliteLog

    with DirectoryLock(directory):
        log = timed("log opened and checked", lambda: SqliteLog(directory / LOG_FILE))
        library = timed("tables", load_library)
        product = assemble(
            log,
            directory=directory,
            nation=ENGLAND,
            library=library,
            settings=Settings(),
            now=now,
        )
        timed("ingest's and alerts' own views", lambda: product.prepare(shipped_figures()))
        timed("app", lambda: create_app(product))
        for worker in product.engine._workers:
            timed(f"{worker.name} recovers", worker.recover)

            def advance(worker: object = worker) -> None:
                while worker.advance():
                    pass

            timed(f"{worker.name} catches up", advance)
        log.close()
    return {phase: round(seconds, 4) for phase, seconds in spent.items()}


if __name__ == "__main__":
    print(json.dumps(phases(Path(sys.argv[1]))))
