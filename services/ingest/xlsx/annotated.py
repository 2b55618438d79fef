"""Writes what a check says into the file that was checked: comments on its cells, and a list.

The same file with the same report always gives the same bytes.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import DuplicateWorksheetName, InvalidWorksheetName
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.events import Severity
from services.ingest.core.annotation import Annotation, Remark, Spot
from services.ingest.core.figure import is_plain
from services.ingest.core.header import letters
from services.ingest.core.report import where
from services.ingest.core.workbook import FINDINGS_HEADER, FINDINGS_SHEET
from services.ingest.xlsx.style import HEADER, LOOK, OPTIONS, set_page

_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "plain": LOOK,
    "header": HEADER,
    "link": {**LOOK, "font_color": "#1D70B8", "underline": 1},
    Severity.ERROR: {**LOOK, "bg_color": "#F6D7D2", "border": 2, "border_color": "#D4351C"},
    Severity.QUERY: {**LOOK, "bg_color": "#FFF7BF", "border": 1, "border_color": "#505A5F"},
    Severity.NOTICE: {**LOOK, "bg_color": "#D2E2F1", "border": 4, "border_color": "#505A5F"},
}
_GRAVEST = (Severity.ERROR, Severity.QUERY, Severity.NOTICE)
_WORDS = {Severity.ERROR: "Error", Severity.QUERY: "Query", Severity.NOTICE: "Notice"}
_WIDTHS = (9, 8, 30, 16, 20, 70, 70)
_COLUMN_WIDTH = 16
_LONGEST_COMMENT = 2_000
_COMMENT = {"author": "Tartan", "x_scale": 3, "font_size": 9}
_LINE_HEIGHT, _LINE_LETTERS = 18, 60


def write_annotated(annotation: Annotation) -> bytes:
    """Return the file as a workbook with a comment on each cell that something is said of.

    A second sheet lists all that is said, as the report has it. Every text is written as a text,
    so none can become a formula. Corrected and sent back, the workbook is taken as a return.
    """
    memory = io.BytesIO()
    book = Workbook(memory, dict(OPTIONS))
    looks = {name: book.add_format(dict(look)) for name, look in _LOOKS.items()}
    book.set_properties({"title": annotation.title, "created": _ALWAYS})
    name = ""
    if annotation.lines:
        sheet = _add_sheet(book, annotation.sheet)
        name = sheet.get_name()
        _write_lines(sheet, annotation, looks)
    _write_findings(_add_sheet(book, FINDINGS_SHEET), annotation, looks, beside=name)
    book.close()
    return memory.getvalue()


def _add_sheet(book: Workbook, name: str) -> Worksheet:
    """Add a sheet of that name, or of another where the workbook takes none of that."""
    try:
        return book.add_worksheet(name)
    except (DuplicateWorksheetName, InvalidWorksheetName):
        return book.add_worksheet()


def _write_lines(sheet: Worksheet, annotation: Annotation, looks: Mapping[str, Format]) -> None:
    said = dict(annotation.beside())
    sheet.set_column(0, max(len(cells) for _, cells in annotation.lines) - 1, _COLUMN_WIDTH)
    for number, cells in annotation.lines:
        for index, text in enumerate(cells):
            look = looks[_gravest(said[number, index])] if (number, index) in said else None
            _write_cell(sheet, (number, index), text, look or looks["plain"])
    texts = {(number, index) for number, cells in annotation.lines for index in range(len(cells))}
    for (number, index), remarks in said.items():
        if (number, index) not in texts:
            sheet.write_blank(number - 1, index, None, looks[_gravest(remarks)])
        comment = _comment(remarks)
        height = _LINE_HEIGHT * (2 + comment.count("\n") + len(comment) // _LINE_LETTERS)
        sheet.write_comment(number - 1, index, comment, {**_COMMENT, "height": height})


def _write_cell(sheet: Worksheet, spot: Spot, text: str, look: Format) -> None:
    number, index = spot
    # What a number would be written as otherwise, as 007 or 1.50, stays as it was sent.
    if is_plain(text) and f"{float(text):.15g}" == text:
        sheet.write_number(number - 1, index, float(text), look)
    elif text:
        sheet.write_string(number - 1, index, text, look)
    else:
        sheet.write_blank(number - 1, index, None, look)


def _gravest(remarks: Sequence[Remark]) -> Severity:
    found = {remark.finding.severity for remark in remarks}
    return next(severity for severity in _GRAVEST if severity in found)


def _comment(remarks: Sequence[Remark]) -> str:
    said = [
        f"{_WORDS[found.severity]} {found.code}: {found.detail}\n{found.fix}"
        for found in dict.fromkeys(remark.finding for remark in remarks)
    ]
    text = "\n\n".join(said)
    return text if len(text) <= _LONGEST_COMMENT else text[: _LONGEST_COMMENT - 1] + "…"


def _write_findings(
    sheet: Worksheet, annotation: Annotation, looks: Mapping[str, Format], *, beside: str
) -> None:
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    for index, name in enumerate(FINDINGS_HEADER):
        sheet.write_string(0, index, name, looks["header"])
    sheet.freeze_panes(1, 0)
    for number, remark in enumerate(annotation.remarks, start=1):
        found = remark.finding
        texts = (
            _WORDS[found.severity],
            found.code,
            where(remark.place),
            remark.indicator,
            found.value or "",
            found.detail,
            found.fix,
        )
        for index, text in enumerate(texts):
            sheet.write_string(number, index, text, looks["plain"])
        sheet.write_string(number, 0, texts[0], looks[found.severity])
        if remark.spot is not None:
            _link(sheet, number, remark.spot, beside, texts[2], looks["link"])
    set_page(sheet)


def _link(sheet: Worksheet, number: int, spot: Spot, name: str, text: str, look: Format) -> None:
    quoted = name.replace("'", "''")
    cell = f"internal:'{quoted}'!{letters(spot[1])}{spot[0]}"
    sheet.write_url(number, 2, cell, look, text)
