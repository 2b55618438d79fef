"""Reads what a request says besides its body: media type, file name, days and months."""

import re
from datetime import date
from email.message import Message

from fastapi import Request

from services.ingest.core.document import Format
from services.runtime.problem import Problem

_LONGEST_NAME = 120
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


async def body_of(request: Request) -> bytes:
    """Return the body as it was sent."""
    return await request.body()


def media_type(request: Request) -> Format:
    """Return the format of the body by its media type; parameters of it do not matter."""
    sent = request.headers.get("content-type", "")
    try:
        return Format(sent.split(";")[0].strip().lower())
    except ValueError:
        taken = ", ".join(Format)
        raise Problem(
            415,
            "unsupported-media-type",
            "The body is of a type that is not taken",
            f"Send the return with the header Content-Type: {' or '.join(Format)}. "
            "From Excel, save the sheet as “CSV UTF-8” and send it as text/csv.",
            headers={"Accept-Post": taken},
            accepted=list(Format),
        ) from None


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


def _not_understood(parameter: str, expected: str) -> Problem:
    detail = f"Write {parameter} as {expected}, or leave it out."
    return Problem(
        422,
        "request-not-understood",
        f"The parameter {parameter} could not be understood",
        detail,
        errors=[{"detail": detail, "pointer": f"/query/{parameter}"}],
    )
