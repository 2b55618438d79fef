"""Entries: the rows of a return as they were understood, ready to be held against one another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.catalogue import Indicator
from schemas.events import Observation, Symbol
from schemas.tidy import LONGEST_NOTE
from services.ingest.core.document import Cell, Document, Format, Odd, Row
from services.ingest.core.fault import FIGURES, Column, Fault, Place, fault
from services.ingest.core.figure import READ_OTHERWISE, SYMBOLS, Figure, read_figure
from services.ingest.core.header import nearest

_HINTED = 200
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\xad"  # joiners and soft hyphens of word processors
_LINE_ENDS = str.maketrans({"\r": None})


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its indicator (None where it is none) and what it says of it.

    ``clean`` is false where a cell of the row could not be understood, so that rules between fields
    leave it alone: it has a fault already.
    """

    row: Row
    indicator: Indicator | None
    numerator: Figure
    denominator: Figure
    symbol: Symbol | None
    note: str | None
    clean: bool

    @property
    def code(self) -> str | None:
        """The indicator's code."""
        return self.indicator.code if self.indicator else None

    @property
    def counted(self) -> bool:
        """Whether the row has figures that can be held against others."""
        return self.clean and self.symbol is None and self.numerator.number is not None

    def place(self, column: Column) -> Place:
        """Return where the column stands in this row."""
        return self.row[column].place

    def observation(self) -> Observation:
        """Return what the row says, the note left to whoever gives it an id."""
        return Observation(
            indicator=str(self.code),
            numerator=self.numerator.given,
            denominator=self.denominator.given,
            symbol=self.symbol,
        )


def read_entries(
    document: Document, *, catalogue: Mapping[str, Indicator]
) -> tuple[list[Entry], list[Fault]]:
    """Read every row of a document."""
    names = {indicator.name.lower(): code for code, indicator in catalogue.items()}
    entries: list[Entry] = []
    faults: list[Fault] = []
    for number, row in enumerate(document.rows):
        # A body of many unknown codes is another file: guessing at each helps nobody.
        entry, found = _entry(row, document, catalogue, names if number < _HINTED else {})
        entries.append(entry)
        faults += found
    return entries, faults


def _entry(
    row: Row, document: Document, catalogue: Mapping[str, Indicator], names: Mapping[str, str]
) -> tuple[Entry, list[Fault]]:
    faults: list[Fault] = []
    indicator = None
    if Column.INDICATOR not in document.absent:
        indicator, found = _indicator(row[Column.INDICATOR], catalogue, names)
        faults += found
    numerator, denominator = (
        _figure(row[column], column, indicator, document.format) for column in FIGURES
    )
    symbol, of_symbol = _symbol(row[Column.SYMBOL], indicator)
    note, of_note = _note(row[Column.NOTE], indicator)
    faults += [*numerator.faults, *denominator.faults, *of_symbol]
    clean = all(found.code in READ_OTHERWISE for found in faults)
    if clean and Column.NUMERATOR not in document.absent:
        faults += _figure_or_symbol(row, indicator, numerator, denominator, symbol)
        clean = all(found.code in READ_OTHERWISE for found in faults)
    faults += of_note
    return Entry(row, indicator, numerator, denominator, symbol, note, clean), faults


def _figure(
    cell: Cell,
    column: Column,
    indicator: Indicator | None,
    format: Format,
) -> Figure:
    if format is Format.JSON and isinstance(cell.raw, str):
        return Figure(None, (_type(cell, indicator, column, "a text", "a number"),))
    return read_figure(cell, column=column, indicator=indicator)


def _type(
    cell: Cell, indicator: Indicator | None, column: Column, found: str, wanted: str
) -> Fault:
    return fault(
        "C065",
        place=cell.place,
        indicator=indicator.code if indicator else None,
        value=cell.shown,
        column=column,
        found=found,
        wanted=wanted,
    )


def text_fault(cell: Cell, *, column: Column, indicator: Indicator | None = None) -> Fault | None:
    """Return the fault of a cell that should be a text and is not, or a formula; else None."""
    if isinstance(cell.raw, str) and cell.text.startswith("="):
        code = indicator.code if indicator else None
        return fault("C071", place=cell.place, indicator=code, value=cell.shown, column=column)
    if cell.raw is None or isinstance(cell.raw, str):
        return None
    found = cell.raw.text if isinstance(cell.raw, Odd) else "a number"
    return _type(cell, indicator, column, found, "a text")


def _indicator(
    cell: Cell, catalogue: Mapping[str, Indicator], names: Mapping[str, str]
) -> tuple[Indicator | None, Iterable[Fault]]:
    if cell.blank:
        return None, (fault("S042", place=cell.place),)
    wrong = text_fault(cell, column=Column.INDICATOR)
    if wrong is not None:
        return None, (wrong,)
    known = catalogue.get(cell.text.upper())
    if known is not None:
        return known, ()
    meant = None
    if names:
        meant = names.get(cell.text.lower()) or nearest(cell.text, among=map(str.lower, catalogue))
    hint = f" Did you mean {meant.upper()}?" if meant else ""
    return None, (fault("S043", place=cell.place, value=cell.shown, hint=hint),)


def _symbol(cell: Cell, indicator: Indicator | None) -> tuple[Symbol | None, Iterable[Fault]]:
    if cell.blank:
        return None, ()
    wrong = text_fault(cell, column=Column.SYMBOL, indicator=indicator)
    if wrong is not None:
        return None, (wrong,)
    known = SYMBOLS.get(cell.text.lower())
    if known is not None:
        return known, ()
    code = indicator.code if indicator else None
    rule = "C072" if cell.text.isdecimal() else "C058"
    return None, (fault(rule, place=cell.place, indicator=code, value=cell.shown),)


def _note(cell: Cell, indicator: Indicator | None) -> tuple[str | None, Iterable[Fault]]:
    if cell.blank:
        return None, ()
    wrong = text_fault(cell, column=Column.NOTE, indicator=indicator)
    if wrong is not None:
        return None, (wrong,)
    code = indicator.code if indicator else None
    note = cell.text.translate(_LINE_ENDS)
    if len(note) > LONGEST_NOTE:
        lengths = {"length": f"{len(note):,}", "longest": f"{LONGEST_NOTE:,}"}
        return None, (fault("C063", place=cell.place, indicator=code, **lengths),)
    if any(not _is_text(letter) for letter in note):
        return None, (fault("C064", place=cell.place, indicator=code),)
    return note, ()


def _is_text(letter: str) -> bool:
    return letter.isprintable() or letter.isspace() or letter in _UNSEEN


def _figure_or_symbol(
    row: Row,
    indicator: Indicator | None,
    numerator: Figure,
    denominator: Figure,
    symbol: Symbol | None,
) -> Iterable[Fault]:
    code = indicator.code if indicator else None
    has_figure = numerator.number is not None or denominator.number is not None
    if symbol is not None and has_figure:
        cell = row[Column.SYMBOL]
        yield fault("C060", place=cell.place, indicator=code, value=cell.shown)
    elif symbol is None and not has_figure:
        yield fault("C061", place=row[Column.NUMERATOR].place, indicator=code)
    elif symbol is None and numerator.number is None:
        yield fault("C062", place=row[Column.NUMERATOR].place, indicator=code)
