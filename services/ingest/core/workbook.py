"""Reads a return from a workbook: which sheet, what its cells show, what was read into them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.ingest.core.child import any_names_a_child, heads_a_list, holds_a_child
from services.ingest.core.csv_reader import is_of_children, refusal
from services.ingest.core.document import MOST_COLUMNS, MOST_ROWS, Document, Format
from services.ingest.core.fault import COLUMNS, FIGURES, HEAD, Column, Fault, Place, fault
from services.ingest.core.figure import is_plain
from services.ingest.core.header import Line, in_words, plain
from services.ingest.core.merging import Area, spread
from services.ingest.core.table import FIRST, header_at, read_table

DEFINITIONS_SHEET = "Definitions"
"""The second sheet of a template."""
FINDINGS_SHEET = "Findings"
FINDINGS_HEADER = ("Level", "Rule", "Where", "Indicator", "Value", "What is wrong", "What to do")
"""The second sheet of a workbook into which a report was written, and what heads it."""

_OWN = {DEFINITIONS_SHEET: ("Indicator", "Title", "Definition"), FINDINGS_SHEET: FINDINGS_HEADER}


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell that is more than its value: ``kind`` is percentage, date, error or formula."""

    kind: str
    value: str | float


Value = str | float | bool | Marked | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the rows that hold something, by number from 1; merged areas count from 0."""

    name: str
    hidden: bool
    rows: tuple[tuple[int, tuple[Value, ...]], ...]
    merged: tuple[Area, ...] = ()

    def lines(self) -> list[Line]:
        """Return the rows as texts."""
        return [(number, [as_text(cell) for cell in cells]) for number, cells in self.rows]


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook holds; ``fields`` are columns of which its pivot tables keep copies."""

    sheets: tuple[Sheet, ...]
    fields: tuple[str, ...] = ()


def as_text(value: Value) -> str:
    """Return a cell as the sheet would show it with a general format; percentages with their sign.

    Numbers have fifteen significant digits, as spreadsheets calculate.
    """
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case Marked(kind="percentage"):
            return f"{_number(100 * float(value.value))}%"
        case Marked(kind="formula"):
            return f"={value.value}"
        case Marked():
            return str(value.value)
        case str():
            return value
        case _:
            return _number(value)


def _number(value: float) -> str:
    text = f"{value:.15g}"
    return text if "e" not in text else f"{value:.15f}".rstrip("0").rstrip(".")


def read_workbook(workbook: Workbook) -> Document:
    """Read the one sheet that is headed like a return; faults stand in the document.

    No sheet may hold data on single children, hidden or not, nor may the copies that pivot tables
    keep of what they were made from.
    """
    filled = {sheet.name: sheet.lines() for sheet in workbook.sheets if sheet.rows}
    if any_names_a_child(workbook.fields) or _is_of_children(filled):
        return refusal(Format.XLSX)
    sheets = [sheet for sheet in workbook.sheets if sheet.rows]
    if not sheets:
        return _refused(fault("F001"))
    headed = [sheet for sheet in sheets if header_at(filled[sheet.name]) is not None]
    shown = [sheet for sheet in headed if not sheet.hidden]
    if len(shown) > 1:
        return _refused(fault("F018", sheets=_named(shown)))
    if headed and not shown:
        return _refused(fault("F019", sheets=_named(headed)))
    visible = [sheet for sheet in sheets if not sheet.hidden]
    # Of a single sheet it is better to say what its header lacks.
    if not shown and len(visible) != 1:
        return _refused(fault("F020", sheets=_named(visible or sheets)))
    chosen = (shown or visible)[0]
    others = [sheet for sheet in sheets if sheet is not chosen and not _is_own(sheet)]
    return _read(chosen).after(_left_out(chosen, others))


def _refused(because: Fault) -> Document:
    return Document(Format.XLSX, faults=(because,))


def _named(sheets: Sequence[Sheet]) -> str:
    return in_words([f"“{sheet.name}”{' (hidden)' if sheet.hidden else ''}" for sheet in sheets])


def _is_of_children(filled: dict[str, list[Line]]) -> bool:
    is_return = any(header_at(lines) is not None for lines in filled.values())
    for lines in filled.values():
        if holds_a_child("\n".join(cell for _, cells in lines for cell in cells)):
            return True
        if is_return and header_at(lines) is None:
            if any(heads_a_list(cells) for _, cells in lines[:FIRST]):
                return True
        elif is_of_children(lines):
            return True
    return False


def _left_out(chosen: Sheet, others: Sequence[Sheet]) -> Iterator[Fault]:
    if others:
        place = Place(sheet=chosen.name)
        yield fault("F021", place=place, sheet=f"“{chosen.name}”", others=_named(others))


def _is_own(sheet: Sheet) -> bool:
    """Say whether a sheet is one that we write beside a return: there is no need to name it."""
    header = _OWN.get(sheet.name)
    _, first = sheet.rows[0]
    return header is not None and first[: len(header)] == header


def _read(sheet: Sheet) -> Document:
    for most, has, what in (
        (MOST_ROWS, len(sheet.rows) - FIRST, "rows"),
        (MOST_COLUMNS, max(len(cells) for _, cells in sheet.rows), "columns"),
    ):
        if has > most:
            return _refused(fault("F008", most=f"{most:,}", what=what))
    lines = sheet.lines()
    at = header_at(lines) or 0
    number, names = lines[at]
    columns = {
        index: Column(plain(name)) for index, name in enumerate(names) if plain(name) in COLUMNS
    }
    lines, of_merging = spread(
        lines, sheet.merged, below=number, columns=columns, fill=HEAD, sheet=sheet.name
    )
    document = read_table(lines, format=Format.XLSX, sheet=sheet.name, stray="S049")
    faults = (*document.faults, *of_merging, *_texts(document, sheet))
    return replace(document, faults=faults)


def _texts(document: Document, sheet: Sheet) -> Iterator[Fault]:
    """Yield a notice for each figure that the workbook keeps as a text."""
    values = dict(sheet.rows)
    for row in document.rows:
        for column in FIGURES:
            cell = row[column]
            number, index = cell.place.order
            given = values.get(number, ())
            found = given[index] if cell.raw is not None and index < len(given) else None
            if isinstance(found, str) and is_plain(found.strip()):
                indicator = row[Column.INDICATOR].text.upper()
                yield fault("C073", place=cell.place, indicator=indicator)
