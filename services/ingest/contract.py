"""The contract of the bodies that are sent, as JSON Schema and examples for the API's description.

The check is stricter than any schema can say: the schema is what every return has to look like,
the rules (``GET /v1/rules``) are what it has to hold.
"""

from typing import Annotated, Any, get_args

from fastapi import Query

from schemas.events import Symbol
from schemas.findings import WORKBOOK
from schemas.tidy import FIELDS, LARGEST, LONGEST_NOTE
from services.ingest.core.document import MOST_ROWS, Format
from services.ingest.example import example_csv, example_json
from services.ingest.request import CHANNELS, EXPLANATIONS
from services.runtime.multipart import MEDIA_TYPE

_SAID = {field.name: field.description for field in FIELDS}
_FIGURE = {"type": ["number", "null"], "minimum": 0, "maximum": LARGEST}

OBSERVATION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One indicator: counts, or the symbol that says why there are none.",
    "required": ["indicator"],
    "additionalProperties": False,
    "properties": {
        "indicator": {"type": "string", "description": _SAID["indicator"]},
        "numerator": {**_FIGURE, "description": _SAID["numerator"]},
        "denominator": {**_FIGURE, "description": _SAID["denominator"]},
        "symbol": {
            "type": ["string", "null"],
            "enum": [*get_args(Symbol), None],
            "description": _SAID["symbol"],
        },
        "note": {
            "type": ["string", "null"],
            "maxLength": LONGEST_NOTE,
            "description": _SAID["note"],
        },
    },
}

RETURN_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One authority's figures for one collection and quarter: every indicator of "
    "the collection, each once.",
    "required": ["authority", "collection", "period", "observations"],
    "additionalProperties": False,
    "properties": {
        "authority": {"type": "string", "description": _SAID["authority"]},
        "collection": {"type": "string", "description": _SAID["collection"]},
        "period": {"type": "string", "description": _SAID["period"]},
        "observations": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": OBSERVATION_SCHEMA,
        },
    },
}

_EXAMPLES = {
    "application/json": {
        "whole": {"summary": "A whole quarterly return (invented)", "value": example_json()}
    },
    "text/csv": {"whole": {"summary": "The same return as CSV (invented)", "value": example_csv()}},
}


_WORKBOOK = {
    "schema": {"type": "string", "format": "binary"},
}
_FORM = {
    "schema": {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {
                "type": "string",
                "format": "binary",
                "description": "The one file of the return: a workbook, CSV or JSON.",
            },
            EXPLANATIONS: {
                "type": "string",
                "contentMediaType": "application/json",
                "description": "What explains queries that the check will ask, as the body of "
                "POST /v1/returns/{return_id}/explanations; taken with the return, or neither is.",
            },
        },
    }
}


def return_body(*, checked_only: bool = False) -> dict[str, Any]:
    """Return the description of a request whose body is a return.

    What is only checked may be anything: being told what is wrong is the point.
    """
    anything = {"description": "Anything; what a return should be stands at POST /v1/returns."}
    text = {"type": "string", "description": "Columns in any order, in UTF-8."}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": anything if checked_only else RETURN_SCHEMA,
                    "examples": _EXAMPLES["application/json"],
                },
                "text/csv": {
                    "schema": anything if checked_only else text,
                    "examples": _EXAMPLES["text/csv"],
                },
                Format.XLSX.value: _WORKBOOK,
                MEDIA_TYPE: _FORM,
            },
        }
    }


REPORT: dict[str, Any] = {
    "description": "The report; with Accept: text/csv as a table, a line for each place",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}
ANNOTATED_REPORT: dict[str, Any] = {
    "description": f"{REPORT['description']}; or the file as a workbook with comments on its cells",
    "content": {
        **REPORT["content"],
        WORKBOOK: {"schema": {"type": "string", "format": "binary"}},
    },
}


def file_body() -> dict[str, Any]:
    """Return the description of a request whose body is a published file as it was downloaded."""
    return {
        "requestBody": {
            "required": True,
            "description": "A file of Explore Education Statistics as it was downloaded.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }


Supersedes = Annotated[
    str | None,
    Query(description="The id of the return that stands and that this one replaces knowingly."),
]
Channel = Annotated[
    str | None,
    Query(
        description="How the return came: `api` from a system, and as a `file` or typed into a "
        "`form` through the pages. It stands on the receipt.",
        json_schema_extra={"enum": [*CHANNELS, "", None]},
    ),
]
_WORDS = {"minLength": 1, "maxLength": LONGEST_NOTE}
Reason = Annotated[
    str | None,
    Query(
        description="Why there is another version: needed where the one that stands was signed "
        "off, shown with the return. Never about a single child.",
        json_schema_extra=_WORDS,
    ),
]
OnBehalf = Annotated[
    str | None,
    Query(
        description="For the regional analyst, who sends it in the authority's place: why. Shown "
        "with the return. Never about a single child.",
        json_schema_extra=_WORDS,
    ),
]
DueDay = Annotated[
    str | None,
    Query(
        description="The day returns are due; if left out, as many working days of England after "
        "the quarter as the collection's deadline says.",
        json_schema_extra={"format": "date"},
    ),
]
FileName = Annotated[
    str | None, Query(description="The file's name, if Content-Disposition does not say it.")
]
Release = Annotated[
    str | None,
    Query(
        description="The month of publication, as 2025-12, for a file published again; what it "
        "would be otherwise follows from the newest year in the file."
    ),
]
