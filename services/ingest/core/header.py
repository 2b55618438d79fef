"""The header of a CSV return: which column is where, what is missing, what is only nearly right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from services.ingest.core.fault import Column, Fault, Place, fault, shown

_NEARLY = 0.7
_OPTIONAL = (Column.SYMBOL, Column.NOTE)
_SPACES = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Header:
    """Which column stands at which index, the columns that are nowhere, and what is wrong."""

    columns: dict[int, Column]
    absent: frozenset[Column]
    faults: tuple[Fault, ...]


def plain(header: str) -> str:
    """Return a header without case, spaces at its ends, and with one underscore between words."""
    return _SPACES.sub("_", header.strip()).lower()


def nearest(word: str, *, among: Iterable[str]) -> str | None:
    """Return the name that the word was probably meant to be, or None."""
    found = get_close_matches(plain(word)[:60], list(among), n=1, cutoff=_NEARLY)
    return found[0] if found else None


def letters(index: int) -> str:
    """Return a spreadsheet's letters for a column: 0 is A, 25 is Z, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read_header(cells: Sequence[str], *, row: int) -> Header:
    """Read the header row; the order of columns and the case of their names do not matter."""
    columns: dict[int, Column] = {}
    faults: list[Fault] = []
    unknown: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = plain(cell)
        place = Place((row, index), row=row, column=shown(cell), cell=f"{letters(index)}{row}")
        if name not in set(Column):
            unknown[index] = cell
        elif Column(name) in columns.values():
            faults.append(fault("S022", place=place, column=name))
        else:
            columns[index] = Column(name)
    absent = frozenset(Column) - set(columns.values())
    faults += _missing(unknown, absent, row)
    return Header(columns, absent, tuple(faults))


def _missing(unknown: dict[int, str], absent: frozenset[Column], row: int) -> Iterable[Fault]:
    meant: dict[Column, int] = {}
    for index, cell in unknown.items():
        column = nearest(cell, among=sorted(absent)) if cell.strip() else None
        if column is not None and Column(column) not in meant:
            meant[Column(column)] = index
        elif cell.strip():
            place = Place((row, index), row=row, column=shown(cell), cell=f"{letters(index)}{row}")
            yield fault("S023", place=place, value=shown(cell), header=shown(cell))
    for column in Column:
        if column in meant:
            index = meant[column]
            cell = shown(unknown[index].strip())
            place = Place((row, index), row=row, column=cell, cell=f"{letters(index)}{row}")
            hint = f" The header “{cell}” looks like it: did you mean {column}?"
            yield fault("S020", place=place, value=cell, column=column, hint=hint)
        elif column in absent and column not in _OPTIONAL:
            yield fault("S020", place=Place((row, -1), row=row), column=column, hint="")
