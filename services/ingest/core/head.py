"""The head of a return: which authority, which collection, which period, said once and clearly."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from schemas.authority import Authority
from schemas.errors import UnknownCode, UnknownPeriod
from schemas.periods import Period, PeriodKind
from schemas.reference import Library
from services.ingest.core.document import Cell, Document
from services.ingest.core.entry import text_fault
from services.ingest.core.fault import HEAD, Column, Fault, fault
from services.ingest.core.header import nearest
from services.ingest.core.version import Versions

_APRIL = 4


@dataclass(frozen=True, slots=True)
class Head:
    """What was understood; None where it was not."""

    authority: Authority | None = None
    collection: str | None = None
    period: Period | None = None


Known = tuple[Head, Iterable[Fault]]


def read_head(
    document: Document, *, library: Library, known: Versions, collections: Sequence[str]
) -> tuple[Head, list[Fault]]:
    """Read who, what and when; in CSV every row says it and all must agree."""
    readers: Mapping[Column, Callable[[Head, Cell], Known]] = {
        Column.AUTHORITY: lambda head, cell: _authority(head, cell, library, known.nation),
        Column.COLLECTION: lambda head, cell: _collection(head, cell, collections),
        Column.PERIOD: _period,
    }
    head, faults = Head(), list[Fault]()
    for column in HEAD:
        first, found = _agreed(document.heads.get(column, ()), column)
        faults += found
        if first is not None:
            head, of_value = readers[column](head, first)
            faults += of_value
    return head, faults


def _agreed(cells: Iterable[Cell], column: Column) -> tuple[Cell | None, list[Fault]]:
    first: Cell | None = None
    faults: list[Fault] = []
    for cell in cells:
        wrong = text_fault(cell, column=column)
        if wrong is not None:
            faults.append(wrong)
        elif cell.blank:
            faults.append(fault("S030", place=cell.place, column=column))
        elif first is None:
            first = cell
        elif cell.text.upper() != first.text.upper():
            value, before = cell.shown, first.shown
            faults.append(fault("S034", place=cell.place, value=value, column=column, first=before))
    return first, faults


def _authority(head: Head, cell: Cell, library: Library, nation: str) -> Known:
    code = cell.text.upper()
    sender = library.senders(nation).get(code)
    if sender is not None:
        return replace(head, authority=sender), ()
    try:
        elsewhere = library.authority(code)
    except UnknownCode:
        hint = _named(cell.text, library)
        return head, (fault("S031", place=cell.place, value=cell.shown, hint=hint),)
    name, value = elsewhere.name, cell.shown
    if elsewhere.closes is None:
        return head, (fault("S032", place=cell.place, value=value, name=name),)
    after = " and ".join(elsewhere.successors)
    hint = f" Its area is now that of {after}." if after else ""
    return head, (fault("S033", place=cell.place, value=value, name=name, hint=hint),)


def _named(text: str, library: Library) -> str:
    for find in (library.by_name, library.by_ons_code):
        try:
            found = library.authority(find(text))
        except UnknownCode:
            continue
        return f" Did you mean {found.code} ({found.name})?"
    return ""


def _collection(head: Head, cell: Cell, collections: Sequence[str]) -> Known:
    name = cell.text.lower()
    if name in collections:
        return replace(head, collection=name), ()
    meant = nearest(name, among=collections)
    hint = f" Did you mean {meant}?" if meant else ""
    names = ", ".join(collections)
    wrong = fault("S040", place=cell.place, value=cell.shown, hint=hint, collections=names)
    return head, (wrong,)


def _period(head: Head, cell: Cell) -> Known:
    try:
        period = Period.parse(cell.text)
    except UnknownPeriod:
        hint = _quarter_of(cell.text)
        return head, (fault("S036", place=cell.place, value=cell.shown, hint=hint),)
    if period.kind is not PeriodKind.QUARTER:
        return head, (fault("S037", place=cell.place, value=cell.shown),)
    understood = replace(head, period=period)
    if str(period) == cell.text:
        return understood, ()
    return understood, (fault("S038", place=cell.place, value=cell.shown, period=str(period)),)


def _quarter_of(text: str) -> str:
    """Return a question where the text is a day: spreadsheets make days of much."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    start = day.year - (day.month < _APRIL)
    return f" Did you mean {start}-{(start + 1) % 100:02d}-Q{(day.month - _APRIL) % 12 // 3 + 1}?"
