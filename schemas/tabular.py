"""The tidy table of a return in the dialects of others: Table Schema, Data Package and CSVW.

They say what every file has to look like; the rules of the check are what it has to hold. A file is
described under the name ``return.csv``, beside which the document is put.
"""

from collections.abc import Sequence
from typing import Any

from schemas.catalogue import Indicator
from schemas.tidy import FIELDS, LARGEST, SYMBOLS, Field

FILE = "return.csv"
_KEY = ["authority", "collection", "period", "indicator"]
_SAID = "One authority's figures for one collection and quarter: a row for each indicator."


def table_schema(collection: str, indicators: Sequence[Indicator]) -> dict[str, Any]:
    """Return the Table Schema of a collection's return."""
    return {
        "fields": [
            {
                "name": field.name,
                "title": field.title,
                "description": field.description,
                "type": "number" if field.is_figure else "string",
                "constraints": _constraints(field, _values(field, collection, indicators)),
            }
            for field in FIELDS
        ],
        "missingValues": [""],
        "primaryKey": _KEY,
    }


def data_package(collection: str, indicators: Sequence[Indicator]) -> dict[str, Any]:
    """Return the Data Package of a collection's return: its file, its form, its schema."""
    return {
        "profile": "tabular-data-package",
        "name": f"{collection}-return",
        "title": f"A return of {collection}",
        "description": _SAID,
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": collection,
                "title": f"A return of {collection}",
                "path": FILE,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "header": True},
                "schema": table_schema(collection, indicators),
            }
        ],
    }


def csvw(collection: str, indicators: Sequence[Indicator]) -> dict[str, Any]:
    """Return the metadata that CSV on the Web asks for."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": FILE,
        "dc:title": f"A return of {collection}",
        "dc:description": _SAID,
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {
            "columns": [
                {
                    "name": field.name,
                    "titles": field.name,
                    "dc:description": field.description,
                    "required": field.required,
                    "datatype": _datatype(field, _values(field, collection, indicators)),
                }
                for field in FIELDS
            ],
            "primaryKey": _KEY,
        },
    }


DIALECTS = {
    "table-schema.json": table_schema,
    "datapackage.json": data_package,
    "csv-metadata.json": csvw,
}
"""What writes each dialect, by the name of its document."""


def _values(field: Field, collection: str, indicators: Sequence[Indicator]) -> list[str] | None:
    """Return all that a column may hold, None where there is no list of it."""
    listed: dict[str, list[str]] = {
        "collection": [collection],
        "indicator": [indicator.code for indicator in indicators],
        "symbol": list(SYMBOLS),
    }
    return listed.get(field.name)


def _constraints(field: Field, values: list[str] | None) -> dict[str, Any]:
    found: dict[str, Any] = {"required": field.required}
    if field.is_figure:
        found |= {"minimum": 0, "maximum": LARGEST}
    if values is not None:
        found["enum"] = values
    elif field.pattern is not None:
        found["pattern"] = field.pattern
    if field.longest is not None:
        found["maxLength"] = field.longest
    return found


def _datatype(field: Field, values: list[str] | None) -> str | dict[str, Any]:
    if field.is_figure:
        return {"base": "decimal", "minimum": "0", "maximum": str(LARGEST)}
    if field.longest is not None:
        return {"base": "string", "maxLength": field.longest}
    pattern = "|".join(values) if values is not None else field.pattern
    return {"base": "string", "format": pattern} if pattern else "string"
