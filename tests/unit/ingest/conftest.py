"""Returns to check: a whole one without fault, and the same with other rows in it."""

from collections.abc import Callable
from datetime import date

import pytest

from schemas.events import Observation
from schemas.periods import Period
from schemas.reference import Library, load_library
from services.ingest.core.check import check, read
from services.ingest.core.document import Format
from services.ingest.core.report import Report
from services.ingest.core.version import OpenPeriod, Slot, Versions
from services.ingest.example import example_csv

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture
def known() -> Versions:
    """The demonstration with one period open and nothing returned."""
    versions = Versions("demo")
    versions.periods[COLLECTION, PERIOD] = OpenPeriod(COLLECTION, PERIOD, "2026-11-11")
    versions.periods["regional-quarterly", PERIOD] = OpenPeriod(
        "regional-quarterly", PERIOD, "2026-11-11"
    )
    return versions


@pytest.fixture(scope="session")
def whole() -> Callable[..., str]:
    """Makes a whole return as CSV; rows (``CP04,70,86,,``) stand in place of their indicators'."""

    def make(*rows: str, period: str = PERIOD) -> str:
        header, *kept = example_csv().splitlines()
        head = f"D01,{COLLECTION},{period},"
        kept = [row.replace(PERIOD, period) for row in kept]
        given = {row.split(",")[0] for row in rows}
        placed = []
        for row in kept:
            code = row.split(",")[3]
            if code in given:
                placed += [head + r for r in rows if r.split(",")[0] == code]
                given.discard(code)
            else:
                placed.append(row)
        placed += [head + r for r in rows if r.split(",")[0] in given]
        return "\r\n".join([header, *placed]) + "\r\n"

    return make


@pytest.fixture
def examine(library: Library, known: Versions) -> Callable[..., Report]:
    """Checks a body, by default CSV, against ``known``."""

    def run(body: str | bytes, format: Format = Format.CSV, *, today: date | None = None) -> Report:
        content = body.encode() if isinstance(body, str) else body
        return check(read(content, format=format), library=library, known=known, today=today)

    return run


@pytest.fixture
def returned(known: Versions, whole: Callable[..., str], library: Library) -> Callable[..., None]:
    """Puts a return into ``known`` as the one that stands, by default for the quarter before."""

    def put(*rows: str, back: int = 1, authority: str = "D01") -> None:
        period = str(Period.parse(PERIOD).shift(-back))
        body = whole(*rows, period=period).replace("D01,r", f"{authority},r").encode()
        report = check(read(body, format=Format.CSV), library=library, known=Versions("demo"))
        standing: dict[str, Observation] = {o.indicator: o for o in report.observations}
        assert standing, report.findings
        known.slots[authority, COLLECTION, period] = Slot(observations=standing)
        known.ranges.clear()

    return put
