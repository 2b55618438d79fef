"""The check: what ingest takes to say everything about a return, with England loaded."""

from pathlib import Path
from time import perf_counter

from schemas.reference import ENGLAND, load_library
from services.embedded.data import beside
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.clock import now
from tests.bench.england import LAST, draw, write_csv, write_json
from tests.bench.figure import Figure, at

CHECKS = 612


def measure(directory: Path) -> list[Figure]:
    """Return the times of the check over everybody's newest return, as JSON and as CSV."""
    returns = [(code, figures) for (code, period), figures in draw().items() if period == LAST]
    found = []
    with beside(directory) as log:
        desk = Desk(log, library=load_library(), nation=ENGLAND, now=now)
        for format, write in ((Format.JSON, write_json), (Format.CSV, write_csv)):
            bodies = [write(code, LAST, figures) for code, figures in returns]
            times = [_time(desk, bodies[n % len(bodies)], format) for n in range(CHECKS)]
            found.append(
                Figure(
                    f"check of a 31-row return, {format.name}, 99th percentile",
                    at(0.99, times),
                    "ms",
                    "one pass of rules over every row, in one thread",
                    detail={"median": round(at(0.5, times), 2), "checks": CHECKS},
                )
            )
    return found


def _time(desk: Desk, body: bytes, format: Format) -> float:
    began = perf_counter()
    report = desk.check(body, format=format)
    spent = 1000 * (perf_counter() - began)
    if not report.acceptable:
        raise RuntimeError("a return of the history is refused")
    return spent
