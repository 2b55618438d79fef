"""The header of a table: which column is where, what is missing, what is only nearly right."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from schemas.tidy import GUIDANCE
from services.ingest.core.fault import COLUMNS, Column, Fault, Place, fault, shown

Line = tuple[int, Sequence[str]]
"""A line that holds something: its number as a spreadsheet counts, and its cells."""

_NEARLY = 0.7
_ENOUGH = 3
_OPTIONAL = (Column.SYMBOL, Column.NOTE)
_SPACES = re.compile(r"[\s_-]+")
# What offices call the columns. It is asked about, never taken for granted.
_ALSO = {
    "code": Column.INDICATOR, "de": Column.DENOMINATOR, "den": Column.DENOMINATOR,
    "denom": Column.DENOMINATOR, "dfe_code": Column.AUTHORITY, "d": Column.DENOMINATOR,
    "indicator_code": Column.INDICATOR, "kpi": Column.INDICATOR, "la": Column.AUTHORITY,
    "la_code": Column.AUTHORITY, "local_authority": Column.AUTHORITY, "lea": Column.AUTHORITY,
    "measure": Column.INDICATOR, "n": Column.NUMERATOR, "num": Column.NUMERATOR,
    "qtr": Column.PERIOD, "quarter": Column.PERIOD, "return": Column.COLLECTION,
    "time_period": Column.PERIOD, "value": Column.NUMERATOR,
}  # fmt: skip


class Where(Protocol):
    """Makes the place of a cell by its row and index; an index below 0 is the row as a whole."""

    def __call__(self, row: int, index: int, column: str | None = None) -> Place:
        """Return the place."""
        ...


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


def meant(header: str, *, among: Iterable[Column]) -> Column | None:
    """Return the column that a header was probably meant to name, by its spelling or by custom."""
    names = sorted(among)
    also = _ALSO.get(plain(header))
    if also in names:
        return also
    near = nearest(header, among=names)
    return Column(near) if near else None


def letters(index: int) -> str:
    """Return a spreadsheet's letters for a column: 0 is A, 25 is Z, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_header(cells: Iterable[str]) -> bool:
    """Say whether a line names columns of a tidy return; three of them are no accident."""
    return len({plain(cell) for cell in cells} & COLUMNS) >= _ENOUGH


def read_header(line: Line, *, where: Where) -> Header:
    """Read the header row; the order of columns and the case of their names do not matter.

    What a template says to its reader is passed over.
    """
    row, cells = line
    columns: dict[int, Column] = {}
    faults: list[Fault] = []
    unknown: dict[int, str] = {}
    for index, cell in enumerate(cells):
        name = plain(cell)
        if name in GUIDANCE:
            continue
        if name not in COLUMNS:
            unknown[index] = cell
        elif Column(name) in columns.values():
            faults.append(fault("S022", place=where(row, index, shown(cell)), column=name))
        else:
            columns[index] = Column(name)
    absent = COLUMNS - set(columns.values())
    near, of_odd = odd_headers(unknown, absent, row=row, where=where)
    if not columns and not near:
        return Header({}, COLUMNS, (fault("S047", place=where(row, -1)),))
    return Header(columns | near, absent - set(near.values()), (*faults, *of_odd))


def odd_headers(
    unknown: Mapping[int, str], absent: Iterable[Column], *, row: int, where: Where
) -> tuple[dict[int, Column], list[Fault]]:
    """Return the columns that headers nearly name, and what there is to say of all that is odd.

    A column that is nearly named is an error, and is read all the same: whatever else is wrong with
    it is to be said at once.
    """
    near: dict[int, Column] = {}
    faults: list[Fault] = []
    for index, cell in unknown.items():
        column = meant(cell, among=set(absent) - set(near.values())) if cell.strip() else None
        place, value = where(row, index, shown(cell.strip())), shown(cell.strip())
        if column is not None:
            near[index] = column
            hint = f" The header “{value}” looks like it: did you mean {column}?"
            faults.append(_absent(column, place=place, value=value, hint=hint))
        elif value:
            faults.append(fault("S023", place=place, value=value, header=value))
    lacking = [
        each for each in Column if each in absent and each not in {*near.values(), *_OPTIONAL}
    ]
    names = in_words(lacking)
    faults += [_absent(names, place=where(row, -1)) for _ in lacking]
    return near, faults


def _absent(column: str, *, place: Place, value: str | None = None, hint: str = "") -> Fault:
    return fault("S020", place=place, value=value, column=column, columns=column, hint=hint)


def in_words(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: "a, b and c"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
