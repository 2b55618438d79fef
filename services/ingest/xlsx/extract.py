"""From the bytes of a workbook to plain values; runs in the child process alone.

The values are what JSON can say. A cell is a text, a number, true or false, null, or an object
with one member: ``percentage`` (a number), ``date`` (as 2026-02-09, or with its time), ``error``
(as ``#DIV/0!``) or ``formula`` (its text, where it was never worked out).
"""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from math import isfinite
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from services.ingest.core.archive import Refused, open_archive
from services.ingest.core.document import MOST_COLUMNS
from services.ingest.core.fault import fault
from services.ingest.xlsx.marking import (
    MOST_CELLS,
    Marks,
    Unreadable,
    cached_fields,
    mark,
    percentage_styles,
    sheet_parts,
)

MOST_LINES = 5_000
"""No sheet of a workbook with a return in it needs more rows."""
MOST_AREA = 400_000
"""A sheet is laid out whole, with the blank cells between those that hold something."""
MOST_LETTERS = 2_000_000


def extract(body: bytes) -> dict[str, Any]:
    """Return ``{"sheets": […], "fields": […]}``, or ``{"fault": [code, facts]}``."""
    try:
        with open_archive(body) as archive:
            percentages = percentage_styles(archive)
            marks = {
                name: mark(archive, part, percentages=percentages)
                for name, part in sheet_parts(archive).items()
                if part in archive.namelist()
            }
            fields = cached_fields(archive)
        _require_small(marks)
        with load_workbook(BytesIO(body)) as workbook:
            return {"sheets": _sheets(workbook, marks), "fields": fields}
    except Refused as error:
        return {"fault": [error.fault.code, dict(error.fault.facts)]}
    except (Unreadable, CalamineError, UnicodeError):
        return {"fault": ["F014", {}]}


def _require_small(marks: dict[str, Marks]) -> None:
    for name, found in marks.items():
        for most, has, what in (
            (MOST_LINES, found.rows, "rows"),
            (MOST_COLUMNS, found.columns, "columns"),
            (MOST_CELLS, found.cells, "cells"),
            (MOST_AREA, found.rows * found.columns, "cells"),
        ):
            if has > most:
                raise Refused(fault("F008", most=f"{most:,}", what=f"{what} on the sheet “{name}”"))


def _sheets(workbook: CalamineWorkbook, marks: dict[str, Marks]) -> list[dict[str, Any]]:
    found = []
    letters = 0
    for sheet in workbook.sheets_metadata:
        if sheet.typ is not SheetTypeEnum.WorkSheet or sheet.name not in marks:
            continue
        content = workbook.get_sheet_by_name(sheet.name)
        merged = content.merged_cell_ranges or []
        rows = _rows(content.to_python(skip_empty_area=False), marks[sheet.name])
        letters += sum(len(cell) for _, cells in rows for cell in cells if isinstance(cell, str))
        if letters > MOST_LETTERS:
            raise Refused(fault("F008", most=f"{MOST_LETTERS:,}", what="letters"))
        found.append(
            {
                "name": sheet.name,
                "hidden": sheet.visible is not SheetVisibleEnum.Visible,
                "rows": rows,
                "merged": [[*first, *last] for first, last in merged[:MOST_LINES]],
            }
        )
    return found


def _rows(values: list[list[Any]], marks: Marks) -> list[tuple[int, list[Any]]]:
    """Return the rows that hold something, each with its number from 1."""
    rows = []
    for number in range(max(len(values), marks.rows)):
        given = values[number] if number < len(values) else []
        cells = [
            _cell(given[index] if index < len(given) else "", (number, index), marks)
            for index in range(max(len(given), marks.columns))
        ]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append((number + 1, cells))
    return rows


def _cell(value: Any, at: tuple[int, int], marks: Marks) -> Any:  # noqa: ANN401 - whatever a sheet has
    if at in marks.errors:
        return {"error": marks.errors[at]}
    if at in marks.formulas:
        return {"formula": marks.formulas[at]}
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date | time | timedelta):
        return {"date": str(value)}
    if isinstance(value, float) and not isfinite(value):
        return {"error": "#NUM!"}
    if at in marks.percentages and isinstance(value, float | int):
        return {"percentage": value}
    return None if isinstance(value, str) and not value.strip() else value
