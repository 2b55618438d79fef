import csv
import json

import numpy as np
import pytest

from schemas.events import Flag
from services.benchmark.core.departure import depart_percentage, depart_rate, pool, widen
from services.benchmark.core.flag import judge
from services.benchmark.core.spread import (
    KAPPA,
    TooFew,
    estimate_published_spread,
    estimate_spread,
    find_dispersion,
    trim,
    winsorise,
)


@pytest.fixture
def cases(shared):
    text = (shared / "vectors/overdispersion_cases.json").read_text()
    return json.loads(text)["cases"]


def test_kappa_is_the_mean_square_of_a_winsorised_normal():
    assert pytest.approx(0.678655, abs=5e-7) == KAPPA


def test_the_published_dispersion_and_spread_come_out_of_every_case(cases):
    for case in cases:
        z = np.array(case["z_unadjusted"])
        s = np.array(case["s"])
        used = z[trim(z)] if case["method"] == "SHMI" else winsorise(z)
        assert used == pytest.approx(case["z_used_for_phi"], rel=1e-9)
        assert find_dispersion(used) == pytest.approx(case["phi"], rel=1e-9)
        tau2 = estimate_published_spread(find_dispersion(used), s)
        assert tau2 == pytest.approx(case["tau2"], rel=1e-9, abs=1e-15)
        widened = [widen(one, of, tau2=tau2) for one, of in zip(z, s, strict=True)]
        assert widened == pytest.approx(case["z_adjusted"], rel=1e-9)


def test_the_dispersion_that_funnelplotr_asserts_comes_out(cases):
    case = next(case for case in cases if "upstream_asserted" in case)
    z = np.log(np.array(case["numerator"]) / case["denominator"]) * np.sqrt(case["denominator"])
    assert find_dispersion(z[trim(z)]) == pytest.approx(2.948033, abs=5e-7)


def test_without_winsorising_the_published_form_is_dersimonian_and_laird(shared):
    case = json.loads((shared / "vectors/dersimonian_laird.json").read_text())
    y, v = np.array(case["y"]), np.array(case["v"])
    centre = (y / v).sum() / (1 / v).sum()
    q = find_dispersion((y - centre) / np.sqrt(v)) * y.size
    assert q == pytest.approx(case["Q"], rel=1e-9)
    tau2 = estimate_published_spread(q / y.size, np.sqrt(v))
    assert tau2 == pytest.approx(case["tau2_DL"], rel=1e-9)


@pytest.mark.parametrize("tau", [0.0, 0.1, 0.25])
def test_the_recommended_spread_is_true_where_the_published_one_is_half(tau):
    """The table of statistics §3.3: 153 authorities, the model known."""
    rng = np.random.default_rng(20261122)
    found, published, beyond = [], [], []
    for _ in range(200):
        s = 0.5 / np.sqrt(rng.lognormal(4.5, 0.6, 153))
        d = rng.normal(0, np.sqrt(s * s + tau * tau))
        tau2 = estimate_spread(d, s)
        found.append(tau2)
        published.append(estimate_published_spread(find_dispersion(winsorise(d / s)), s))
        beyond.append(np.mean(np.abs(d / np.sqrt(s * s + tau2)) > 1.959964))
    if tau:
        assert 0.95 < np.mean(found) / tau**2 < 1.03
        assert np.mean(published) / tau**2 < 0.72
    else:
        assert np.mean(found) < 0.0006
    assert 0.035 < np.mean(beyond) < 0.055


def test_authorities_that_are_alike_have_no_spread():
    assert estimate_spread(np.zeros(40), np.full(40, 0.1)) == 0.0


def test_a_spread_needs_thirty_authorities_with_numbers():
    d = np.append(np.linspace(-1, 1, 29), np.nan)
    with pytest.raises(TooFew, match="29 authorities"):
        estimate_spread(d, np.full(30, 0.1))


def test_the_order_of_authorities_changes_no_spread():
    rng = np.random.default_rng(7)
    d, s = rng.normal(0, 0.3, 60), rng.uniform(0.05, 0.2, 60)
    order = rng.permutation(60)
    assert estimate_spread(d[order], s[order]) == pytest.approx(estimate_spread(d, s), rel=1e-12)


def authorities(path, **where):
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["geographic_level"] == "Local authority" and all(
                row[name] == value for name, value in where.items()
            ):
                yield row


def numbers(rows, *names):
    kept = []
    for row in rows:
        try:
            kept.append([float(row[name]) for name in names])
        except ValueError:
            continue
    return np.array(kept).T


def flags(departure, polarity):
    tau2 = estimate_spread(departure.d, departure.s)
    z = widen(departure.z, departure.s, tau2=tau2)
    return judge(z, p_low=departure.p_low, p_high=departure.p_high, polarity=polarity).flag


def test_the_full_rule_set_finds_what_the_published_year_holds_for_care_starts(shared):
    rows = authorities(
        shared / "data/published/cla_number_and_rate_per_10k_children.csv",
        time_period="2025",
        population_type="Children starting to be looked after each year",
    )
    x, n = numbers(rows, "children_count", "population_estimate")
    found = flags(depart_rate(x, n, theta=pool(x, n)), "N")
    assert sum(flag in (Flag.HIGH, Flag.VERY_HIGH) for flag in found) == 6
    assert found.count(Flag.VERY_HIGH) == 3
    assert sum(flag in (Flag.LOW, Flag.VERY_LOW) for flag in found) == 1


@pytest.mark.parametrize(
    ("file", "x", "n", "adverse", "better"),
    [
        (
            "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv",
            "rereferral_count",
            "referral_count",
            (0, 2),
            2,
        ),
        ("d3_cpps_subsequent_plan_2013_to_2025.csv", "CPP_subsequent", "CPP_start", (1, 0), 6),
    ],
)
def test_the_full_rule_set_finds_what_the_published_year_holds_for_percentages(
    shared, file, x, n, adverse, better
):
    rows = authorities(shared / "data/published" / file, time_period="2025")
    counts, of = numbers(rows, x, n)
    found = flags(depart_percentage(counts, of, theta=pool(counts, of)), "L")
    assert (found.count(Flag.AMBER), found.count(Flag.RED)) == adverse
    assert sum(flag in (Flag.BETTER, Flag.MUCH_BETTER) for flag in found) == better
