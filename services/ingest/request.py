"""Reads what a request says besides its body: media type, file name, days and months."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.message import Message

from fastapi import Request
from pydantic import ValidationError

from services.ingest.core.document import Format
from services.ingest.core.encoding import format_of
from services.ingest.core.explanation import Given
from services.ingest.given import ExplanationRequest
from services.runtime.multipart import MEDIA_TYPE, read_form
from services.runtime.problem import Problem

_LONGEST_NAME = 120
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
EXPLANATIONS = "explanations"
CHANNELS = ("api", "file", "form")
"""How a return may come: from a system, or as a file or typed into a form through the pages."""


async def body_of(request: Request) -> bytes:
    """Return the body as it was sent."""
    return await request.body()


@dataclass(frozen=True, slots=True)
class Sent:
    """A return as it was sent: the file's own bytes, whatever they came in, and its format.

    ``explanations`` came with it in its form, for queries that its sender knows of.
    """

    content: bytes
    format: Format
    explanations: Sequence[Given] = ()


def sent(body: bytes, *, content_type: str) -> Sent:
    """Return what was sent: the body as its media type says, or the one file of a form.

    Of a file in a form the content says what it is: browsers call a CSV file many things.
    """
    media = content_type.split(";")[0].strip().lower()
    if media == MEDIA_TYPE:
        form = read_form(body, content_type=content_type)
        return Sent(form.content, format_of(form.content), _explanations(form.fields))
    try:
        return Sent(body, Format(media))
    except ValueError:
        taken = [*Format, MEDIA_TYPE]
        raise Problem(
            415,
            "unsupported-media-type",
            "The body is of a type that is not taken",
            f"Send the return with the header Content-Type: {', '.join(Format)}, or as the file of "
            f"a form ({MEDIA_TYPE}). Save other workbooks as “Excel Workbook (.xlsx)”.",
            headers={"Accept-Post": ", ".join(taken)},
            accepted=taken,
        ) from None


def _explanations(fields: Mapping[str, bytes]) -> Sequence[Given]:
    if not (said := fields.get(EXPLANATIONS, b"").strip()):
        return ()
    try:
        return ExplanationRequest.model_validate_json(said).given()
    except ValidationError:
        raise _not_understood(
            EXPLANATIONS,
            'JSON, as {"explanations": [{"indicator": "CP01", "text": "A police operation."}]}',
            pointer=f"/{EXPLANATIONS}",
        ) from None


def a_channel(name: str | None) -> str:
    """Return how a return came; a problem where nothing comes so."""
    if not name or name in CHANNELS:
        return name or CHANNELS[0]
    raise _not_understood("channel", f"one of {', '.join(CHANNELS)}")


def file_name(request: Request, name: str | None) -> str:
    """Return the file's own name: the parameter, else Content-Disposition, never a path."""
    header = Message()
    header["content-disposition"] = request.headers.get("content-disposition", "")
    given = name or header.get_filename() or "file.csv"
    last = re.split(r"[/\\]", given)[-1]
    plain = "".join(letter for letter in last if letter.isprintable()).strip()
    return plain[-_LONGEST_NAME:] or "file.csv"


def day(text: str | None) -> date | None:
    """Return the day; a problem where the text is none."""
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _not_understood("due", "a day, as 2026-11-11")


def month(text: str | None) -> str | None:
    """Return the month of a release; a problem where the text is none."""
    if text is not None and not _MONTH.fullmatch(text):
        raise _not_understood("release", "the month of publication, as 2025-12")
    return text


def _not_understood(parameter: str, expected: str, *, pointer: str = "") -> Problem:
    detail = f"Write {parameter} as {expected}, or leave it out."
    return Problem(
        422,
        "request-not-understood",
        f"The parameter {parameter} could not be understood",
        detail,
        errors=[{"detail": detail, "pointer": pointer or f"/query/{parameter}"}],
    )
