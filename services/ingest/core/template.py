"""A template: the table of a return that waits for its figures, with what each of them counts.

It is laid out once; CSV and workbook are two ways to write it. Filled in and sent back it is a
return like any other.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.definition import counted, definition, denominator_counts, last_quarter
from schemas.errors import UnknownCode
from schemas.events import Observation
from schemas.findings import guarded
from schemas.periods import Period
from schemas.reference import Library
from services.ingest.core.calendar import window
from services.ingest.core.check import catalogue_version
from services.ingest.core.version import Versions

Known = str | int | float | None
"""What a cell of a template holds."""

COLUMNS = (
    "indicator", "title", "numerator", "denominator", "symbol", "note", "last_quarter", "unit",
    "definition", "numerator_counts", "denominator_counts", "authority", "authority_name",
    "collection", "period",
)  # fmt: skip
"""The columns of a template, in order: what is typed stands beside what it is about."""

DEFINITIONS = (
    "Indicator", "Title", "Definition", "Counted", "Unit", "What the numerator counts",
    "What the denominator counts", "Source",
)  # fmt: skip
"""The header of a workbook's second sheet."""


@dataclass(frozen=True, slots=True)
class Template:
    """A return to be filled in: whose, which and when, and a row for each of its indicators.

    ``last`` has the figures of the quarter before, by indicator, where they are to be shown.
    """

    authority: Authority
    collection: str
    period: Period
    indicators: tuple[Indicator, ...]
    last: Mapping[str, Observation]

    @property
    def name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"{self.authority.code}-{self.period}-{self.collection}"

    def rows(self) -> Iterator[tuple[Known, ...]]:
        """Walk the cells of each row, in the order of COLUMNS."""
        for indicator in self.indicators:
            yield (
                indicator.code,
                indicator.name,
                None,
                None,
                None,
                None,
                last_quarter(self.last.get(indicator.code)),
                indicator.unit_in_words,
                definition(indicator),
                indicator.numerator,
                denominator_counts(indicator),
                self.authority.code,
                self.authority.name,
                self.collection,
                str(self.period),
            )

    def definitions(self) -> Iterator[tuple[str, ...]]:
        """Walk what each indicator means, in the order of DEFINITIONS."""
        for indicator in self.indicators:
            yield (
                indicator.code,
                indicator.name,
                definition(indicator),
                counted(indicator),
                indicator.unit_in_words,
                indicator.numerator,
                denominator_counts(indicator),
                indicator.source,
            )


def draw_template(
    code: str,
    period: str,
    collection: str,
    *,
    library: Library,
    known: Versions,
    with_last: bool = True,
) -> Template:
    """Return the template of an authority's return; the catalogue is the one in force.

    ``with_last`` shows the figures that stand for the quarter before. Raises UnknownCode for an
    authority that sends no returns here and for a collection that nothing is returned with,
    UnknownPeriod or NotAQuarter for what is no quarter.
    """
    sender = library.senders(known.nation).get(code.upper())
    if sender is None:
        raise UnknownCode("authority", code)
    quarter = window(known, collection=collection, period=period, library=library)
    before = (sender.code, collection, str(quarter.previous()))
    return Template(
        sender,
        collection,
        quarter,
        returned_with(collection, library=library, known=known),
        known.observations(before) if with_last else {},
    )


def returned_with(collection: str, *, library: Library, known: Versions) -> tuple[Indicator, ...]:
    """Return the indicators of a collection, by the catalogue in force; raises UnknownCode."""
    version = catalogue_version(library, known=known)
    codes = library.collection(collection, version=version)
    return tuple(library.indicator(code, version=version) for code in codes)


def write_csv(template: Template) -> bytes:
    """Return a template as CSV that spreadsheets open as it is: UTF-8 with its mark, CRLF.

    No text can become a formula.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows([guarded(cell) for cell in row] for row in template.rows())
    return text.getvalue().encode("utf-8-sig")
