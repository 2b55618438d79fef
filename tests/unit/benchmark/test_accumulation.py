import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.benchmark.core.accumulation import Gap, accumulate, read_ways

CATALOGUE = load_library().catalogue("2026.1")
RATE, RATE_OF_STOCK = "FD03", "LA01"
PERCENTAGE, PERCENTAGE_OF_STOCK, WINDOW = "FD04", "LA04", "LA05"
TURNOVER, SICKNESS, COUNT = "WF05", "WF04", "WF01"


def accumulate_together(figures):
    """Levels of several ``(indicator, quarters, population)``, quarters from newest to oldest.

    A quarter is ``(numerator,)``, ``(numerator, denominator)`` or None.
    """
    counts = np.zeros((4, 2, len(figures)))
    counts[:, 0] = np.nan
    for i, (_, quarters, _) in enumerate(figures):
        for back, quarter in enumerate(quarters):
            if quarter is not None:
                counts[back, :, i] = (*quarter, 0)[:2]
    return accumulate(
        counts,
        ways=read_ways([CATALOGUE[code] for code, _, _ in figures]),
        people=np.array([np.nan if people is None else people for _, _, people in figures]),
    )


def level(indicator, *quarters, population=None):
    """The level of one indicator, or its gap."""
    levels = accumulate_together([(indicator, quarters, population)])
    (gap,) = levels.gaps()
    assert levels.known.tolist() == [gap is None]
    assert np.isnan(levels.value).tolist() == [gap is not None]
    if gap is not None:
        return gap
    return SimpleNamespace(
        numerator=levels.numerator[0],
        denominator=levels.denominator[0],
        value=levels.value[0],
        quarters=levels.quarters[0],
    )


def test_a_flow_percentage_is_a_ratio_of_sums():
    got = level(PERCENTAGE, (60, 100), (2, 5), (30, 100), (3, 10))
    assert (got.numerator, got.denominator, got.quarters) == (95, 215, 4)
    assert got.value == pytest.approx(44.186047, abs=5e-7)


def test_a_missing_earlier_quarter_shortens_a_percentage():
    got = level(PERCENTAGE, (60, 100), None, (30, 100), (3, 10))
    assert (got.numerator, got.denominator, got.quarters) == (93, 210, 3)


def test_a_missing_earlier_quarter_stops_a_rate():
    assert level(RATE, (60,), None, (30,), (3,), population=50_000) is Gap.NEEDS_FOUR_QUARTERS


def test_a_rate_is_the_sum_of_four_quarters_over_the_population_in_force():
    got = level(RATE, (140,), (115,), (130,), (127,), population=50_000)
    assert (got.numerator, got.denominator, got.quarters) == (512, 50_000, 4)
    assert got.value == pytest.approx(102.4)


def test_a_stock_and_a_window_are_never_summed():
    for indicator in (PERCENTAGE_OF_STOCK, WINDOW):
        got = level(indicator, (10, 80), (9, 82), (8, 85), (7, 90))
        assert (got.numerator, got.denominator, got.value, got.quarters) == (10, 80, 12.5, 1)


def test_a_stock_per_population_needs_one_quarter_only():
    got = level(RATE_OF_STOCK, (620,), population=62_000)
    assert (got.value, got.quarters) == (100.0, 1)


def test_turnover_is_the_leavers_of_four_quarters_over_the_mean_stock():
    got = level(TURNOVER, (6.5, 210.0), (4.0, 200.0), (5.5, 190.0), (8.0, 200.0))
    assert (got.numerator, got.denominator, got.value) == (24.0, 200.0, 12.0)


def test_sickness_takes_its_working_days_from_the_factor():
    got = level(SICKNESS, (440.0, 200.0), (450.0, 200.0), (430.0, 200.0), (451.0, 200.0))
    assert got.value == pytest.approx(100 * 1771 / (200 * 253))


def test_sums_of_full_time_equivalents_carry_no_tail():
    got = level(TURNOVER, (0.1, 10.0), (0.2, 10.0), (0.3, 10.0), (0.1, 10.0))
    assert got.numerator == 0.7


def test_turnover_and_sickness_need_all_four_quarters():
    short = ((6.5, 210.0), (4.0, 200.0), None, (8.0, 200.0))
    assert level(TURNOVER, *short) is Gap.NEEDS_FOUR_QUARTERS
    assert level(TURNOVER, *short[:2]) is Gap.NEEDS_FOUR_QUARTERS


def test_a_quarter_returned_as_a_symbol_has_no_comparison_value():
    for indicator in (PERCENTAGE, PERCENTAGE_OF_STOCK, WINDOW, TURNOVER, COUNT):
        assert level(indicator, None, (4, 9), (4, 9), (4, 9)) is Gap.NO_FIGURE


def test_a_count_without_a_denominator_has_its_value():
    got = level(COUNT, (201.2,))
    assert got.value == 201.2
    assert np.isnan(got.denominator)


def test_nought_of_nought_is_no_percentage():
    assert level(PERCENTAGE_OF_STOCK, (0, 0)) is Gap.NO_DENOMINATOR


def test_a_rate_without_a_population_says_so():
    assert level(RATE_OF_STOCK, (5,)) is Gap.NO_POPULATION
    assert level(RATE_OF_STOCK, (5,), population=0) is Gap.NO_POPULATION


def test_rolling_figures_equal_those_of_cumulative_returns(shared):
    cases = json.loads((shared / "vectors/rolling_ytd_cases.json").read_text())["cases"]
    case = next(case for case in cases if case["name"] == "complete cumulative returns")
    discrete = [(row["discrete"],) for row in case["expected"]]
    for i, row in enumerate(case["expected"]):
        newest_first = discrete[max(0, i - 3) : i + 1][::-1]
        got = level(RATE, *newest_first, population=50_000)
        if row["status"] == "incomplete":
            assert got is Gap.NEEDS_FOUR_QUARTERS
        else:
            assert got.numerator == row["rolling4_numerator"]
            assert got.value == pytest.approx(row["rolling4_rate_per_10000"])


def test_the_percentage_of_the_cumulative_returns_is_that_of_the_vector(shared):
    cases = json.loads((shared / "vectors/rolling_ytd_cases.json").read_text())["cases"]
    case = next(case for case in cases if case["name"].startswith("percentage: ratio of sums"))
    pairs = [(row["discrete_numerator"], row["discrete_denominator"]) for row in case["expected"]]
    got = level(PERCENTAGE, *pairs[::-1][:4])
    assert got.value == pytest.approx(case["expected"][-1]["rolling4_percent"], abs=5e-7)


FIGURE = st.one_of(st.none(), st.tuples(st.integers(0, 50), st.integers(0, 90)))


@given(
    st.lists(
        st.tuples(
            st.sampled_from((RATE, RATE_OF_STOCK, PERCENTAGE, WINDOW, TURNOVER, COUNT)),
            st.lists(FIGURE, min_size=4, max_size=4),
            st.sampled_from((None, 50_000)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_figures_that_are_accumulated_together_come_out_as_each_does_alone(figures):
    together = accumulate_together(figures)
    for i, figure in enumerate(figures):
        alone = accumulate_together([figure])
        assert alone.gaps() == [together.gaps()[i]]
        for one, all_of_them in zip(alone, together, strict=True):
            assert np.array_equal(one, all_of_them[[i]], equal_nan=True)
