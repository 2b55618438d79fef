"""Bytes to text: UTF-8, and for CSV what spreadsheets save besides."""

from services.ingest.core.document import Format
from services.ingest.core.fault import Fault, fault

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_START = 8
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_BINARY = (
    (_OLE, "an old or a protected Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
)
_NAMES = {Format.CSV: "CSV", Format.JSON: "JSON"}


def format_of(content: bytes) -> Format:
    """Return the format that a file's content has; what is like none is read as CSV."""
    if content.startswith((_ZIP, _OLE)):
        return Format.XLSX
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return Format.JSON if start and start in b"{[" else Format.CSV


class Unreadable(ValueError):
    """The body is no text; ``fault`` says why."""

    def __init__(self, because: Fault) -> None:
        super().__init__(because.code)
        self.fault = because


def decode(body: bytes, *, format: Format) -> tuple[str, tuple[Fault, ...]]:
    """Return the text, and a notice where its encoding had to be guessed.

    A byte order mark is dropped. CSV may also be UTF-16, with its mark or without one where its
    first letters are of the basic alphabet, or Windows-1252.
    Raises Unreadable for an empty body, a workbook and anything that is no text.
    """
    if not body.strip():
        raise Unreadable(fault("F001"))
    for magic, kind in _BINARY:
        if body.startswith(magic):
            raise Unreadable(fault("F004", kind=kind))
    if body.startswith(_ZIP):
        kind = "an Excel workbook or another zip file"
        raise Unreadable(fault("F012", said=_NAMES[format], kind=kind))
    text, faults = _text(body, format)
    if "\0" in text and format is Format.CSV:
        raise Unreadable(fault("F002", format=_NAMES[format]))
    start = text.lstrip()[:1]
    if not start:
        raise Unreadable(fault("F001"))
    if (start in "{[") is not (format is Format.JSON) and (start in "{[" or _is_table(text)):
        kind = "JSON" if format is Format.CSV else "a table"
        raise Unreadable(fault("F012", said=_NAMES[format], kind=kind))
    return text, faults


def _is_table(text: str) -> bool:
    """Say whether the first line has several columns that begin with letters, as no JSON has."""
    first = text.lstrip().split("\n", 1)[0]
    return first[:1].isalpha() and any(first.count(mark) > 1 for mark in ",;\t|")


def _text(body: bytes, format: Format) -> tuple[str, tuple[Fault, ...]]:
    tries = [("utf-8-sig", "UTF-8")]
    if format is Format.CSV:
        utf16 = _utf16(body)
        tries = [(utf16, "UTF-16")] if utf16 else [*tries, ("cp1252", "Windows-1252")]
    for codec, name in tries:
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        return text, () if name == "UTF-8" else (fault("F003", encoding=name),)
    raise Unreadable(fault("F002", format=_NAMES[format]))


def _utf16(body: bytes) -> str | None:
    """Return the codec of a body in UTF-16, None for any other."""
    if body.startswith(_UTF16_MARKS):
        return "utf-16"
    start = body[:_START]
    if len(body) % 2 or len(start) < _START:
        return None
    # Every other byte of plain letters is zero, and which one says the order.
    even, odd = set(start[::2]), set(start[1::2])
    if odd == {0} and 0 not in even:
        return "utf-16-le"
    return "utf-16-be" if even == {0} and 0 not in odd else None
