"""A region's own figure: pooled, never an average of percentages; ranks as LAIT's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.gateway.core.item.region import Pooled, pool, rank

CATALOGUE = load_library().catalogue("2026.1")


def standing(numerator, denominator, value):
    comparison = {"numerator": numerator, "denominator": denominator, "value": value, "quarters": 4}
    return {"comparison": comparison}


def test_a_percentage_is_pooled_sum_over_sum():
    pooled = pool(
        [standing(10, 100, 10.0), standing(300, 1000, 30.0), {"value": 7.0}, None],
        CATALOGUE["FD04"],
    )

    # 310 / 1,100 by hand; the mean of the two percentages would be 20.
    assert pooled == Pooled(28.1818182, returned=2, of=4)
    assert pooled.item(rank=1) == {"value": 28.1818182, "returned": 2, "of": 4, "rank": 1}
    assert pooled.item()["rank"] is None


def test_a_rate_is_pooled_over_the_populations():
    pooled = pool([standing(600, 20_000, 300.0), standing(400, 20_000, 200.0)], CATALOGUE["CN01"])

    assert pooled.value == 250.0


def test_a_plain_count_has_no_common_measure():
    assert pool([standing(190, None, 190.0)], CATALOGUE["WF01"]).value is None


def test_nobody_has_no_figure():
    assert pool([None, {"value": 7.0}], CATALOGUE["FD04"]) == Pooled(None, returned=0, of=2)


def test_an_indicator_without_a_good_side_has_no_order():
    assert rank({"A": 300.0, "B": 200.0}, CATALOGUE["CN01"]) == {}


def test_ties_share_the_better_place_at_the_decimals_of_the_catalogue():
    low_is_good = rank({"A": 20.04, "B": 19.96, "C": 20.06, "D": 18.0}, CATALOGUE["FD04"])
    high_is_good = rank({"A": 80.0, "B": 90.0, "C": 80.0}, CATALOGUE["CP04"])

    assert low_is_good == {"D": 1, "A": 2, "B": 2, "C": 4}
    assert high_is_good == {"B": 1, "A": 2, "C": 2}


@given(st.lists(st.tuples(st.integers(0, 999), st.integers(1, 999)), min_size=1))
def test_a_pooled_figure_lies_between_the_lowest_and_the_highest(counts):
    values = [n / (n + d) * 100 for n, d in counts]
    standings = [standing(n, n + d, v) for (n, d), v in zip(counts, values, strict=True)]
    pooled = pool(standings, CATALOGUE["FD04"])

    assert pooled.value == pytest.approx(min(max(pooled.value, min(values)), max(values)))


@given(
    st.dictionaries(
        st.sampled_from("ABCDEFGH"),
        st.floats(0, 100),
        min_size=1,
    )
)
def test_the_best_is_always_first_and_nobody_is_left_out(values):
    ranks = rank(values, CATALOGUE["FD04"])

    assert ranks.keys() == values.keys()
    assert ranks[min(values, key=values.get)] == 1
