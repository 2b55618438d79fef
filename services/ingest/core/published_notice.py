"""What a person should know of an imported file although nothing was refused."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.ingest.core.published_figure import LEGACY, Part

Marks = Counter[tuple[int, str | None]]
"""Column, by number, and mark; None is any text that is neither a number nor a symbol."""


def odd_marks(
    row: Sequence[str], read: Mapping[int, Part | None]
) -> Iterator[tuple[int, str | None]]:
    """Yield the cells whose text is no number and no symbol of today; the text is not repeated."""
    for place, part in read.items():
        mark = row[place].strip()
        if part is None or mark in LEGACY:
            yield place, mark if mark in LEGACY else None


def mark_notices(marks: Marks, columns: Sequence[str]) -> list[str]:
    """Return a sentence per column and mark, in the order of the columns."""
    ordered = sorted(marks.items(), key=lambda item: (item[0][0], item[0][1] or "", item[1]))
    return [f"{columns[place]}: {_said(mark, count)}" for (place, mark), count in ordered]


def _said(mark: str | None, count: int) -> str:
    cells = f"{count} cell" if count == 1 else f"{count} cells"
    if mark is None:
        return f"neither a number nor a symbol in {cells}, taken as x (not available)."
    shown = f"“{mark}”" if mark else "nothing"
    return f"{shown} in {cells}, taken as {LEGACY[mark]}."


def range_notices(implausible: Iterable[tuple[str, int]]) -> list[str]:
    """Return a sentence per indicator whose England value cannot be right, with its years."""
    years: dict[str, list[str]] = {}
    for indicator, year in implausible:
        years.setdefault(indicator, []).append(str(year))
    return [
        f"{indicator}: England's value lies outside those of all authorities "
        f"and is not taken ({', '.join(found)})."
        for indicator, found in years.items()
    ]
