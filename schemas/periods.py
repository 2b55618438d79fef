"""Periods: the five kinds of time span that figures belong to, in one order.

A period's text is canonical and is what events, the API and the pages carry:

=====================  ==============  =========================================
kind                   text            span
=====================  ==============  =========================================
quarter                2026-27-Q2      a quarter of the financial year (July–September 2026)
financial year         2024-25         1 April 2024 to 31 March 2025
calendar year          2025            calendar year, or a count on a day in it
year ending            2025-09-YE      the twelve months to the end of September 2025
academic year          2024-25-AY      1 September 2024 to 31 August 2025
=====================  ==============  =========================================
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache, total_ordering

from schemas.errors import UnknownPeriod

_DECEMBER = 12
_QUARTERS = 4
SANDBOX_YEAR = 2000
"""The financial year 2000-01: its quarters are the sandbox, in which senders try everything."""


class PeriodKind(IntEnum):
    """The kinds, in the order in which periods that end on the same day are sorted."""

    QUARTER = 1
    FINANCIAL_YEAR = 2
    CALENDAR_YEAR = 3
    YEAR_ENDING = 4
    ACADEMIC_YEAR = 5


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A span of time; compares by the day it ends, then by kind.

    ``year`` is the calendar year in which the span starts (of a year ending: in which it ends);
    ``part`` is the quarter (1–4), the month of a year ending (1–12), otherwise 0.
    """

    kind: PeriodKind
    year: int
    part: int = 0

    @staticmethod
    def parse(text: str) -> "Period":
        """Read a period; ``2026Q2``, ``2026/27 Q2`` and ``Q2 2026-27`` are understood as well.

        Raises UnknownPeriod for anything else, including years that do not follow one another.
        """
        return _parse(text)

    @property
    def starts(self) -> date:
        """The first day of the span."""
        match self.kind:
            case PeriodKind.QUARTER:
                month = 3 * self.part + 1
                return date(self.year + (month > _DECEMBER), (month - 1) % _DECEMBER + 1, 1)
            case PeriodKind.FINANCIAL_YEAR:
                return date(self.year, 4, 1)
            case PeriodKind.CALENDAR_YEAR:
                return date(self.year, 1, 1)
            case PeriodKind.ACADEMIC_YEAR:
                return date(self.year, 9, 1)
            case PeriodKind.YEAR_ENDING:
                after = self.ends + timedelta(days=1)
                return after.replace(year=after.year - 1)

    @property
    def ends(self) -> date:
        """The last day of the span (a data set's own day may be earlier: a count on a day)."""
        match self.kind:
            case PeriodKind.QUARTER:
                month = 3 * self.part + 4
                return _day_before(self.year + (month > _DECEMBER), (month - 1) % _DECEMBER + 1)
            case PeriodKind.FINANCIAL_YEAR:
                return date(self.year + 1, 3, 31)
            case PeriodKind.CALENDAR_YEAR:
                return date(self.year, 12, 31)
            case PeriodKind.ACADEMIC_YEAR:
                return date(self.year + 1, 8, 31)
            case PeriodKind.YEAR_ENDING:
                december = self.part == _DECEMBER
                return _day_before(self.year + december, 1 if december else self.part + 1)

    def shift(self, steps: int) -> "Period":
        """Return the period of the same kind ``steps`` later (earlier where negative)."""
        if self.kind is PeriodKind.QUARTER:
            return _quarter(self.year * _QUARTERS + self.part - 1 + steps)
        return Period(self.kind, self.year + steps, self.part)

    def previous(self) -> "Period":
        """Return the period of the same kind just before."""
        return self.shift(-1)

    def next(self) -> "Period":
        """Return the period of the same kind just after."""
        return self.shift(1)

    def year_before(self) -> "Period":
        """Return the same quarter of last year; of a year of any kind, the year before."""
        return self.shift(-_QUARTERS if self.kind is PeriodKind.QUARTER else -1)

    @property
    def is_sandbox(self) -> bool:
        """Whether it is a quarter of the sandbox: nothing that is returned for it counts."""
        return self.kind is PeriodKind.QUARTER and self.year == SANDBOX_YEAR

    def in_words(self) -> str:
        """Return the period as pages write it: "Quarter 2 (July to September) 2026 to 2027"."""
        match self.kind:
            case PeriodKind.QUARTER if self.is_sandbox:
                return f"Sandbox quarter {self.part}"
            case PeriodKind.QUARTER:
                months = f"{self.starts:%B} to {self.ends:%B}"
                return f"Quarter {self.part} ({months}) {self.year} to {self.year + 1}"
            case PeriodKind.FINANCIAL_YEAR:
                return f"Financial year {self.year} to {self.year + 1}"
            case PeriodKind.CALENDAR_YEAR:
                return f"{self.year}"
            case PeriodKind.ACADEMIC_YEAR:
                return f"Academic year {self.year} to {self.year + 1}"
            case PeriodKind.YEAR_ENDING:
                return f"Year ending {self.ends:%B} {self.year}"

    def __hash__(self) -> int:
        """Hash as fast as a number: periods are the keys of most of what a core knows."""
        return (self.year << 8) + (self.part << 4) + self.kind

    def __str__(self) -> str:
        """Return the canonical text."""
        span = f"{self.year}-{(self.year + 1) % 100:02d}"
        match self.kind:
            case PeriodKind.QUARTER:
                return f"{span}-Q{self.part}"
            case PeriodKind.FINANCIAL_YEAR:
                return span
            case PeriodKind.CALENDAR_YEAR:
                return f"{self.year}"
            case PeriodKind.ACADEMIC_YEAR:
                return f"{span}-AY"
            case PeriodKind.YEAR_ENDING:
                return f"{self.year}-{self.part:02d}-YE"

    def __lt__(self, other: object) -> bool:
        """Earlier ends first; of those that end together, the kind decides."""
        if not isinstance(other, Period):
            return NotImplemented
        return (self.ends, self.kind) < (other.ends, other.kind)


def is_sandbox(period: str) -> bool:
    """Whether a period's canonical text is that of a quarter of the sandbox."""
    return period.startswith(_SANDBOX)


_SANDBOX = f"{SANDBOX_YEAR}-01-Q"


@lru_cache(maxsize=1024)
def _quarter(number: int) -> Period:
    """Return a quarter by its number since the year 0, always the same object for the same."""
    year, part = divmod(number, _QUARTERS)
    return Period(PeriodKind.QUARTER, year, part + 1)


@lru_cache(maxsize=1024)
def _day_before(year: int, month: int) -> date:
    return date(year, month, 1) - timedelta(days=1)


_SPAN = r"(?P<year>\d{4})\s*[-/–]\s*(?P<second>\d{4}|\d{2})"
_FORMS = (
    (PeriodKind.QUARTER, re.compile(rf"{_SPAN}\s*[-/ ]?\s*Q(?P<part>[1-4])", re.IGNORECASE)),
    (PeriodKind.QUARTER, re.compile(rf"Q(?P<part>[1-4])\s*[-/ ]?\s*{_SPAN}", re.IGNORECASE)),
    (PeriodKind.QUARTER, re.compile(r"(?P<year>\d{4})\s*[-/ ]?\s*Q(?P<part>[1-4])", re.IGNORECASE)),
    (PeriodKind.QUARTER, re.compile(r"Q(?P<part>[1-4])\s*[-/ ]?\s*(?P<year>\d{4})", re.IGNORECASE)),
    (PeriodKind.YEAR_ENDING, re.compile(r"(?P<year>\d{4})-(?P<part>0[1-9]|1[0-2])-YE", re.I)),
    (PeriodKind.ACADEMIC_YEAR, re.compile(rf"{_SPAN}[- ]AY", re.IGNORECASE)),
    (PeriodKind.FINANCIAL_YEAR, re.compile(_SPAN)),
    (PeriodKind.CALENDAR_YEAR, re.compile(r"(?P<year>\d{4})")),
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@lru_cache(maxsize=4096)
def _parse(text: str) -> Period:
    if not text.isascii() and "–" not in text:
        raise UnknownPeriod(text)
    for kind, form in _FORMS:
        found = form.fullmatch(text.strip())
        if found is None:
            continue
        parts = found.groupdict()
        year, second = int(parts["year"]), parts.get("second")
        follows = second is None or int(second) % 100 == (year + 1) % 100
        if not follows or not _FIRST_YEAR <= year <= _LAST_YEAR:
            break
        if second is not None and len(second) > 2 and int(second) != year + 1:  # noqa: PLR2004 - two digits or four
            break
        part = int(parts.get("part") or 0)
        if kind is PeriodKind.QUARTER:
            return _quarter(year * _QUARTERS + part - 1)
        return Period(kind, year, part)
    raise UnknownPeriod(text)
