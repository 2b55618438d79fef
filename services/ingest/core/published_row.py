"""Rows of a published file: which cells serve which measure, for which area and year."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from schemas.publication import Cell, Layout, Measure, Publication, plain
from schemas.reference import Library
from services.ingest.core.published_account import Reason
from services.ingest.core.published_area import area_of
from services.ingest.core.published_file import Table

_WHOLE_YEARS = {"reporting year", "calendar year", "academic year", "financial year", ""}
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)(?:\s*[-/]?\s*(?:19|20)?(?P<second>\d\d))?", re.ASCII)
_CENTURY = 100


@dataclass(frozen=True, slots=True)
class Target:
    """Where a row's cell belongs: measure, figure and part by number; ``place`` is its column."""

    measure: int
    figure: int
    part: int
    place: int


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a row is about: the same targets, area and year may stand in a file only once."""

    match: int
    area: str
    year: int


@dataclass(slots=True)
class Rows:
    """The rows that serve a measure, by key, and the count of those that do not, by reason.

    ``matches`` gives the targets that a key's match stands for.
    """

    kept: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    matches: list[tuple[Target, ...]] = field(default_factory=list)
    aside: Counter[Reason] = field(default_factory=Counter)


def sort_rows(
    table: Table, publication: Publication, places: Mapping[str, int], library: Library
) -> Rows:
    """Place every row of the table, or set it aside for the first reason that holds.

    A row said twice is taken once. Where two rows of one key differ, neither is taken.
    """
    rows = Rows()
    sorter = _Sorter(publication, places, library, rows.matches)
    contradicted: set[Key] = set()
    for row in table.rows:
        key = sorter.place(row) if len(row) == len(table.columns) else Reason.BROKEN_ROW
        if isinstance(key, Reason):
            rows.aside[key] += 1
        elif key in contradicted:
            rows.aside[Reason.CONTRADICTION] += 1
        elif key not in rows.kept:
            rows.kept[key] = row
        elif sorter.cells(key, row) == sorter.cells(key, rows.kept[key]):
            rows.aside[Reason.DUPLICATE] += 1
        else:
            contradicted.add(key)
            del rows.kept[key]
            rows.aside[Reason.CONTRADICTION] += 2
    return rows


@dataclass(slots=True)
class _Sorter:
    """Places rows one by one; what rows share (area, year, breakdown) is worked out once."""

    publication: Publication
    places: Mapping[str, int]
    library: Library
    matches: list[tuple[Target, ...]]
    _areas: dict[tuple[str, ...], str | Reason] = field(default_factory=dict)
    _years: dict[tuple[str, ...], int | None] = field(default_factory=dict)
    _numbers: dict[tuple[str, ...], int | None] = field(default_factory=dict)
    _by: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        columns = {
            column
            for measure in self.publication.measures
            for _, _, cell in _cells(measure)
            for column, _ in cell.where
        }
        self._by = tuple((column, self.places[column]) for column in sorted(columns))

    def place(self, row: tuple[str, ...]) -> Key | Reason:
        """Return what the row is about, or why it is set aside."""
        if not self.publication.measures:
            return Reason.NO_INDICATOR
        match = self._match(row)
        if match is None:
            return Reason.OTHER_BREAKDOWN
        area = self._area(row)
        if isinstance(area, Reason):
            return area
        year = self._year(row)
        return Reason.OTHER_PERIOD if year is None else Key(match, area, year)

    def cells(self, key: Key, row: tuple[str, ...]) -> tuple[str, ...]:
        """Return the cells of a row that its targets read."""
        return tuple(row[target.place].strip() for target in self.matches[key.match])

    def _match(self, row: tuple[str, ...]) -> int | None:
        texts = tuple(row[place] for _, place in self._by)
        if texts not in self._numbers:
            targets = tuple(self._targets(dict(zip((c for c, _ in self._by), texts, strict=True))))
            self._numbers[texts] = self._number(targets) if targets else None
        return self._numbers[texts]

    def _number(self, targets: tuple[Target, ...]) -> int:
        if targets not in self.matches:
            self.matches.append(targets)
        return self.matches.index(targets)

    def _targets(self, texts: Mapping[str, str]) -> Iterator[Target]:
        for at, measure in enumerate(self.publication.measures):
            for figure, part, cell in _cells(measure):
                place = self.places.get(cell.column)
                fits = all(plain(texts[column]) in allowed for column, allowed in cell.where)
                if place is not None and fits:
                    yield Target(at, figure, part, place)

    def _area(self, row: tuple[str, ...]) -> str | Reason:
        named = tuple(row[self.places[c]].strip() for c in _AREA_COLUMNS if c in self.places)
        if named not in self._areas:
            columns = (column for column in _AREA_COLUMNS if column in self.places)
            texts = dict(zip(columns, named, strict=True))
            self._areas[named] = area_of(texts, self.publication, self.library)
        return self._areas[named]

    def _year(self, row: tuple[str, ...]) -> int | None:
        lait = self.publication.layout is Layout.LAIT
        text = row[self.places["years" if lait else "time_period"]].strip()
        identifier = self.places.get("time_identifier")
        kind = "" if lait or identifier is None else row[identifier].strip().casefold()
        if (text, kind) not in self._years:
            self._years[text, kind] = _year_of(text) if kind in _WHOLE_YEARS else None
        return self._years[text, kind]


_AREA_COLUMNS = (
    "geographic_level",
    "country_code",
    "region_code",
    "old_la_code",
    "new_la_code",
    "la_name",
    "area_name",
)


def _cells(measure: Measure) -> Iterator[tuple[int, int, Cell]]:
    for at, figure in enumerate(measure.figures):
        for part, cell in enumerate(figure.parts if figure is not None else ()):
            yield at, part, cell


def _year_of(text: str) -> int | None:
    """Return the year in which "2025", "202425", "2024/25" or "2024-25" ends, else None."""
    found = _YEAR.fullmatch(text)
    if found is None:
        return None
    year = int(found["year"])
    if found["second"] is None:
        return year
    return year + 1 if int(found["second"]) == (year + 1) % _CENTURY else None
