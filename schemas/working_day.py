"""Working days of England: Monday to Friday without the bank holidays of England and Wales.

Bank holidays are announced some years ahead and no further: what is beyond is not guessed at.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.errors import TartanError

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayUnknown(TartanError):
    """The day lies outside the years whose bank holidays are known; the text names those."""

    def __init__(self, day: date, *, first: date, last: date) -> None:
        super().__init__(
            f"The bank holidays of England and Wales are known here from {first.year} to "
            f"{last.year}, so working days cannot be counted as far as {day}."
        )
        self.day = day


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days from ``first`` to ``last``; a day outside raises DayUnknown."""

    holidays: frozenset[date]
    first: date
    last: date

    def includes(self, day: date) -> bool:
        """Return whether a day is a working day."""
        if not self.first <= day <= self.last:
            raise DayUnknown(day, first=self.first, last=self.last)
        return day.weekday() < _SATURDAY and day not in self.holidays

    def after(self, day: date, *, count: int) -> date:
        """Return the ``count``-th working day after a day, itself left out; 1 is the next."""
        while count > 0:
            day += _DAY
            count -= self.includes(day)
        return day

    def before(self, day: date, *, count: int) -> date:
        """Return the ``count``-th working day before a day, itself left out; 1 is the last."""
        while count > 0:
            day -= _DAY
            count -= self.includes(day)
        return day

    def between(self, day: date, later: date) -> int:
        """Return how many working days come after a day, up to and including a later one.

        Negative, and as many, where ``later`` is the earlier of the two.
        """
        if later < day:
            return -self.between(later, day)
        return sum(map(self.includes, _days(day, later)))


def read_bank_holidays(text: str) -> WorkingDays:
    """Read the table of bank holidays, which holds whole years and only days of the week."""
    days = [date.fromisoformat(row["day"]) for row in csv.DictReader(text.splitlines())]
    return known_years(days)


def known_years(holidays: Iterable[date]) -> WorkingDays:
    """Return the working days of the years that the holidays, at least one, lie in."""
    days = frozenset(holidays)
    return WorkingDays(days, date(min(days).year, 1, 1), date(max(days).year, 12, 31))


def _days(day: date, last: date) -> Iterator[date]:
    while day < last:
        day += _DAY
        yield day
