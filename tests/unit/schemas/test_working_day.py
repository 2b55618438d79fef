"""Working days of England: counted by the days of the week and the bank holidays that are known."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.periods import Period
from schemas.reference import load_library
from schemas.working_day import DayUnknown, known_years

ENGLAND = load_library().working_days
DAYS = st.dates(ENGLAND.first + timedelta(days=200), ENGLAND.last - timedelta(days=200))
COUNTS = st.integers(1, 100)
HOLIDAYS = sorted(ENGLAND.holidays)


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("2026-11-11", True),
        ("2026-11-14", False),
        ("2026-12-25", False),
        ("2026-12-28", False),  # for Boxing Day, a Saturday
        ("2026-12-29", True),
        ("2027-12-27", False),  # for Christmas Day, a Saturday
        ("2027-12-28", False),  # for Boxing Day, a Sunday
        ("2028-01-03", False),  # for New Year's Day, a Saturday
        ("2028-04-14", False),  # Good Friday
        ("2020-05-04", True),  # the first Monday in May of the year in which VE Day was kept
        ("2020-05-08", False),
        ("2022-09-19", False),
        ("2023-05-08", False),
    ],
)
def test_a_day_is_a_working_day_or_not_as_it_was_in_england(day, is_one):
    assert ENGLAND.includes(date.fromisoformat(day)) is is_one


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2026-27-Q1", "2026-08-11"),
        ("2026-27-Q2", "2026-11-11"),
        ("2026-27-Q3", "2027-02-12"),  # New Year's Day falls on a Friday
        ("2026-27-Q4", "2027-05-13"),  # after the Early May bank holiday
        ("2023-24-Q4", "2024-05-14"),  # the quarter ends on Easter Sunday
        ("2027-28-Q3", "2028-02-14"),  # New Year's Day is made good on 3 January
    ],
)
def test_a_quarter_is_due_thirty_working_days_after_it_ends(period, due):
    ends = Period.parse(period).ends

    assert load_library().due("riia-quarterly", quarter_ends=ends) == date.fromisoformat(due)


def test_every_collection_of_every_catalogue_has_a_deadline():
    library = load_library()
    collections = {
        indicator.collection
        for catalogue in library.catalogues.values()
        for indicator in catalogue.values()
    }

    assert set(library.deadlines) == collections
    assert min(library.deadlines.values()) > 0


def test_the_bank_holidays_are_whole_years_of_weekdays():
    by_year = {year: 0 for year in range(ENGLAND.first.year, ENGLAND.last.year + 1)}
    for day in HOLIDAYS:
        by_year[day.year] += 1

    assert min(by_year.values()) == 8
    assert {2024, 2025, 2026, 2027, 2028} <= set(by_year)
    assert all(day.weekday() < 5 for day in HOLIDAYS)


@given(DAYS, COUNTS)
def test_the_day_after_so_many_working_days_is_what_numpy_says(day, count):
    expected = np.busday_offset(
        np.busday_offset(day, 0, roll="preceding", holidays=HOLIDAYS), count, holidays=HOLIDAYS
    )

    assert ENGLAND.after(day, count=count) == expected.astype(date)


@given(DAYS, st.integers(0, 150))
def test_as_many_working_days_lie_between_as_numpy_says(day, apart):
    later = day + timedelta(days=apart)
    after = timedelta(days=1)
    expected = np.busday_count(day + after, later + after, holidays=HOLIDAYS)

    assert ENGLAND.between(day, later) == expected
    assert ENGLAND.between(later, day) == -expected


@given(DAYS, COUNTS)
def test_counting_on_and_counting_between_undo_one_another(day, count):
    assert ENGLAND.between(day, ENGLAND.after(day, count=count)) == count
    assert ENGLAND.between(ENGLAND.before(day, count=count), day) >= count - 1
    assert ENGLAND.includes(ENGLAND.before(day, count=count))


@given(st.frozensets(st.dates(date(2024, 1, 1), date(2025, 12, 31)), min_size=1), DAYS)
def test_more_bank_holidays_never_bring_a_day_forward(holidays, day):
    fewer, more = ENGLAND.holidays, ENGLAND.holidays | holidays

    assert known_years(more).after(day, count=30) >= known_years(fewer).after(day, count=30)


def test_what_lies_beyond_the_announced_bank_holidays_is_not_guessed_at():
    with pytest.raises(DayUnknown, match=r"from 2018 to 2028.* as far as 2029-01-01"):
        ENGLAND.after(date(2028, 12, 29), count=1)
    with pytest.raises(DayUnknown):
        ENGLAND.includes(date(2017, 12, 29))
