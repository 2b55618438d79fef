"""Looks at a workbook as the zip file that it is, before anything in it is read.

What no return needs is refused by name: encryption, macros, files within the file, and more than
a return can hold. Whatever passes is small, whole and true to its own table of contents.
"""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from services.ingest.core.fault import Fault, fault

MOST_ENTRIES = 300
MOST_UNPACKED = 24 * 1024 * 1024
MOST_ELEMENTS = 600_000
MOST_RATIO = 150
"""No part of a workbook above a mebibyte shrinks to less than one in so many bytes."""

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_END, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_MOST_DIRECTORY = 256 * 1024
_SMALL = 1024 * 1024
_CHUNK = 64 * 1024
_NESTED = (".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".docx", ".doc", ".7z", ".rar", ".gz")
_DAMAGED = (
    BadZipFile, EOFError, LargeZipFile, OSError, OverflowError, RuntimeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip
_OTHERS = {
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "content.xml": "an OpenDocument file (.ods)",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
}


class Refused(ValueError):
    """The file is not to be read; ``fault`` says why."""

    def __init__(self, because: Fault) -> None:
        super().__init__(because.code)
        self.fault = because


def open_archive(body: bytes) -> ZipFile:
    """Return the workbook's parts, each of them unpacked once and found whole; raises Refused."""
    if body.startswith(_OLE):
        raise Refused(_ole(body))
    if not body.startswith(_ZIP):
        raise Refused(_other(body))
    _require_few(body)
    try:
        archive = ZipFile(BytesIO(body))
        parts = archive.infolist()
        _require_fit(parts, size=len(body))
        for part in parts:
            _require_whole(archive, part)
    except Refused:
        raise
    except _DAMAGED:
        raise Refused(fault("F014")) from None
    return archive


def _ole(body: bytes) -> Fault:
    if _ENCRYPTED in body:
        return fault("F013")
    return fault("F004", kind="an Excel workbook of the old kind (.xls)")


def _other(body: bytes) -> Fault:
    start = body.lstrip()[:1]
    if not start:
        return fault("F001")
    kind = "JSON" if start in b"{[" else "no workbook"
    return fault("F012", said="an Excel workbook", kind=kind)


def _require_few(body: bytes) -> None:
    """Read from the end of the file how many parts there are, before a list of them is made."""
    at = body.rfind(_END, max(0, len(body) - _END_LENGTH - _LONGEST_COMMENT))
    if at < 0 or len(body) < at + _END_LENGTH:
        raise Refused(fault("F014"))
    entries, length = struct.unpack_from("<HI", body, at + 10)
    if entries > MOST_ENTRIES or length > _MOST_DIRECTORY:
        raise Refused(fault("F015", what=f"more than {MOST_ENTRIES} parts"))


def _require_fit(parts: list[ZipInfo], *, size: int) -> None:
    names = [part.filename for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(fault("F013"))
    for name, kind in _OTHERS.items():
        if name in names:
            raise Refused(fault("F004", kind=kind))
    _require_plain(names)
    if not any(name.startswith("xl/") for name in names):
        raise Refused(fault("F004", kind="a zip file that is no workbook"))
    if len(set(names)) < len(names) or sum(part.compress_size for part in parts) > size:
        raise Refused(fault("F014"))
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        most = f"more than {MOST_UNPACKED // 1024**2} MiB when it is unpacked"
        raise Refused(fault("F015", what=most))
    if any(_swells(part) for part in parts):
        what = f"a part that unpacks to more than {MOST_RATIO} times its size"
        raise Refused(fault("F015", what=what))


def _require_plain(names: list[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Refused(fault("F016"))
    if any("/embeddings/" in name or name.lower().endswith(_NESTED) for name in names):
        raise Refused(fault("F017"))


def _swells(part: ZipInfo) -> bool:
    return part.file_size > _SMALL and part.file_size > MOST_RATIO * part.compress_size


def _require_whole(archive: ZipFile, part: ZipInfo) -> None:
    """Unpack a part to its end: its size and checksum are then known to be true."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused(fault("F014"))
    elements = 0
    with archive.open(part) as content:
        chunk = content.read(_CHUNK)
        if chunk.startswith((_ZIP, _OLE)):
            raise Refused(fault("F017"))
        while chunk:
            # Counted as bytes, which costs a hundredth of what a parser takes to say the same.
            elements += chunk.count(b"<") - chunk.count(b"</")
            if elements > MOST_ELEMENTS:
                raise Refused(fault("F015", what=f"a part of more than {MOST_ELEMENTS:,} elements"))
            open_ended = chunk.endswith(b"<")
            chunk = content.read(_CHUNK)
            elements -= open_ended and chunk.startswith(b"/")
