import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Flag
from services.benchmark.core.departure import depart_percentage, depart_rate
from services.benchmark.core.flag import AMBER_P, AMBER_Z, RED_P, RED_Z, judge


def judge_one(z, low, high, polarity="L"):
    """Flag, score and tail of a single figure."""
    z, low, high = (np.array([number], dtype=float) for number in (z, low, high))
    found = judge(z, p_low=low, p_high=high, polarity=polarity)
    return found.flag[0], found.z[0], found.p[0]


def flag(*figure):
    return judge_one(*figure)[0]


def test_the_lines_are_those_of_one_in_forty_and_one_in_a_thousand():
    assert flag(AMBER_Z, 0.99, AMBER_P) is Flag.AMBER
    assert flag(RED_Z, 0.99, RED_P) is Flag.RED
    assert flag(-AMBER_Z, AMBER_P, 0.99) is Flag.BETTER
    assert flag(-RED_Z, RED_P, 0.99) is Flag.MUCH_BETTER
    assert flag(1.9599, 0.99, 1e-9) is Flag.AS_EXPECTED


def test_the_lines_are_applied_to_nine_digits():
    assert flag(1.95996399999999, 0.99, 0.0250000000000001) is Flag.AMBER


def test_a_score_without_a_rare_tail_is_not_flagged():
    assert flag(5.0, 0.95, 0.0251) is Flag.AS_EXPECTED
    assert flag(5.0, 0.999, 0.0011) is Flag.AMBER


def test_where_high_is_good_the_low_side_is_adverse():
    assert judge_one(-2.5, 0.01, 0.995, "H") == (Flag.AMBER, 2.5, 0.01)
    assert flag(2.5, 0.995, 0.01, "H") is Flag.BETTER


def test_a_neutral_indicator_is_high_or_low_and_never_amber_or_red():
    assert flag(2.5, 0.995, 0.01, "N") is Flag.HIGH
    assert flag(3.5, 0.9999, 0.0001, "N") is Flag.VERY_HIGH
    assert flag(-2.5, 0.01, 0.995, "N") is Flag.LOW
    assert flag(-3.5, 0.0001, 0.9999, "N") is Flag.VERY_LOW
    assert judge_one(-2.5, 0.01, 0.995, "N")[1:] == (-2.5, 0.01)


@pytest.mark.parametrize(("expected", "possible"), [(3.68, False), (3.69, True)])
def test_low_is_impossible_where_fewer_than_four_are_expected(expected, possible):
    tail = depart_rate([0], [expected], theta=1.0).p_low[0]
    assert (flag(-99.0, tail, 1.0, "N") is Flag.LOW) == possible


@pytest.mark.parametrize(("expected", "possible"), [(6.90, False), (6.91, True)])
def test_very_low_is_impossible_where_fewer_than_seven_are_expected(expected, possible):
    tail = depart_rate([0], [expected], theta=1.0).p_low[0]
    assert (flag(-99.0, tail, 1.0, "N") is Flag.VERY_LOW) == possible


@pytest.mark.parametrize(
    ("n", "word"), [(14, "as_expected"), (15, "amber"), (26, "amber"), (27, "red")]
)
def test_nought_per_cent_needs_enough_cases_to_be_said(n, word):
    tail = depart_percentage([0], [n], theta=0.23).p_low[0]
    assert flag(-99.0, tail, 1.0, "H") == word


def test_the_city_of_london_is_flagged_for_fifteen_starts_and_not_for_six():
    six, seven, fifteen = depart_rate([6, 7, 15], [2.24] * 3, theta=1.0).p_high
    assert flag(99.0, 1.0, six, "N") is Flag.AS_EXPECTED
    assert flag(99.0, 1.0, seven, "N") is Flag.HIGH
    assert flag(99.0, 1.0, fifteen, "N") is Flag.VERY_HIGH


ORDER = [Flag.MUCH_BETTER, Flag.BETTER, Flag.AS_EXPECTED, Flag.AMBER, Flag.RED]


@given(st.integers(5, 300), st.floats(0.02, 0.98), st.floats(0, 0.1))
def test_a_flag_never_softens_as_the_numerator_grows_on_the_adverse_side(n, theta, tau2):
    got = depart_percentage(np.arange(n + 1), n, theta=theta)
    z = got.z * got.s / np.sqrt(got.s**2 + tau2)
    words = judge(z, p_low=got.p_low, p_high=got.p_high, polarity="L").flag
    found = [ORDER.index(word) for word in words]
    assert found == sorted(found)


@given(st.floats(-6, 6), st.floats(0, 1), st.floats(0, 1))
def test_the_two_polarities_mirror_each_other(z, low, high):
    assert judge_one(z, low, high, "L") == judge_one(-z, high, low, "H")


def test_what_has_no_score_is_not_assessed_and_carries_no_tail():
    word, z, p = judge_one(np.nan, 0.01, 0.99)
    assert word is Flag.NOT_ASSESSED
    assert np.isnan([z, p]).all()


@given(
    st.lists(
        st.tuples(st.floats(-6, 6), st.floats(0, 1), st.floats(0, 1), st.sampled_from("HLN")),
        min_size=1,
        max_size=8,
    )
)
def test_figures_that_are_judged_together_come_out_as_each_does_alone(figures):
    z, low, high, polarity = zip(*figures, strict=True)
    together = judge(
        np.array(z), p_low=np.array(low), p_high=np.array(high), polarity=list(polarity)
    )
    assert list(zip(*together, strict=True)) == [judge_one(*figure) for figure in figures]
