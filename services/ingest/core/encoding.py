"""Bytes to text: UTF-8, and for CSV what spreadsheets save besides."""

from services.ingest.core.document import Format
from services.ingest.core.fault import Fault, fault

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BINARY = (
    (b"PK\x03\x04", "an Excel workbook or another zip file"),
    (b"\xd0\xcf\x11\xe0", "an old or a protected Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
)
_NAMES = {Format.CSV: "CSV", Format.JSON: "JSON"}


class Unreadable(ValueError):
    """The body is no text; ``fault`` says why."""

    def __init__(self, because: Fault) -> None:
        super().__init__(because.code)
        self.fault = because


def decode(body: bytes, *, format: Format) -> tuple[str, tuple[Fault, ...]]:
    """Return the text, and a notice where its encoding had to be guessed.

    A byte order mark is dropped. CSV may also be UTF-16 with its mark, or Windows-1252.
    Raises Unreadable for an empty body, a workbook and anything that is no text.
    """
    if not body.strip():
        raise Unreadable(fault("F001"))
    for magic, kind in _BINARY:
        if body.startswith(magic):
            raise Unreadable(fault("F004", kind=kind))
    text, faults = _text(body, format)
    if "\0" in text and format is Format.CSV:
        raise Unreadable(fault("F002", format=_NAMES[format]))
    if not text.strip():
        raise Unreadable(fault("F001"))
    return text, faults


def _text(body: bytes, format: Format) -> tuple[str, tuple[Fault, ...]]:
    tries = [("utf-8-sig", "UTF-8")]
    if format is Format.CSV:
        is_utf16 = body.startswith(_UTF16_MARKS)
        tries = [("utf-16", "UTF-16")] if is_utf16 else [*tries, ("cp1252", "Windows-1252")]
    for codec, name in tries:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        return text, () if name == "UTF-8" else (fault("F003", encoding=name),)
    raise Unreadable(fault("F002", format=_NAMES[format]))
