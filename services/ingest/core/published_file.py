"""From bytes to rows: what a published file is, and what stands in its cells.

A file that cannot be read, or that is none of the known publications, is refused with all that was
looked for.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.errors import TartanError
from schemas.publication import Layout, Publication, plain

_EES_COLUMNS = ("time_period", "geographic_level")


class UnknownFile(TartanError):
    """The file is none that can be imported; ``problems`` say what was looked for."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{name[:120]}: {' '.join(problems)}")


@dataclass(frozen=True, slots=True)
class Table:
    """A file's heading and rows, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(content: bytes, *, name: str) -> Table:
    """Read a CSV file in UTF-8, with or without a byte order mark; empty lines do not count.

    Raises UnknownFile where it is no such file.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = "This is not a text file in UTF-8. Save the table as “CSV UTF-8” and try again."
        raise UnknownFile(name, [problem]) from None
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error:
        problem = "This is not a table that can be read: a cell is not closed or is far too long."
        raise UnknownFile(name, [problem]) from None
    if not rows:
        raise UnknownFile(name, ["The file is empty: its first line should name the columns."])
    return Table(tuple(cell.strip() for cell in rows[0]), tuple(rows[1:]))


def recognise(
    table: Table, publications: Sequence[Publication], *, name: str
) -> tuple[Publication, Mapping[str, int]]:
    """Return the publication that the table is, and where each of its columns stands.

    Columns are found under any name that they have had. Where several publications fit, the one
    with the most columns does. Raises UnknownFile where none fits.
    """
    fitting = [
        (publication, places)
        for publication in publications
        for places in [_places(table, publication)]
        if not _missing(publication, places) and _holds(table, publication, places)
    ]
    if not fitting:
        raise UnknownFile(name, list(_looked_for(table, publications)))
    return max(fitting, key=lambda pair: len(pair[0].columns))


def _places(table: Table, publication: Publication) -> dict[str, int]:
    """Return where each column stands, under today's name; the first of two alike counts."""
    at = {column: place for place, column in reversed(list(enumerate(table.columns)))}
    places = dict(at)
    for column in (*publication.columns, *publication.aliases):
        known = [at[name] for name in publication.names(column) if name in at]
        if known:
            places[column] = known[0]
    return places


def _missing(publication: Publication, places: Mapping[str, int]) -> list[str]:
    common = _EES_COLUMNS if publication.layout is Layout.EES else ()
    return [column for column in (*common, *publication.columns) if column not in places]


def _holds(table: Table, publication: Publication, places: Mapping[str, int]) -> bool:
    return all(
        any(place < len(row) and plain(row[place]) in texts for row in table.rows)
        for column, texts in publication.holds
        for place in [places[column]]
    )


def _looked_for(table: Table, publications: Sequence[Publication]) -> Iterator[str]:
    """Say what is missing from the nearest publication, then name all that can be read."""
    lacking = [(_missing(p, _places(table, p)), p) for p in publications]
    missing, nearest = min(lacking, key=lambda pair: len(pair[0]) / len(pair[1].columns))
    if missing and len(missing) < len(nearest.columns):
        columns = ", ".join(missing)
        yield f"It is nearest to “{nearest.title}”, where these columns are looked for: {columns}."
    elif not missing:
        column, texts = nearest.holds[0]
        expected = " or ".join(f"“{text}”" for text in sorted(texts))
        yield (
            f"It has the columns of “{nearest.title}”, "
            f"but nowhere in the column {column} stands {expected}."
        )
    else:
        yield "Its columns are those of no published file that can be imported."
    titles = "; ".join(publication.title for publication in publications)
    yield f"These can: {titles}."
