"""Disclosure: notices about counts that are small enough to tell of single children."""

from collections.abc import Iterable, Iterator

from services.ingest.core.entry import Entry
from services.ingest.core.fault import Column, Fault, fault

SMALL = range(1, 6)
"""Counts that are left out of what is published."""

_OF_STAFF = "Workforce"


def small_numbers(entries: Iterable[Entry]) -> Iterator[Fault]:
    """Yield a notice for each count of children from 1 to 5; staff are no children."""
    for entry in entries:
        if entry.indicator is None or not entry.counted or entry.indicator.domain == _OF_STAFF:
            continue
        if entry.numerator.number in SMALL:
            yield fault("D250", place=entry.place(Column.NUMERATOR), indicator=entry.code)
