"""Reads a return from CSV as spreadsheets really save it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from services.ingest.core.child import any_names_a_child, holds_a_child
from services.ingest.core.document import MOST_COLUMNS, MOST_ROWS, Document, Format
from services.ingest.core.encoding import Unreadable, decode
from services.ingest.core.fault import COLUMNS, Place, fault
from services.ingest.core.header import Line, is_header, plain
from services.ingest.core.table import FIRST, header_at, read_table
from services.ingest.core.wide import is_wide

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_DECLARED = re.compile(r"\s*\"?sep=([,;\t|])\"?[ \t,;]*(?:\r\n|\r|\n)", re.IGNORECASE)
_MOST_CELLS = 1_000_000
_LINES = re.compile(r"\r\n|\r|\n")


class _TooMuch(ValueError):
    """More of something than a return has; ``fault`` says of what."""

    def __init__(self, most: int, what: str) -> None:
        super().__init__(what)
        self.fault = fault("F008", most=f"{most:,}", what=what)


class _Undivided(ValueError):
    """A record that cannot be divided; ``row`` and ``line`` say where it begins."""

    def __init__(self, row: int, line: int) -> None:
        super().__init__(row)
        self.row, self.line = row, line


def read_csv(body: bytes) -> Document:
    """Read a CSV body; whatever is wrong with it stands in the document's faults.

    Rows are counted as a spreadsheet counts them: a quoted line break does not start a new one,
    a blank line is one. Columns may stand in any order, between commas, semicolons, tabs or
    vertical bars, tidy or wide; titles may stand above the header.
    """
    try:
        text, faults = decode(body, format=Format.CSV)
    except Unreadable as error:
        return Document(Format.CSV, faults=(error.fault,))
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _delimiter(text)
    if text.count(delimiter) > _MOST_CELLS:
        faults += (fault("F008", most=f"{_MOST_CELLS:,}", what="cells"),)
        return _unless_of_children(Document(Format.CSV, faults=faults), text, delimiter)
    if delimiter != ",":
        faults += (fault("F009", delimiter=_DELIMITERS[delimiter]),)
    try:
        filled = _filled(text, delimiter)
    except _Undivided as error:
        place = Place((error.row, 0), row=error.row)
        faults += (fault("F011", place=place, line=str(error.line)),)
        return _unless_of_children(Document(Format.CSV, faults=faults), text, delimiter)
    except _TooMuch as error:
        faults += (error.fault,)
        return _unless_of_children(Document(Format.CSV, faults=faults), text, delimiter)
    lines = filled[1:] if declared else filled
    if not lines:
        return Document(Format.CSV, faults=(*faults, fault("F001")))
    if is_of_children(lines) or holds_a_child(text):
        return refusal(Format.CSV)
    return read_table(lines, format=Format.CSV).after(faults)


def refusal(format: Format) -> Document:
    """Return the document of a body that looks like data on single children: nothing of it."""
    return Document(format, faults=(fault("F010"),), refused=True)


def is_of_children(lines: Sequence[Line]) -> bool:
    """Say whether a table is headed like data on single children.

    A return's own header settles it; where there is none, each of the first lines may be one.
    """
    at = header_at(lines)
    headings = lines[:FIRST] if at is None else lines[at : at + 1]
    return any(any_names_a_child(cells) for _, cells in headings)


def _delimiter(text: str) -> str:
    """Return what divides the first line that heads a return; where none does, the first line."""
    first = [line[:10_000] for line in _LINES.split(text.lstrip()[:40_000], maxsplit=FIRST)[:FIRST]]
    for line in first:
        for delimiter in _DELIMITERS:
            names = [cell.strip(' "') for cell in line.split(delimiter)]
            if is_header(names) or is_wide(names):
                return delimiter
    return max(
        _DELIMITERS, key=lambda delimiter: (_known(first[0], delimiter), first[0].count(delimiter))
    )


def _known(line: str, delimiter: str) -> int:
    return sum(plain(cell.strip(' "')) in COLUMNS for cell in line.split(delimiter))


def _filled(text: str, delimiter: str) -> list[Line]:
    filled: list[Line] = []
    for number, cells in _records(text, delimiter):
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _TooMuch(MOST_COLUMNS, "columns")
        if cells:
            filled.append((number, cells))
        if len(filled) > MOST_ROWS + FIRST:
            raise _TooMuch(MOST_ROWS, "rows")
    return filled


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number, line = 0, 1
    while True:
        number, line = number + 1, records.line_num + 1
        try:
            cells = next(records)
        except StopIteration:
            return
        except csv.Error:
            raise _Undivided(number, line) from None
        yield number, cells


def _unless_of_children(document: Document, text: str, delimiter: str) -> Document:
    lines = csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=delimiter)
    try:
        first = next(cells for cells in lines if cells)
    except (StopIteration, csv.Error):
        first = []
    if any_names_a_child(first) or holds_a_child(text):
        return refusal(Format.CSV)
    return document
