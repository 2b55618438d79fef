"""The annotation: what a check says, beside the cells of the file of which it says so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.ingest.core.document import Document
from services.ingest.core.fault import HEAD, WHOLE, Column, Place
from services.ingest.core.header import Line
from services.ingest.core.report import Finding, Report

_SHEET = "Return"
_HEADER = tuple(Column)

Spot = tuple[int, int]
"""A cell of a table by its row, from 1, and its column, from 0."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One place of one finding. ``spot`` is where it stands in the table, None if nowhere there."""

    finding: Finding
    place: Place
    indicator: str
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A file as a table, with the remarks in the order of the report.

    ``lines`` are the rows that hold something, each with its number from 1, as they were sent; of
    JSON they are laid out as CSV has them. There are none of a file that could not be read, nor of
    one that looks like data on single children.
    """

    title: str
    sheet: str
    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...]

    def beside(self) -> Mapping[Spot, Sequence[Remark]]:
        """Return the remarks of each cell that has some."""
        found: dict[Spot, list[Remark]] = {}
        for remark in self.remarks:
            if remark.spot is not None:
                found.setdefault(remark.spot, []).append(remark)
        return found


def annotate(document: Document, report: Report) -> Annotation:
    """Return what was checked, with what the check says of it."""
    pointers: dict[str, Spot] = {}
    lines = document.lines or tuple(_laid_out(document, pointers))
    rows = frozenset(number for number, _ in lines)
    sheet = document.sheet or _SHEET
    return Annotation(
        report.title,
        sheet,
        lines,
        tuple(
            Remark(finding, place, indicator, _spot(place, sheet, rows, pointers))
            for finding in report.findings
            for place, indicator in _places(finding)
        ),
    )


def _places(finding: Finding) -> Iterator[tuple[Place, str]]:
    """Yield each place with the indicators that it is of."""
    places = finding.places or (WHOLE,)
    own = len(finding.indicators) == len(places)
    together = ", ".join(finding.indicators)
    for index, place in enumerate(places):
        yield place, finding.indicators[index] if own else together


def _spot(
    place: Place, sheet: str, rows: frozenset[int], pointers: Mapping[str, Spot]
) -> Spot | None:
    if place.pointer is not None:
        return pointers.get(place.pointer)
    number, index = place.order
    if number not in rows or place.sheet not in (None, sheet):
        return None
    return number, max(index, 0)


def _laid_out(document: Document, pointers: dict[str, Spot]) -> Iterator[Line]:
    """Yield the lines of a body that is no table, and note where each of its places went."""
    if not document.rows:
        return
    yield 1, list(_HEADER)
    said = [document.heads.get(column, ()) for column in HEAD]
    head = [cells[0].text if cells else "" for cells in said]
    for index, cells in enumerate(said):
        if cells and cells[0].place.pointer:
            pointers[cells[0].place.pointer] = (2, index)
    for number, row in enumerate(document.rows, start=2):
        if row.place.pointer:
            pointers[row.place.pointer] = (number, len(HEAD))
        figures = [row[column] for column in _HEADER[len(HEAD) :]]
        for index, cell in enumerate(figures, start=len(HEAD)):
            if cell.place.pointer:
                pointers[cell.place.pointer] = (number, index)
        yield number, [*head, *(cell.text for cell in figures)]
