import json
from decimal import Decimal, getcontext
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri_exp

from services.benchmark.core.departure import (
    depart_percentage,
    depart_rate,
    pool,
    reliability,
    round_counts,
    shrink,
    widen,
)


def exact_poisson(o, e):
    """ln of the upper and lower mid tails, in decimals of sixty digits."""
    getcontext().prec = 60
    term = (-Decimal(e)).exp()
    below = above = Decimal(0)
    for k in range(o + 2000):
        if k < o:
            below += term
        elif k == o:
            point = term
        else:
            above += term
        term = term * Decimal(e) / (k + 1)
    return float((above + point / 2).ln()), float((below + point / 2).ln())


def exact_binomial(o, n, p):
    getcontext().prec = 60
    q = Decimal(p)
    masses = [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    point = masses[o] / 2
    return float((sum(masses[o + 1 :]) + point).ln()), float((sum(masses[:o]) + point).ln())


def midpoint_score(logs):
    upper, lower = logs
    return -ndtri_exp(upper) if upper < lower else ndtri_exp(lower)


@pytest.mark.parametrize(
    ("o", "e"), [(0, 0.4), (3, 2.0), (0, 6.5), (48, 31.78), (120, 31.78), (400, 20.0), (900, 60.0)]
)
def test_the_rate_score_is_the_exact_mid_p_score(o, e):
    got = depart_rate([o], [e], theta=1.0)
    assert got.z[0] == pytest.approx(midpoint_score(exact_poisson(o, e)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("o", "n", "p"),
    [
        (0, 12, 0.23),
        (12, 12, 0.23),
        (38, 120, 0.2258),
        (5, 5, 0.9),
        (600, 600, 0.02),
        (0, 900, 0.9),
    ],
)
def test_the_percentage_score_is_the_exact_mid_p_score(o, n, p):
    got = depart_percentage([o], [n], theta=p)
    assert got.z[0] == pytest.approx(midpoint_score(exact_binomial(o, n, p)), rel=1e-9, abs=1e-12)


def test_the_worked_rate_is_naively_amber():
    got = depart_rate([48.0], [12000.0], theta=26.484e-4)
    assert got.s[0] == pytest.approx(0.08869, abs=5e-6)
    assert got.z[0] == pytest.approx(2.693, abs=5e-4)
    assert got.p_high[0] == pytest.approx(0.00435, abs=5e-6)
    assert widen(got.z[0], got.s[0], tau2=0.027214) == pytest.approx(1.275, abs=5e-4)
    assert reliability(got.s[0], tau2=0.027214) == pytest.approx(0.776, abs=5e-4)


def test_the_worked_rate_shrinks_towards_england():
    got = depart_rate([48.0], [12000.0], theta=26.484e-4)
    rate = 26.484 * (1 + shrink(got.d[0], got.s[0], tau2=0.027214)) ** 2
    assert rate == pytest.approx(37.2, abs=0.05)


def test_a_hundred_and_twenty_starts_are_extreme():
    got = depart_rate([120.0], [12000.0], theta=26.484e-4)
    assert got.z[0] == pytest.approx(11.94, abs=5e-3)
    assert widen(got.z[0], got.s[0], tau2=0.027214) == pytest.approx(5.654, abs=5e-4)


def test_the_worked_percentage_is_as_expected_once_widened():
    got = depart_percentage([38], [120], theta=0.2258)
    assert got.z[0] == pytest.approx(2.292, abs=5e-4)
    assert got.p_high[0] == pytest.approx(0.0138, abs=5e-5)
    assert widen(got.z[0], got.s[0], tau2=0.004009) == pytest.approx(1.340, abs=1e-3)


def test_the_city_of_london_needs_seven_starts_to_be_rare():
    got = depart_rate([6, 7, 15], [2.24] * 3, theta=1.0)
    assert got.p_high[0] == pytest.approx(0.027, abs=5e-4)
    assert got.p_high[1] < 0.025
    assert got.p_high[2] == pytest.approx(1.7e-8, rel=0.01)


def test_standard_errors_are_those_of_the_published_forms(shared):
    cases = json.loads((shared / "vectors/overdispersion_cases.json").read_text())["cases"]
    by_name = {case["case"]: case for case in cases}
    ratio = by_name["same data CQC"]
    got = depart_rate(ratio["numerator"], ratio["denominator"], theta=1.0)
    assert got.s == pytest.approx(ratio["s"], rel=1e-12)
    assert got.z == pytest.approx(ratio["z_unadjusted"], abs=0.1)
    part = by_name["funnelplotr_dev_proportions"]
    theta = pool(part["numerator"], part["denominator"])
    got = depart_percentage(part["numerator"], part["denominator"], theta=theta)
    assert got.s == pytest.approx(part["s"], rel=1e-12)
    assert got.z == pytest.approx(part["z_unadjusted"], abs=0.26)


@pytest.mark.parametrize("e", [1e4, 1e5, 1e6])
@pytest.mark.parametrize("z", [-40, -37.6, -20, 3, 20, 37.6, 40])
def test_large_counts_reach_forty_deviations_as_the_square_root_form_does(e, z):
    o = round((np.sqrt(e) + z / 2) ** 2)
    got = depart_rate([o], [e], theta=1.0).z[0]
    assert got == pytest.approx(2 * (np.sqrt(o) - np.sqrt(e)), rel=0.04)
    assert np.isfinite(got)


def test_scores_pass_smoothly_from_tails_in_floats_to_tails_in_logarithms():
    o = np.arange(100_000 + 11_000, 100_000 + 13_500, 10)
    z = depart_rate(o, 100_000.0, theta=1.0).z
    steps = np.diff(z)
    assert z[0] < 37
    assert z[-1] > 38
    assert np.ptp(np.diff(steps)) < 1e-6


def test_what_cannot_be_tested_is_not_a_number():
    got = depart_percentage([3, 3, 3, 4], [0, 10, 10, 3], theta=[0.2, 0.0, 1.0, 0.2])
    assert np.isnan(got.z).all()
    assert np.isnan(got.p_high).all()
    assert np.isnan(depart_rate([3], [100.0], theta=0.0).z).all()


def test_fte_are_rounded_half_up_for_the_test():
    assert list(round_counts([12.5, 12.4, 0.5])) == [13, 12, 1]


def test_a_pooled_ratio_is_a_ratio_of_sums():
    assert pool([3, 30, 2, 60], [10, 100, 5, 100]) == pytest.approx(95 / 215)
    with pytest.raises(ValueError, match="no denominator"):
        pool([], [])


@given(st.integers(0, 400), st.floats(0.5, 300))
def test_a_rate_score_never_falls_as_the_count_grows(o, e):
    lower, higher = depart_rate([o, o + 1], [e, e], theta=1.0).z
    assert lower < higher


@given(st.integers(1, 300), st.floats(0.01, 0.99), st.data())
def test_a_percentage_and_its_complement_are_mirror_images(n, p, data):
    o = data.draw(st.integers(0, n))
    one = depart_percentage([o], [n], theta=p)
    other = depart_percentage([n - o], [n], theta=1 - p)
    assert one.z[0] == pytest.approx(-other.z[0], abs=1e-6)
    assert one.p_low[0] == pytest.approx(other.p_high[0], rel=1e-6, abs=1e-300)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 50), st.sampled_from((0.0, 0.2, 0.9, 1.0))),
        min_size=1,
        max_size=8,
    )
)
def test_figures_that_are_tested_together_come_out_as_each_does_alone(figures):
    observed, of, theta = zip(*figures, strict=True)
    for depart in (depart_rate, depart_percentage):
        together = depart(observed, of, theta=theta)
        for i, (o, n, p) in enumerate(figures):
            alone = depart([o], [n], theta=p)
            for name in ("d", "s", "z", "p_low", "p_high"):
                one, among = getattr(alone, name)[0], getattr(together, name)[i]
                assert one == pytest.approx(among, rel=1e-12, nan_ok=True)
