"""Reports as text, as a person reads them; ``python -m tests.unit.ingest.ugly.page`` writes them.

Whoever writes them anew reads every line that changed: is it true, and would it help at five in
the afternoon?
"""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from schemas.reference import Library, load_library
from services.ingest.core.check import check
from services.ingest.core.document import Format
from services.ingest.core.report import Report, where
from services.ingest.core.version import OpenPeriod, Versions
from services.ingest.xlsx.opener import Opener
from tests.unit.ingest.ugly.objects import OBJECTS
from tests.unit.ingest.ugly.tables import TABLES
from tests.unit.ingest.ugly.workbooks import WORKBOOKS

GOLDEN = Path(__file__).parent / "golden"
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
_MANY = 12


def open_quarter() -> Versions:
    """The demonstration with one period open and nothing returned."""
    known = Versions("demo")
    known.periods[COLLECTION, PERIOD] = OpenPeriod(COLLECTION, PERIOD, "2026-11-11")
    return known


def report_of(body: bytes | str, format: Format, *, opener: Opener, library: Library) -> Report:
    """Check a body against an open quarter."""
    content = body.encode() if isinstance(body, str) else body
    document = opener.read(content, format=format)
    return check(document, library=library, known=open_quarter())


def written(report: Report) -> str:
    """Write a report as text."""
    state = "taken" if report.acceptable else "refused"
    lines = [f"{report.title}. {state}, {len(report.observations)} observations"]
    for finding in report.findings:
        places = list(dict.fromkeys(where(place) for place in finding.places))
        beyond = [f"{finding.count - _MANY} more"] if finding.count > _MANY else []
        lines.append(f"  {finding.severity} {finding.code}: {finding.detail}")
        lines.append(f"    {finding.fix}")
        lines.append(f"    at {'; '.join([*places[:_MANY], *beyond])}")
    return "\n".join(lines)


def page(name: str, *, opener: Opener, library: Library) -> str:
    """Write the reports of all files of a page, one below the other."""
    bodies, format = PAGES[name]
    return (
        "\n\n".join(
            f"## {title}\n{written(report_of(body, format, opener=opener, library=library))}"
            for title, body in bodies.items()
        )
        + "\n"
    )


PAGES: Mapping[str, tuple[Mapping[str, bytes | str], Format]] = {
    "tables": (TABLES, Format.CSV),
    "objects": (OBJECTS, Format.JSON),
    "workbooks": (WORKBOOKS, Format.XLSX),
}


if __name__ == "__main__":
    with closing(Opener()) as opener:
        for name in PAGES:
            text = page(name, opener=opener, library=load_library())
            (GOLDEN / f"{name}.txt").write_text(text, encoding="utf-8")
