import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benchmark.core.accumulation import Counted, Gap, NotComparable, accumulate


def quarters(*pairs):
    return [None if pair is None else Counted(*pair) for pair in pairs]


def gap(*args, **kwargs):
    with pytest.raises(NotComparable) as caught:
        accumulate(*args, **kwargs)
    return caught.value.gap


def test_a_flow_percentage_is_a_ratio_of_sums():
    got = accumulate(quarters((60, 100), (2, 5), (30, 100), (3, 10)), how="flow", factor=100)
    assert (got.numerator, got.denominator, got.quarters) == (95, 215, 4)
    assert got.value == pytest.approx(44.186047, abs=5e-7)


def test_a_missing_earlier_quarter_shortens_a_percentage():
    got = accumulate(quarters((60, 100), None, (30, 100), (3, 10)), how="flow", factor=100)
    assert (got.numerator, got.denominator, got.quarters) == (93, 210, 3)


def test_a_missing_earlier_quarter_stops_a_rate():
    assert (
        gap(
            quarters((60,), None, (30,), (3,)),
            how="flow",
            factor=1e4,
            per_population=True,
            population=50_000,
        )
        is Gap.NEEDS_FOUR_QUARTERS
    )


def test_a_rate_is_the_sum_of_four_quarters_over_the_population_in_force():
    got = accumulate(
        quarters((140,), (115,), (130,), (127,)),
        how="flow",
        factor=1e4,
        per_population=True,
        population=50_000,
    )
    assert (got.numerator, got.denominator, got.quarters) == (512, 50_000, 4)
    assert got.value == pytest.approx(102.4)


def test_a_stock_and_a_window_are_never_summed():
    for how in ("stock", "window"):
        got = accumulate(quarters((10, 80), (9, 82), (8, 85), (7, 90)), how=how, factor=100)
        assert (got.numerator, got.denominator, got.value, got.quarters) == (10, 80, 12.5, 1)


def test_a_stock_per_population_needs_one_quarter_only():
    got = accumulate(
        quarters((620,), None, None, None),
        how="stock",
        factor=1e4,
        per_population=True,
        population=62_000,
    )
    assert (got.value, got.quarters) == (100.0, 1)


def test_turnover_is_the_leavers_of_four_quarters_over_the_mean_stock():
    got = accumulate(
        quarters((6.5, 210.0), (4.0, 200.0), (5.5, 190.0), (8.0, 200.0)),
        how="flow_over_stock",
        factor=100,
    )
    assert (got.numerator, got.denominator, got.value) == (24.0, 200.0, 12.0)


def test_sickness_takes_its_working_days_from_the_factor():
    days = quarters((440.0, 200.0), (450.0, 200.0), (430.0, 200.0), (451.0, 200.0))
    got = accumulate(days, how="flow_over_stock", factor=100 / 253)
    assert got.value == pytest.approx(100 * 1771 / (200 * 253))


def test_turnover_and_sickness_need_all_four_quarters():
    short = quarters((6.5, 210.0), (4.0, 200.0), None, (8.0, 200.0))
    assert gap(short, how="flow_over_stock", factor=100) is Gap.NEEDS_FOUR_QUARTERS
    assert gap(short[:2], how="flow_over_stock", factor=100) is Gap.NEEDS_FOUR_QUARTERS


def test_a_quarter_returned_as_a_symbol_has_no_comparison_value():
    for how in ("flow", "stock", "window", "flow_over_stock"):
        found = gap(quarters(None, (4, 9), (4, 9), (4, 9)), how=how, factor=100)
        assert found is Gap.NO_FIGURE


def test_a_count_without_a_denominator_has_its_value():
    got = accumulate(quarters((201.2,)), how="stock", factor=1, counts_only=True)
    assert (got.value, got.denominator) == (201.2, None)


def test_nought_of_nought_is_no_percentage():
    assert gap(quarters((0, 0)), how="stock", factor=100) is Gap.NO_DENOMINATOR


def test_a_rate_without_a_population_says_so():
    found = gap(quarters((5,)), how="stock", factor=1e4, per_population=True, population=None)
    assert found is Gap.NO_POPULATION


def test_rolling_figures_equal_those_of_cumulative_returns(shared):
    cases = json.loads((shared / "vectors/rolling_ytd_cases.json").read_text())["cases"]
    case = next(case for case in cases if case["name"] == "complete cumulative returns")
    discrete = [(row["discrete"],) for row in case["expected"]]
    for i, row in enumerate(case["expected"]):
        newest_first = quarters(*discrete[max(0, i - 3) : i + 1][::-1])
        args = {"how": "flow", "factor": 1e4, "per_population": True, "population": 50_000}
        if row["status"] == "incomplete":
            assert gap(newest_first, **args) is Gap.NEEDS_FOUR_QUARTERS
        else:
            got = accumulate(newest_first, **args)
            assert got.numerator == row["rolling4_numerator"]
            assert got.value == pytest.approx(row["rolling4_rate_per_10000"])


def test_the_percentage_of_the_cumulative_returns_is_that_of_the_vector(shared):
    cases = json.loads((shared / "vectors/rolling_ytd_cases.json").read_text())["cases"]
    case = next(case for case in cases if case["name"].startswith("percentage: ratio of sums"))
    pairs = [(row["discrete_numerator"], row["discrete_denominator"]) for row in case["expected"]]
    got = accumulate(quarters(*pairs[::-1]), how="flow", factor=100)
    assert got.value == pytest.approx(case["expected"][-1]["rolling4_percent"], abs=5e-7)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 90)), min_size=1, max_size=8))
def test_no_more_than_four_quarters_are_ever_used(pairs):
    got = accumulate(quarters(*pairs), how="flow", factor=100)
    assert got.quarters == min(4, len(pairs))
    assert got.numerator == sum(pair[0] for pair in pairs[:4])
