"""The check: what ingest takes to say everything about a return, with England loaded."""

import csv
import io
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import perf_counter, thread_time

import xlsxwriter

from schemas.reference import ENGLAND, load_library
from services.embedded.data import beside
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.clock import now
from tests.bench.england import LAST, draw, write_csv, write_json
from tests.bench.figure import Figure, at, short
from tests.bench.figures import Figure as Counted

CHECKS = 612
MOST = {Format.JSON: (5.0, 20.0), Format.CSV: (5.0, 20.0), Format.XLSX: (None, 300.0)}
"""The most that the median and the 99th percentile may be, in milliseconds."""
_LIMITED_BY = {
    Format.JSON: "one pass of rules over every row, in one thread",
    Format.CSV: "one pass of rules over every row, in one thread",
    Format.XLSX: "the child: every second file waits for the next one to start and import",
}


def write_workbook(authority: str, period: str, figures: Sequence[Counted]) -> bytes:
    """Return a return as Excel saves it."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_numbers": True})
    sheet = book.add_worksheet("Return")
    text = write_csv(authority, period, figures).decode()
    for number, row in enumerate(csv.reader(io.StringIO(text, newline=""))):
        for index, cell in enumerate(row):
            if cell:
                sheet.write(number, index, cell)
    book.close()
    return memory.getvalue()


def measure(directory: Path) -> list[Figure]:
    """Return the times of the check over everybody's newest return, in every format."""
    returns = [(code, figures) for (code, period), figures in draw().items() if period == LAST]
    found = []
    with (
        beside(directory) as log,
        closing(Desk(log, library=load_library(), nation=ENGLAND, now=now)) as desk,
    ):
        for format, write in (
            (Format.JSON, write_json),
            (Format.CSV, write_csv),
            (Format.XLSX, write_workbook),
        ):
            bodies = [write(code, LAST, figures) for code, figures in returns]
            times = [_time(desk, bodies[n % len(bodies)], format) for n in range(CHECKS)]
            found += _figures(format, times)
    return found


def _figures(format: Format, times: Sequence[tuple[float, float]]) -> list[Figure]:
    name = f"check of a 31-row return, {format.name}"
    median, most = MOST[format]
    elapsed, worked = ([each[n] for each in times] for n in (0, 1))
    detail = {
        "checks": CHECKS,
        # What others take of the machine stands in the clock, hardly in what the thread took.
        "processor_ms": {"p50": short(at(0.5, worked)), "p99": short(at(0.99, worked))},
    }
    because = _LIMITED_BY[format]
    return [
        Figure(f"{name}, median", at(0.5, elapsed), "ms", because, limit=median, detail=detail),
        Figure(f"{name}, 99th percentile", at(0.99, elapsed), "ms", because, most, detail=detail),
    ]


def _time(desk: Desk, body: bytes, format: Format) -> tuple[float, float]:
    """Return the milliseconds of a check by the clock, and those of its thread's processor."""
    began, worked = perf_counter(), thread_time()
    report = desk.check(body, format=format).report
    spent = 1000 * (perf_counter() - began), 1000 * (thread_time() - worked)
    if not report.acceptable:
        raise RuntimeError("a return of the history is refused")
    return spent
