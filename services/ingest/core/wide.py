"""The wide layout: one row for the authority, columns for each indicator.

A column is named by an indicator's code and what it holds: ``CP04 numerator``,
``CP04 denominator``, ``CP04 symbol``, ``CP04 note``. The code alone is the numerator, and a symbol
may stand there where no column of symbols does. Authority, collection and period have the columns
that they have in a tidy return.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.ingest.core.document import Cell, Document, Format, Row
from services.ingest.core.fault import HEAD, Column, Fault, fault, shown
from services.ingest.core.figure import SYMBOLS
from services.ingest.core.header import Line, Where, meant, odd_headers, plain

_MEMBERS = (Column.NUMERATOR, Column.DENOMINATOR, Column.SYMBOL, Column.NOTE)
_NAMED = re.compile(r"([a-z]{2}\d{1,3})(?:[_.:/]+\(?([a-z]\w*)\)?)?", re.ASCII)


@dataclass(slots=True)
class _Columns:
    """Which index has what: the head's columns, and those of each indicator by its code."""

    heads: dict[Column, int] = field(default_factory=dict)
    members: dict[str, dict[Column, int]] = field(default_factory=dict)
    bare: set[int] = field(default_factory=set)
    unknown: dict[int, str] = field(default_factory=dict)

    def indices(self) -> Iterable[int]:
        """Return the indices of all that is said of indicators."""
        return (index for members in self.members.values() for index in members.values())


def is_wide(cells: Iterable[str]) -> bool:
    """Say whether a line names columns of a wide return, and none of a tidy one's rows."""
    names = [plain(cell) for cell in cells]
    if Column.INDICATOR in names or Column.NUMERATOR in names:
        return False
    coded = {found[1] for found in map(_NAMED.fullmatch, names) if found}
    return len(coded) > 1 or (len(coded) == 1 and any(head in names for head in HEAD))


def read_wide(
    heading: Line, body: Sequence[Line], *, format: Format, where: Where, faults: Sequence[Fault]
) -> Document:
    """Read a wide table; its one row becomes a row for each indicator, as if it were tidy."""
    row, names = heading
    columns, of_header = _columns(heading, where)
    missing = [column for column in HEAD if column not in columns.heads]
    near, of_odd = odd_headers(columns.unknown, missing, row=row, where=where)
    columns.heads |= {column: index for index, column in near.items()}
    absent = frozenset(missing) - set(near.values())
    found = [*faults, *of_header, *of_odd]
    telling = sorted(columns.indices())
    lines = []
    for line in body:
        if any(index < len(line[1]) and line[1][index].strip() for index in telling):
            lines.append(line)
        else:
            found.append(fault("S048", place=where(line[0], -1)))
    found += [fault("S035", place=where(number, -1)) for number, _ in lines[1:]]
    if not lines:
        found.append(fault("S028", place=where(row, -1)))
        return Document(format, absent=absent, faults=tuple(found))
    found.append(fault("S039", place=where(row, -1)))
    number, cells = lines[0]
    return Document(
        format,
        heads={
            column: (Cell(where(number, index, column), _at(cells, index)),)
            for column, index in columns.heads.items()
        },
        rows=tuple(
            _row(code, members, heading=(row, names), line=lines[0], where=where, bare=columns.bare)
            for code, members in columns.members.items()
        ),
        absent=absent,
        faults=tuple(found),
    )


def _columns(heading: Line, where: Where) -> tuple[_Columns, list[Fault]]:
    row, names = heading
    columns, faults = _Columns(), list[Fault]()
    for index, header in enumerate(names):
        place = where(row, index, shown(header))
        name = plain(header)
        coded = _NAMED.fullmatch(name)
        if name in HEAD and Column(name) not in columns.heads:
            columns.heads[Column(name)] = index
        elif name in HEAD:
            faults.append(fault("S022", place=place, column=name))
        elif coded is None:
            columns.unknown[index] = header
        else:
            faults += _member(columns, coded, index, header, where=where, row=row)
    return columns, faults


def _member(
    columns: _Columns, coded: re.Match[str], index: int, header: str, *, where: Where, row: int
) -> Iterable[Fault]:
    code, said = coded[1].upper(), coded[2]
    place = where(row, index, shown(header))
    if said is not None and said not in _MEMBERS:
        near = meant(said, among=_MEMBERS)
        if near is None:
            return (fault("S023", place=place, value=shown(header), header=shown(header)),)
        columns.members.setdefault(code, {}).setdefault(near, index)
        hint = f" Did you mean {code} {near}?"
        return (fault("S041", place=place, value=shown(header), hint=hint),)
    column = Column(said or Column.NUMERATOR)
    of_code = columns.members.setdefault(code, {})
    if column in of_code:
        return (fault("S022", place=place, column=f"{code} {column}"),)
    of_code[column] = index
    if said is None:
        columns.bare.add(index)
    return ()


def _row(
    code: str,
    members: Mapping[Column, int],
    *,
    heading: Line,
    line: Line,
    where: Where,
    bare: set[int],
) -> Row:
    number, cells = line
    first = min(members.values())
    made = {Column.INDICATOR: Cell(where(heading[0], first, shown(heading[1][first])), code)}
    for column in _MEMBERS:
        index = members.get(column, first)
        raw = _at(cells, index) if column in members else None
        made[column] = Cell(where(number, index, column), raw)
    figure = made[Column.NUMERATOR]
    if (
        members.get(Column.NUMERATOR) in bare
        and Column.SYMBOL not in members
        and figure.text.lower() in SYMBOLS
    ):
        at = members[Column.NUMERATOR]
        made[Column.NUMERATOR] = Cell(figure.place, None)
        made[Column.SYMBOL] = Cell(where(number, at, Column.SYMBOL), figure.raw)
    return Row(where(number, -1), made)


def _at(cells: Sequence[str], index: int) -> str | None:
    return cells[index] if index < len(cells) else None
