"""What a sheet's own text says of its cells and calamine does not.

Which cells show a percentage, which hold a formula that went wrong or was never worked out, and
how far the sheet goes, known before anything of that size is laid out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

MOST_CELLS = 150_000
"""Blank cells that have a style are among them."""

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_PERCENTAGES = {"9", "10"}  # 0% and 0.00%, which need no entry of their own
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_FOLDER = "xl/"
_LAST_ROW = 1_048_576


class Unreadable(ValueError):
    """The text of a part is not what a workbook has there."""


@dataclass(slots=True)
class Marks:
    """Cells by row and column, both from 0; ``rows`` and ``columns`` say how far values go."""

    percentages: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    cells: int = 0


def sheet_parts(archive: ZipFile) -> Mapping[str, str]:
    """Return the part of each sheet by the sheet's name."""
    targets: dict[str, str] = {}

    def related(name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    found: dict[str, str] = {}

    def listed(name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            ids = (attributes.get(f"{space} id") for space in (_RELATED, _STRICT))
            found[attributes.get("name", "")] = next(filter(None, ids), "")

    _walk(archive, "xl/_rels/workbook.xml.rels", related)
    _walk(archive, "xl/workbook.xml", listed)
    return {name: _part(targets.get(related_id, "")) for name, related_id in found.items()}


def cached_fields(archive: ZipFile) -> list[str]:
    """Return the names of fields that pivot tables have kept a copy of."""
    names: list[str] = []

    def field_named(name: str, attributes: Mapping[str, str]) -> None:
        if name == "cacheField":
            names.append(attributes.get("name", ""))

    for part in archive.namelist():
        if part.startswith("xl/pivotCache/pivotCacheDefinition") and part.endswith(".xml"):
            _walk(archive, part, field_named)
    return names


def percentage_styles(archive: ZipFile) -> frozenset[str]:
    """Return the numbers of the styles that show a cell as a percentage."""
    formats = set(_PERCENTAGES)
    styles: list[bool] = []
    inside: list[str] = []

    def begun(name: str, attributes: Mapping[str, str]) -> None:
        inside.append(name)
        if name == "numFmt" and "%" in _LITERAL.sub("", attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        if name == "xf" and inside[-2:-1] == ["cellXfs"]:
            styles.append(attributes.get("numFmtId", "") in formats)

    if "xl/styles.xml" in archive.namelist():
        _walk(archive, "xl/styles.xml", begun, ended=lambda _name: inside.pop())
    return frozenset(str(number) for number, shown in enumerate(styles) if shown)


def mark(archive: ZipFile, part: str, *, percentages: frozenset[str]) -> Marks:
    """Read the text of one sheet; it stops where the sheet has more than any return.

    Raises Unreadable.
    """
    reader = _Cells(percentages)
    _walk(archive, part, reader.begun, ended=reader.ended, said=reader.said)
    return reader.marks


class _Enough(Exception):
    """There is no need to read on."""


class _Cells:
    """Follows rows and cells; those without an address of their own follow the one before."""

    def __init__(self, percentages: frozenset[str]) -> None:
        self.marks = Marks()
        self._percentages = percentages
        self._row, self._column = -1, -1
        self._style = self._type = ""
        self._texts: dict[str, str] = {}
        self._inside = ""

    def begun(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            self._row, self._column = _row(attributes.get("r"), after=self._row), -1
        elif name == "c":
            self.marks.cells += 1
            if self.marks.cells > MOST_CELLS:
                raise _Enough
            self._address(attributes.get("r"))
            self._style, self._type = attributes.get("s", "0"), attributes.get("t", "n")
            self._texts = {}
        elif name in ("f", "v", "is"):
            self._inside = name
            self._texts[name] = ""

    def said(self, text: str) -> None:
        if self._inside:
            self._texts[self._inside] += text

    def ended(self, name: str) -> None:
        if name == self._inside:
            self._inside = ""
        elif name == "c" and self._texts:
            self._take((self._row, self._column))

    def _address(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        # Where an address is odd, calamine might take it for another than is taken here.
        found = _REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) - 1 != self._row:
            raise Unreadable(reference)
        self._column = -1
        for letter in found[1]:
            self._column = (self._column + 1) * 26 + ord(letter) - ord("A")

    def _take(self, at: tuple[int, int]) -> None:
        marks, texts = self.marks, self._texts
        marks.rows, marks.columns = max(marks.rows, at[0] + 1), max(marks.columns, at[1] + 1)
        if self._type == "e":
            marks.errors[at] = texts.get("v", "")[:40] or "#VALUE!"
        elif "f" in texts and self._type != "str" and not texts.get("v") and "is" not in texts:
            # A formula whose result is an empty text says so by its type.
            marks.formulas[at] = texts["f"][:100]
        elif self._type == "n" and self._style in self._percentages:
            marks.percentages.add(at)


def _row(number: str | None, *, after: int) -> int:
    if number is None:
        return after + 1
    if not (number.isascii() and number.isdecimal()) or not 0 < int(number) <= _LAST_ROW:
        raise Unreadable(number)
    return int(number) - 1


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else _FOLDER + target.removeprefix("./")


def _walk(
    archive: ZipFile,
    part: str,
    begun: Callable[[str, Mapping[str, str]], None],
    *,
    ended: Callable[[str], Any] = lambda _name: None,
    said: Callable[[str], None] | None = None,
) -> None:
    """Tell of every element by its name without its namespace; raises Unreadable."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(name: str, given: Mapping[str, str]) -> None:
        begun(name.rpartition(" ")[2], given)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: ended(name.rpartition(" ")[2])
    if said is not None:
        parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse_declaration
    try:
        with archive.open(part) as content:
            parser.ParseFile(content)
    except _Enough:
        return
    except (expat.ExpatError, LookupError, ValueError, AttributeError) as error:
        raise Unreadable(part) from error


def _refuse_declaration(*_declared: object) -> None:
    raise Unreadable("a workbook declares no entities")
