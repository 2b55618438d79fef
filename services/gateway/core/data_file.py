"""The files of a data set: the pair that Explore Education Statistics takes, and CSVW metadata.

A row is an authority's quarter, a column one of its figures. What was not returned is ``x``, never
a blank.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from schemas.authority import Authority
from schemas.numbers import round_half_up
from services.gateway.core.data_set import Column, DataSet
from services.gateway.core.wording import domain

DATA, META, CSVW = ".csv", ".meta.csv", ".csv-metadata.json"
NOT_AVAILABLE, NOT_APPLICABLE = "x", "z"
SYMBOLS = ("z", "x", "c", "u", "low")
"""What stands where there is no figure."""
META_COLUMNS = (
    "col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp",
    "filter_hint", "filter_grouping_column",
)  # fmt: skip
_ENGLAND = ("E92000001", "England")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_UNITS = (
    ("time_period", "The financial year, as 202627."),
    ("time_identifier", "The quarter of the financial year; Q1 is April to June."),
    ("geographic_level", "Always Local authority: no total is given."),
    ("country_code", "ONS code of the country; x where the authority is invented."),
    ("country_name", "The country."),
    ("region_code", "ONS code of the region; x where it is invented."),
    ("region_name", "The region."),
    ("old_la_code", "The code of the Department for Education."),
    ("new_la_code", "The ONS code in force at the end of the quarter; x where there is none."),
    ("la_name", "The authority's name."),
)


def write_data(said: DataSet) -> str:
    """Return the data file."""
    columns = said.columns
    header = [*(name for name, _ in _UNITS), *(column.name for column in columns), "conditions"]
    return _write([header, *(_row(said, each, columns) for each in said.authorities)])


def write_meta(said: DataSet) -> str:
    """Return the metadata file: a row for each column of figures."""
    rows = (
        [
            column.name,
            "Indicator",
            guard(column.label),
            guard(domain(column.indicator.domain)),
            column.unit,
            str(column.decimals),
            "",
            "",
        ]
        for column in said.columns
    )
    return _write([list(META_COLUMNS), *rows])


def write_csvw(said: DataSet) -> dict[str, Any]:
    """Return what CSV on the Web says of the data file, beside which it stands."""
    units = [
        {"name": name, "titles": name, "dc:description": text, "required": True}
        for name, text in _UNITS
    ]
    figures = [
        {
            "name": column.name,
            "titles": column.name,
            "dc:title": column.label,
            "dc:description": column.description,
            "datatype": "decimal",
            "null": list(SYMBOLS),
        }
        for column in said.columns
    ]
    condition = {
        "name": "conditions",
        "titles": "conditions",
        "dc:description": "Who may have this row.",
        "datatype": "string",
        "required": True,
    }
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{said.id}{DATA}",
        "dc:title": said.title,
        "dc:description": "An authority's quarter in each row. Where there is no figure stands z "
        "(not applicable), x (not available), c (confidential), u (unreliable) or low (rounds to "
        "zero).",
        "dc:rights": said.conditions,
        "dc:accessRights": said.conditions,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {
            "columns": [{**unit, "datatype": _datatype(str(unit["name"]))} for unit in units]
            + figures
            + [condition],
            "primaryKey": ["time_period", "time_identifier", "old_la_code"],
        },
    }


def guard(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (ASVS 1.2.10); not for figures."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(said: DataSet, authority: Authority, columns: Sequence[Column]) -> list[str]:
    year = said.period.year
    country = (NOT_AVAILABLE, said.region.name) if said.is_invented else _ENGLAND
    document = said.standings.get(authority.code) or {}
    standings = document.get("standings", {}) if document.get("return_id") else {}
    return [
        f"{year}{(year + 1) % 100:02d}",
        f"Financial year Q{said.period.part}",
        "Local authority",
        *(guard(text) for text in country),
        NOT_AVAILABLE if said.is_invented else said.region.code,
        guard(said.region.name),
        authority.code,
        authority.ons_code_on(said.period.ends) or NOT_AVAILABLE,
        guard(authority.name),
        *(_cell(standings.get(column.indicator.code), column) for column in columns),
        said.conditions,
    ]


def _cell(standing: Mapping[str, Any] | None, column: Column) -> str:
    """Return a figure, or the symbol for why there is none."""
    if standing is None:
        return NOT_AVAILABLE
    symbol = standing.get("symbol")
    if symbol is not None:
        # k is low of a sensitive subject; Explore Education Statistics knows low alone.
        return "low" if symbol == "k" else str(symbol)
    found = standing.get(column.part)
    if found is not None:
        return _value(found, column.decimals) if column.part == "value" else _count(found)
    is_of_none = column.part == "value" and standing.get("denominator") == 0
    return NOT_APPLICABLE if is_of_none else NOT_AVAILABLE


def _value(value: float, decimals: int) -> str:
    return f"{round_half_up(value, decimals):.{decimals}f}"


def _count(count: float) -> str:
    """Return a count as it was returned: no exponent, no decimal point that says nothing."""
    whole = float(count).is_integer()
    return str(int(count)) if whole else f"{Decimal(repr(float(count))):f}"


def _datatype(name: str) -> str | dict[str, str]:
    return {"base": "string", "format": r"\d{6}"} if name == "time_period" else "string"


def _write(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
