"""Merged cells: what stands in the first of them stands for all, where that is clear."""

from collections.abc import Collection, Mapping, Sequence

from services.ingest.core.fault import Column, Fault, Place, fault
from services.ingest.core.header import Line, letters

Area = tuple[int, int, int, int]
"""First row and column, last row and column, all from 0."""


def spread(
    lines: Sequence[Line],
    merged: Sequence[Area],
    *,
    below: int,
    columns: Mapping[int, Column],
    fill: Collection[Column],
    sheet: str,
) -> tuple[list[Line], list[Fault]]:
    """Return the lines with merged values written into every row that they span, and what to say.

    It looks at the rows below the header, at number ``below``. A value over several rows of a
    column to ``fill`` is a notice. Of any other column, or over several columns, it is an error,
    and is written into them all the same: what is blank beneath it is no fault of its own.
    """
    cells = {number: list(given) for number, given in lines}
    faults = []
    for area in merged:
        top, left, bottom, right = area
        named = [columns[index] for index in range(left, right + 1) if index in columns]
        value = _at(cells.get(top + 1, []), left)
        if top + 1 <= below or not named or not value or (top == bottom and len(named) == 1):
            continue
        clear = len(named) == 1 and named[0] in fill
        name = f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        place = Place((top + 1, left), row=top + 1, column=named[0], cell=name, sheet=sheet)
        faults.append(fault("S050" if clear else "C074", place=place))
        for row in range(top + 1, bottom + 2):
            for index in range(left, right + 1):
                if columns.get(index) not in (None, Column.INDICATOR):
                    _put(cells.setdefault(row, []), index, value)
    return sorted(cells.items()), faults


def _at(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _put(cells: list[str], index: int, value: str) -> None:
    cells += [""] * (index + 1 - len(cells))
    cells[index] = value
