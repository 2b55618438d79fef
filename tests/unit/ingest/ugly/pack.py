"""Makes workbooks: with XlsxWriter as Excel writes them, by hand what Excel would not write."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.unit.ingest.ugly.edit import WHOLE

Change = Callable[[Workbook, Worksheet], object]


def table(text: str = WHOLE) -> list[list[Any]]:
    """The cells of a CSV: figures as numbers, everything else as text, None for nothing."""
    rows: list[list[Any]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""))]
    names = rows[0]
    for row in rows[1:]:
        for index, cell in enumerate(row):
            is_figure = "ator" in names[index] and cell.replace(".", "", 1).isdecimal()
            row[index] = float(cell) if is_figure else cell or None
    return rows


def row_of(code: str) -> int:
    """The index, from 0, of an indicator's row in the example."""
    return next(n for n, row in enumerate(table()) if code in row)


def put(sheet: Worksheet, rows: list[list[Any]], *, down: int = 0, across: int = 0) -> None:
    """Write rows into a sheet."""
    for number, row in enumerate(rows):
        for index, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number + down, index + across, cell)
            elif cell is not None:
                sheet.write_number(number + down, index + across, cell)


def book(
    *changes: Change,
    rows: list[list[Any]] | None = None,
    name: str = "Return",
    options: Mapping[str, Any] | None = None,
) -> bytes:
    """The example as a workbook of one sheet, with changes made to it before it is saved."""
    memory = io.BytesIO()
    made = xlsxwriter.Workbook(memory, {"in_memory": True, **(options or {})})
    sheet = made.add_worksheet(name)
    put(sheet, table() if rows is None else rows)
    for change in changes:
        change(made, sheet)
    made.close()
    return memory.getvalue()


def cell(code: str, column: str, value: Any, format: str | None = None) -> Change:
    """Another value, and format, in an indicator's cell."""

    def change(made: Workbook, sheet: Worksheet) -> None:
        looks = made.add_format({"num_format": format}) if format else None
        sheet.write(row_of(code), table()[0].index(column), value, looks)

    return change


def beside(name: str, rows: list[list[Any]], *, hidden: bool = False) -> Change:
    """One more sheet."""

    def change(made: Workbook, _sheet: Worksheet) -> None:
        other = made.add_worksheet(name)
        put(other, rows)
        if hidden:
            other.hide()

    return change


def repacked(
    body: bytes,
    *,
    more: Mapping[str, bytes] | None = None,
    edit: Callable[[str, bytes], bytes] = lambda _name, content: content,
) -> bytes:
    """The same zip with parts edited and parts put in."""
    memory = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as old,
        zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, edit(part, old.read(part)))
        for part, content in (more or {}).items():
            new.writestr(part, content)
    return memory.getvalue()


def zipped(**parts: bytes) -> bytes:
    """A zip file of parts; two underscores in a name stand for a slash, one for a point."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name.replace("__", "/").replace("_", "."), content)
    return memory.getvalue()
