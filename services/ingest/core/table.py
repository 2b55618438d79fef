"""Reads a table: lines of cells as texts, tidy or wide, whatever file they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.ingest.core.document import Cell, Document, Format, Row
from services.ingest.core.fault import HEAD, Column, Fault, Place, fault, shown
from services.ingest.core.header import Header, Line, Where, is_header, letters, read_header
from services.ingest.core.wide import is_wide, read_wide

FIRST = 20
"""In so many lines a header is looked for: titles may stand above it."""
OF_ROWS = tuple(column for column in Column if column not in HEAD)


def header_at(lines: Sequence[Line]) -> int | None:
    """Return the index of the line that heads a return, None where none of the first does."""
    heads = (n for n, (_, cells) in enumerate(lines[:FIRST]) if is_header(cells) or is_wide(cells))
    return next(heads, None)


def read_table(
    lines: Sequence[Line],
    *,
    format: Format,
    sheet: str | None = None,
    stray: str = "S029",
) -> Document:
    """Read the lines of a table, of which there is at least one; faults stand in the document.

    The first line that has the names of a return's columns heads it; where none has, the first
    line does, and what it lacks is said. ``stray`` is the rule that a value under no header meets.
    """
    found = _read(lines, format=format, where=_where(sheet), stray=stray)
    return replace(found, lines=tuple(lines), sheet=sheet)


def _read(lines: Sequence[Line], *, format: Format, where: Where, stray: str) -> Document:
    above = header_at(lines) or 0
    faults = [fault("S021", place=where(number, -1)) for number, _ in lines[:above]]
    heading, body = lines[above], lines[above + 1 :]
    if is_wide(heading[1]):
        return read_wide(heading, body, format=format, where=where, faults=faults)
    header = read_header(heading, where=where)
    faults += header.faults
    if not header.columns:
        return Document(format, absent=header.absent, faults=tuple(faults))
    kept = []
    for line in body:
        strays = tuple(_strays(line, heading[1], where, stray))
        faults += strays
        if strays or _tells(line, header):
            kept.append(line)
        else:
            faults.append(fault("S048", place=where(line[0], -1)))
    if not kept:
        faults.append(fault("S028", place=where(heading[0], -1)))
    return _document(kept, header, where, format, faults)


def _where(sheet: str | None) -> Where:
    def where(row: int, index: int, column: str | None = None) -> Place:
        cell = f"{letters(index)}{row}" if index >= 0 else None
        return Place((row, index), row=row, column=column, cell=cell, sheet=sheet)

    return where


def _tells(line: Line, header: Header) -> bool:
    """Say whether a line says anything of an indicator; without such columns, all lines do."""
    of_rows = [index for index, column in header.columns.items() if column not in HEAD]
    cells = line[1]
    return not of_rows or any(index < len(cells) and cells[index].strip() for index in of_rows)


def _strays(line: Line, names: Sequence[str], where: Where, rule: str) -> Iterator[Fault]:
    """Yield a fault for the first value that stands under no header."""
    number, cells = line
    for index, cell in enumerate(cells):
        if cell.strip() and not (index < len(names) and names[index].strip()):
            yield fault(rule, place=where(number, index), value=shown(cell.strip()))
            return


def _document(
    lines: Sequence[Line],
    header: Header,
    where: Where,
    format: Format,
    faults: Sequence[Fault],
) -> Document:
    at = {column: index for index, column in header.columns.items()}

    def cell(line: Line, column: Column) -> Cell:
        number, cells = line
        if column not in at:
            return Cell(Place((number, len(at)), row=number, column=column), None)
        index = at[column]
        raw = cells[index] if index < len(cells) else None
        return Cell(where(number, index, column), raw)

    return Document(
        format,
        heads={
            column: tuple(cell(line, column) for line in lines) for column in HEAD if column in at
        },
        rows=tuple(
            Row(where(line[0], -1), {column: cell(line, column) for column in OF_ROWS})
            for line in lines
        ),
        absent=header.absent,
        faults=tuple(faults),
    )
