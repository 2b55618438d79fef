"""Published figures: from the bytes of one file to the data sets that are logged.

Nothing is rounded and nothing guessed: a row that cannot be placed is set aside under a named
reason, and rows used and set aside add up to the rows read.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from schemas.events import FiguresPublished
from schemas.publication import Publication
from schemas.reference import ENGLAND_CODE, Library
from services.ingest.core.published_account import Account, Reason
from services.ingest.core.published_figure import Part, read_cell
from services.ingest.core.published_file import UnknownFile, read_table, recognise
from services.ingest.core.published_joint import rejoin
from services.ingest.core.published_notice import Marks, mark_notices, odd_marks, range_notices
from services.ingest.core.published_row import Key, Rows, sort_rows
from services.ingest.core.published_set import (
    File,
    Gathered,
    Line,
    data_set,
    lines_of,
    period_of,
)

__all__ = ["Account", "Imported", "Reason", "UnknownFile", "import_file"]

_YEAR = timedelta(days=364)

Year = tuple[int, int]
"""A measure of the publication, by number, and a year."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file gave: its publication, data sets in order, the account of its rows, notices."""

    source: str
    title: str
    data_sets: tuple[FiguresPublished, ...]
    account: Account
    notices: tuple[str, ...]


def import_file(
    content: bytes, *, name: str, library: Library, release: str | None = None
) -> Imported:
    """Read one published file.

    ``release`` ("2025-11") replaces the usual month of publication, for a file that was published
    again with the same newest year. The same bytes, tables and release always give the same result.
    Raises UnknownFile, which says what was looked for, and nothing else.
    """
    table = read_table(content, name=name)
    publication, places = recognise(table, library.publications, name=name)
    rows = sort_rows(table, publication, places, library)
    notices = rejoin(rows, publication, library)
    gathered, marks = _gather(rows)
    lines = dict(_lines(gathered, publication, library))
    file = File(name=name, sha256=hashlib.sha256(content).hexdigest(), release=release)
    notices += mark_notices(marks, table.columns) + range_notices(
        _implausible(gathered, publication)
    )
    return Imported(
        source=publication.source,
        title=publication.title,
        data_sets=tuple(_data_sets(lines, publication, file)),
        account=_account(len(table.rows), rows, lines, gathered),
        notices=tuple(notices),
    )


def _gather(rows: Rows) -> tuple[dict[Year, Gathered], Marks]:
    """Bring the cells of each measure and year together; count the marks of no meaning today."""
    gathered: dict[Year, Gathered] = {}
    marks: Marks = Counter()
    for key, row in rows.kept.items():
        targets = rows.matches[key.match]
        read = {place: read_cell(row[place]) for place in {target.place for target in targets}}
        marks.update(odd_marks(row, read))
        for target in targets:
            part: Part | None = read[target.place]
            year = gathered.setdefault((target.measure, key.year), Gathered())
            year.put(key.area, target.figure, target.part, "x" if part is None else part)
    return gathered, marks


def _lines(
    gathered: Mapping[Year, Gathered], publication: Publication, library: Library
) -> Iterator[tuple[Year, dict[str, Line]]]:
    catalogue = library.catalogue(max(library.catalogues))
    absent: dict[str, frozenset[str]] = {}
    for (at, year), cells in sorted(gathered.items()):
        measure = publication.measures[at]
        _, ends = period_of(measure, year)
        if ends not in absent:
            last = date.fromisoformat(ends)
            absent[ends] = library.absent(last - _YEAR, last)
        indicator = catalogue.get(measure.indicator)
        yield (at, year), lines_of(cells, measure, indicator, absent=absent[ends])


def _implausible(
    gathered: Mapping[Year, Gathered], publication: Publication
) -> Iterator[tuple[str, int]]:
    for (measure, year), cells in sorted(gathered.items()):
        if cells.implausible:
            yield publication.measures[measure].indicator, year


def _data_sets(
    lines: Mapping[Year, Mapping[str, Line]], publication: Publication, file: File
) -> Iterator[FiguresPublished]:
    """Yield the data sets in the order of the mapping, the oldest year first."""
    newest: dict[int, int] = {}
    for (measure, year), found in lines.items():
        if found:
            newest[measure] = max(year, newest.get(measure, year))
    for (measure, year), found in lines.items():
        if found:
            yield data_set(
                found,
                publication.measures[measure],
                year=year,
                newest=newest[measure],
                publication=publication,
                file=file,
            )


def _account(
    read: int,
    rows: Rows,
    lines: Mapping[Year, Mapping[str, Line]],
    gathered: Mapping[Year, Gathered],
) -> Account:
    aside = Counter(rows.aside)
    used = 0
    for key in rows.kept:
        reason = _unused(key, rows, lines, gathered)
        if reason is None:
            used += 1
        else:
            aside[reason] += 1
    return Account(read=read, used=used, aside=MappingProxyType(dict(sorted(aside.items()))))


def _unused(
    key: Key,
    rows: Rows,
    lines: Mapping[Year, Mapping[str, Line]],
    gathered: Mapping[Year, Gathered],
) -> Reason | None:
    """Return why no data set has the row's area and year, None where one has."""
    years = {(target.measure, key.year) for target in rows.matches[key.match]}
    if any(key.area in lines[year] for year in years):
        return None
    if key.area == ENGLAND_CODE and any(gathered[year].implausible for year in years):
        return Reason.OUT_OF_RANGE
    if any(gathered[year].hollow for year in years):
        return Reason.NO_FIGURES
    gone = any(key.area in gathered[year].gone for year in years)
    return Reason.NOT_IN_BEING if gone else Reason.PART_MISSING
