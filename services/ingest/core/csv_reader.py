"""Reads a return from CSV as spreadsheets really save it."""

import csv
import io
from collections.abc import Iterator, Sequence

from services.ingest.core.child import any_names_a_child, holds_a_child
from services.ingest.core.document import MOST_COLUMNS, MOST_ROWS, Cell, Document, Format, Row
from services.ingest.core.encoding import Unreadable, decode
from services.ingest.core.fault import HEAD, Column, Fault, Place, fault, shown
from services.ingest.core.header import Header, letters, plain, read_header

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_FIRST_ROWS = 20
_OF_ROWS = tuple(column for column in Column if column not in HEAD)


class _TooMuch(ValueError):
    """More of something than a return has; ``fault`` says of what."""

    def __init__(self, most: int, what: str) -> None:
        super().__init__(what)
        self.fault = fault("F008", most=f"{most:,}", what=what)


def read_csv(body: bytes) -> Document:
    """Read a CSV body; whatever is wrong with it stands in the document's faults.

    Rows are counted as a spreadsheet counts them: a quoted line break does not start a new one,
    a blank line is one. Columns may stand in any order, between commas, semicolons, tabs or
    vertical bars.
    """
    try:
        text, faults = decode(body, format=Format.CSV)
    except Unreadable as error:
        return Document(Format.CSV, faults=(error.fault,))
    delimiter = _delimiter(text)
    if delimiter != ",":
        faults += (fault("F009", delimiter=_DELIMITERS[delimiter]),)
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        filled = _filled(records)
    except csv.Error:
        place = Place((records.line_num, 0), row=records.line_num)
        faults += (fault("F011", place=place, line=str(records.line_num)),)
        return _unless_of_children(Document(Format.CSV, faults=faults), text)
    except _TooMuch as error:
        faults += (error.fault,)
        return _unless_of_children(Document(Format.CSV, faults=faults), text)
    if not filled:
        return Document(Format.CSV, faults=(*faults, fault("F001")))
    if _is_of_children(filled) or holds_a_child(text):
        return refusal(Format.CSV)
    return _document(filled, faults)


def refusal(format: Format) -> Document:
    """Return the document of a body that looks like data on single children: nothing of it."""
    return Document(format, faults=(fault("F010"),), refused=True)


def _delimiter(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0][:10_000]
    known = {
        delimiter: sum(plain(cell.strip(' "')) in set(Column) for cell in first.split(delimiter))
        for delimiter in _DELIMITERS
    }
    return max(known, key=lambda delimiter: known[delimiter])


def _filled(records: Iterator[list[str]]) -> list[tuple[int, list[str]]]:
    filled = []
    for number, cells in enumerate(records, start=1):
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _TooMuch(MOST_COLUMNS, "columns")
        if cells:
            filled.append((number, cells))
        if len(filled) > MOST_ROWS + 1:
            raise _TooMuch(MOST_ROWS, "rows")
    return filled


def _is_of_children(filled: Sequence[tuple[int, list[str]]]) -> bool:
    # Titles may stand above the header; a return's own header settles that there are none.
    headed = any(plain(cell) == Column.INDICATOR for cell in filled[0][1])
    rows = filled[:1] if headed else filled[:_FIRST_ROWS]
    return any(any_names_a_child(cells) for _, cells in rows)


def _unless_of_children(document: Document, text: str) -> Document:
    lines = csv.reader(io.StringIO(text[:10_000], newline=""), delimiter=_delimiter(text))
    try:
        first = next(cells for cells in lines if cells)
    except (StopIteration, csv.Error):
        first = []
    if any_names_a_child(first) or holds_a_child(text):
        return refusal(Format.CSV)
    return document


def _document(filled: Sequence[tuple[int, list[str]]], faults: tuple[Fault, ...]) -> Document:
    number, names = filled[0]
    header = read_header(names, row=number)
    found = [*faults, *header.faults]
    at = {column: index for index, column in header.columns.items()}
    heads: dict[Column, list[Cell]] = {column: [] for column in HEAD if column in at}
    rows = []
    for row, cells in filled[1:]:
        for column, kept in heads.items():
            kept.append(_cell(cells, row=row, index=at[column], column=column))
        rows.append(_row(cells, row=row, at=at))
        found += _unnamed(cells, row=row, header=header, names=names)
    if not rows:
        found.append(fault("S028", place=Place((number, 0), row=number)))
    return Document(
        Format.CSV,
        heads={column: tuple(kept) for column, kept in heads.items()},
        rows=tuple(rows),
        absent=header.absent,
        faults=tuple(found),
    )


def _row(cells: Sequence[str], *, row: int, at: dict[Column, int]) -> Row:
    return Row(
        Place((row, -1), row=row),
        {
            column: _cell(cells, row=row, index=at[column], column=column)
            if column in at
            else Cell(Place((row, len(at)), row=row, column=column), None)
            for column in _OF_ROWS
        },
    )


def _cell(cells: Sequence[str], *, row: int, index: int, column: Column) -> Cell:
    place = Place((row, index), row=row, column=column, cell=f"{letters(index)}{row}")
    return Cell(place, cells[index] if index < len(cells) else None)


def _unnamed(
    cells: Sequence[str], *, row: int, header: Header, names: Sequence[str]
) -> Iterator[Fault]:
    """Yield a fault for the first value that stands under no header."""
    for index, cell in enumerate(cells):
        named = index < len(names) and names[index].strip()
        if cell.strip() and not named and index not in header.columns:
            place = Place((row, index), row=row, cell=f"{letters(index)}{row}")
            yield fault("S029", place=place, value=shown(cell.strip()))
            return
