"""The report of a check as a table: what a spreadsheet opens, a line for each place."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = (
    "code",
    "severity",
    "sheet",
    "row",
    "column",
    "cell",
    "pointer",
    "indicator",
    "value",
    "detail",
    "fix",
    "link",
)
"""The columns, in order."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook, in which a report can be asked for, too."""

_PLACE = ("sheet", "row", "column", "cell", "pointer")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_findings(findings: Iterable[Mapping[str, Any]]) -> str:
    """Return findings, as the API says them, as CSV; each place of a group has a line of its own.

    No value can become a formula: one that would has an apostrophe before it.
    """
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    lines.writeheader()
    for finding in findings:
        for line in _lines(finding):
            lines.writerow({column: guarded(line.get(column)) for column in COLUMNS})
    return text.getvalue()


def _lines(finding: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    places = finding.get("places") or [finding]
    indicators = finding.get("indicators") or []
    # Where each place is of an indicator of its own, its line names that one alone.
    own = indicators if len(indicators) == len(places) else [", ".join(indicators)] * len(places)
    for place, indicator in zip(places, own, strict=True):
        yield {
            **finding,
            **{name: place.get(name) for name in _PLACE},
            "indicator": indicator,
        }


def guarded(value: object) -> str:
    """Return a value as the text of a CSV cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
