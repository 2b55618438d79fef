"""Writes a template as a workbook that is good to fill in.

The same template always gives the same bytes.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.catalogue import Indicator
from schemas.tidy import FIELDS, LARGEST, LONGEST_NOTE, SYMBOLS
from services.ingest.core.fault import FIGURES, Column
from services.ingest.core.figure import decimals
from services.ingest.core.template import COLUMNS, DEFINITIONS, Known, Template
from services.ingest.core.workbook import DEFINITIONS_SHEET
from services.ingest.xlsx.style import HEADER, LOOK, OPTIONS, set_page

_SHEET = "Return"
_WIDTHS = {
    "indicator": 10, "title": 36, "numerator": 13, "denominator": 13, "symbol": 10, "note": 34,
    "last_quarter": 16, "unit": 14, "definition": 48, "numerator_counts": 34,
    "denominator_counts": 34,
    "authority": 11, "authority_name": 22, "collection": 18, "period": 13,
}  # fmt: skip
_DEFINITION_WIDTHS = (10, 36, 60, 34, 14, 36, 40, 22)
_FROZEN_COLUMNS = 2
_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "header": HEADER,
    "input": {**LOOK, "bg_color": "#FFF7BF", "border": 1, "border_color": "#505A5F"},
    "closed": {**LOOK, "bg_color": "#D9D9D9", "border": 1, "border_color": "#505A5F"},
    "given": LOOK,
}
_MEANINGS = {field.name: field.description for field in FIELDS}


def write_workbook(template: Template) -> bytes:
    """Return a template as a workbook: the return, and on a second sheet what is counted.

    Every text is written as a text, so none can become a formula.
    """
    memory = io.BytesIO()
    book = Workbook(memory, dict(OPTIONS))
    looks = {name: book.add_format(dict(look)) for name, look in _LOOKS.items()}
    about = f"{template.authority.name}, {template.period.in_words()}, {template.collection}"
    day = datetime.combine(template.period.starts, time(), UTC)
    book.set_properties({"title": f"Return: {about}", "created": day.replace(tzinfo=None)})
    _write_return(book.add_worksheet(_SHEET), template, looks, about=about)
    _write_definitions(book.add_worksheet(DEFINITIONS_SHEET), template, looks, about=about)
    book.close()
    return memory.getvalue()


def _write_return(
    sheet: Worksheet, template: Template, looks: Mapping[str, Format], *, about: str
) -> None:
    rows = list(template.rows())
    _lay_out(sheet, COLUMNS, rows, looks, about=about, widths=_WIDTHS.values(), name="Return")
    sheet.freeze_panes(1, _FROZEN_COLUMNS)
    for number, indicator in enumerate(template.indicators, start=1):
        for column in FIGURES:
            _open_figure(sheet, number, COLUMNS.index(column), indicator, column, looks)
        for column in (Column.SYMBOL, Column.NOTE):
            sheet.write_blank(number, COLUMNS.index(column), None, looks["input"])
    last = len(rows)
    symbol, note = COLUMNS.index("symbol"), COLUMNS.index("note")
    sheet.data_validation(1, symbol, last, symbol, _of_symbols())
    sheet.data_validation(1, note, last, note, _of_notes())


def _open_figure(
    sheet: Worksheet,
    row: int,
    index: int,
    indicator: Indicator,
    column: Column,
    looks: Mapping[str, Format],
) -> None:
    if column is Column.DENOMINATOR and not indicator.sends_denominator:
        sheet.write_blank(row, index, None, looks["closed"])
        sheet.data_validation(row, index, row, index, _of_nothing(indicator.code))
        return
    sheet.write_blank(row, index, None, looks["input"])
    whole = not decimals(indicator, column)
    sheet.data_validation(row, index, row, index, _of_figures(indicator.code, whole=whole))


def _of_figures(code: str, *, whole: bool) -> dict[str, Any]:
    kind = "a whole number" if whole else "a number with at most one decimal"
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": LARGEST,
        "error_title": f"{code}: this is not a count",
        "error_message": f"Type {kind}, 0 or more. If there is no figure, leave it blank and "
        "choose a symbol.",
    }


def _of_nothing(code: str) -> dict[str, Any]:
    return {
        "validate": "length",
        "criteria": "==",
        "value": 0,
        "input_title": f"{code}: leave this blank",
        "input_message": "This indicator needs no denominator from you.",
        "error_title": f"{code}: leave this blank",
        "error_message": "This indicator needs no denominator from you. Take the figure out.",
    }


def _of_symbols() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(SYMBOLS),
        "input_title": "Only if there is no figure",
        "input_message": f"{_MEANINGS['symbol']} Say why in the note.",
        "error_title": "There is no such symbol",
        "error_message": _MEANINGS["symbol"],
    }


def _of_notes() -> dict[str, Any]:
    return {
        "validate": "length",
        "criteria": "<=",
        "value": LONGEST_NOTE,
        "error_title": "The note is too long",
        "error_message": f"At most {LONGEST_NOTE:,} characters are kept. Shorten it.",
    }


def _write_definitions(
    sheet: Worksheet, template: Template, looks: Mapping[str, Format], *, about: str
) -> None:
    rows = list(template.definitions())
    widths = _DEFINITION_WIDTHS
    _lay_out(sheet, DEFINITIONS, rows, looks, about=about, widths=widths, name="Definitions")
    sheet.freeze_panes(1, _FROZEN_COLUMNS)


def _lay_out(
    sheet: Worksheet,
    header: Sequence[str],
    rows: Sequence[Sequence[Known]],
    looks: Mapping[str, Format],
    *,
    about: str,
    widths: Iterable[int],
    name: str,
) -> None:
    """Write a table with its header, made to be read and to be printed."""
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    named = [{"header": each, "header_format": looks["header"]} for each in header]
    area = (0, 0, len(rows), len(header) - 1)
    sheet.add_table(*area, {"name": name, "columns": named, "style": None, "autofilter": False})
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, index, cell, looks["given"])
            elif cell is not None:
                sheet.write_number(number, index, cell, looks["given"])
    set_page(sheet)
    sheet.set_footer(f"&L{about.replace('&', '&&')}&RPage &P of &N")
