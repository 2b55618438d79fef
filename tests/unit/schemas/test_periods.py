"""Periods are read generously, written one way, and stand in one order."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import UnknownPeriod
from schemas.periods import Period, PeriodKind

periods = st.one_of(
    st.builds(Period, st.just(PeriodKind.QUARTER), st.integers(1950, 2150), st.integers(1, 4)),
    st.builds(Period, st.just(PeriodKind.YEAR_ENDING), st.integers(1950, 2150), st.integers(1, 12)),
    st.builds(
        Period,
        st.sampled_from(
            [PeriodKind.FINANCIAL_YEAR, PeriodKind.CALENDAR_YEAR, PeriodKind.ACADEMIC_YEAR]
        ),
        st.integers(1950, 2150),
    ),
)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("2026-27-Q2", "2026-27-Q2"),
        ("2026Q2", "2026-27-Q2"),
        ("2026/27 Q2", "2026-27-Q2"),
        ("Q2 2026-27", "2026-27-Q2"),
        ("q4 2026/2027", "2026-27-Q4"),
        ("  2026-27-Q2 ", "2026-27-Q2"),
        ("1999-00", "1999-00"),
        ("2024-25", "2024-25"),
        ("2025", "2025"),
        ("2025-09-YE", "2025-09-YE"),
        ("2024-25-AY", "2024-25-AY"),
    ],
)
def test_every_way_of_writing_a_period_gives_its_canonical_form(written, canonical):
    assert str(Period.parse(written)) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "2026-27-Q5", "2026-28-Q1", "2026-27Q", "2025-13-YE", "26-27", "1066", "Q2", "٢٠٢٥"],
)
def test_anything_else_is_refused_with_the_forms_that_are_understood(text):
    with pytest.raises(UnknownPeriod, match="2026-27-Q2"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("2026-27-Q1", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-27-Q3", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-27-Q4", date(2027, 1, 1), date(2027, 3, 31)),
        ("2024-25", date(2024, 4, 1), date(2025, 3, 31)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-09-YE", date(2024, 10, 1), date(2025, 9, 30)),
        ("2025-12-YE", date(2025, 1, 1), date(2025, 12, 31)),
        ("2024-02-YE", date(2023, 3, 1), date(2024, 2, 29)),
        ("2024-25-AY", date(2024, 9, 1), date(2025, 8, 31)),
    ],
)
def test_a_period_knows_its_first_and_last_day(text, starts, ends):
    period = Period.parse(text)

    assert (period.starts, period.ends) == (starts, ends)


def test_the_same_quarter_last_year_is_four_quarters_back():
    assert str(Period.parse("2026-27-Q2").year_before()) == "2025-26-Q2"
    assert str(Period.parse("2024-25").year_before()) == "2023-24"
    assert str(Period.parse("2026-27-Q1").previous()) == "2025-26-Q4"


def test_a_quarter_is_written_out_for_readers():
    words = Period.parse("2026-27-Q2").in_words()

    assert words == "Quarter 2 (July to September) 2026 to 2027"


@given(periods)
def test_text_and_period_are_one(period):
    assert Period.parse(str(period)) == period


@given(periods, st.integers(-200, 200))
def test_shifting_there_and_back_changes_nothing(period, steps):
    assert period.shift(steps).shift(-steps) == period


@given(periods)
def test_a_period_ends_just_before_the_next_begins(period):
    assert (period.next().starts - period.ends).days == 1
    assert period < period.next()


@given(st.lists(periods, min_size=2, max_size=8))
def test_order_is_by_last_day_whatever_the_kind(several):
    in_order = sorted(several)

    assert [p.ends for p in in_order] == sorted(p.ends for p in several)


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_the_sentence(text):
    with suppress(UnknownPeriod):
        assert str(Period.parse(text))
