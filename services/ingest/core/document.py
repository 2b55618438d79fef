"""A document: what was read of a body, rows with their places, whatever format it was in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from services.ingest.core.fault import Column, Fault, Place, shown

MOST_ROWS = 2_000
"""More rows than that are no return; the largest collection has fewer than a hundred."""
MOST_COLUMNS = 400
MOST_VALUES = 50_000


class Format(StrEnum):
    """The formats in which a return is taken, by media type."""

    CSV = "text/csv"
    JSON = "application/json"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Odd:
    """A JSON value that no column takes: true, null's kin, a list, an object, NaN."""

    text: str


Raw = str | Decimal | Odd | None
"""A value as found. CSV has texts alone; None stands where there is nothing."""


class Cell(NamedTuple):
    """A value as found, and its place."""

    place: Place
    raw: Raw

    @property
    def blank(self) -> bool:
        """Whether nothing is there."""
        return self.raw is None or (isinstance(self.raw, str) and not self.raw.strip())

    @property
    def text(self) -> str:
        """The value as text without the spaces around it."""
        if isinstance(self.raw, str):
            return self.raw.strip()
        if isinstance(self.raw, Odd):
            return self.raw.text
        return "" if self.raw is None else str(self.raw)

    @property
    def shown(self) -> str:
        """The value as a report shows it."""
        return shown(self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """One observation as found: a cell for each column from ``indicator`` to ``note``."""

    place: Place
    cells: Mapping[Column, Cell]

    def __getitem__(self, column: Column) -> Cell:
        """Return the cell of a column; a column that was not sent has blank cells."""
        return self.cells[column]


@dataclass(frozen=True, slots=True)
class Document:
    """What was read.

    ``heads`` has every cell that names the authority, the collection and the period (CSV says them
    in each row). ``absent`` are columns that the body does not have at all, which is a fault of its
    own and said once. ``faults`` are those met while reading. ``refused`` means that the body looks
    like data on single children: then nothing of it is kept here. ``lines`` are the rows of a table
    as they were sent, each with its number; JSON has none. ``sheet`` is a workbook's that was read.
    """

    format: Format
    heads: Mapping[Column, tuple[Cell, ...]] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    absent: frozenset[Column] = frozenset()
    faults: tuple[Fault, ...] = ()
    refused: bool = False
    lines: tuple[tuple[int, Sequence[str]], ...] = ()
    sheet: str | None = None

    def after(self, faults: Iterable[Fault]) -> "Document":
        """Return the document with faults that were met before it could be read."""
        return replace(self, faults=(*faults, *self.faults))
