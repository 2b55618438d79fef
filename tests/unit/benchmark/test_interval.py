"""Intervals equal those that PHEindicatormethods and R's binom give, row by row."""

import csv
from collections import Counter
from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.numbers import nine
from schemas.reference import load_library
from services.benchmark.core.interval import (
    around_count,
    around_mean,
    around_percentage,
    around_rate,
    byar,
    find_interval,
    find_limits,
    read_methods,
)

CLOSE = {"rel": 1e-7, "abs": 1e-9}


def read(shared, name):
    with (shared / "vectors" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def levels(row):
    """The confidences for which a row has limits."""
    for name, confidence in (("95", 0.95), ("998", 0.998)):
        if row.get(f"lower{name}"):
            yield confidence, (float(row[f"lower{name}"]), float(row[f"upper{name}"]))


def test_byar_and_wilson_equal_every_row_of_phe(shared):
    rows = read(shared, "phe_byars_wilson.csv")
    seen = Counter(row["method"] for row in rows)

    assert len(rows) == 13
    assert sum(seen.values()) == 13
    for row in rows:
        confidence = float(row["confidence"].rstrip("%")) / 100
        x = float(row["x"])
        if row["method"].startswith("Byar"):
            got = byar(x, confidence=confidence)
        else:
            got = around_percentage(x, float(row["n"]), factor=1, confidence=confidence)
        assert got[1] == pytest.approx(float(row["uppercl"]), **CLOSE), row
        if row["lowercl"]:
            assert got[0] == pytest.approx(float(row["lowercl"]), **CLOSE), row
        else:
            assert got[0] < 0, "PHE leaves out the limit that Byar's formula puts below nought"


def test_rates_equal_every_row_of_phe_that_has_limits(shared):
    rows = read(shared, "phe_rate.csv")
    compared = 0

    for row in rows:
        for confidence, limits in levels(row):
            got = around_rate(
                float(row["numerator"]),
                float(row["denominator"]),
                factor=float(row["multiplier"]),
                confidence=confidence,
            )
            assert got == pytest.approx(limits, **CLOSE), row
            compared += 1

    assert (len(rows), compared) == (32, 17 * 2 + 9)


def test_percentages_equal_every_row_of_phe_that_has_limits(shared):
    rows = read(shared, "phe_proportion.csv")
    compared = 0

    for row in rows:
        for confidence, limits in levels(row):
            got = around_percentage(
                float(row["numerator"]),
                float(row["denominator"]),
                factor=float(row["multiplier"]),
                confidence=confidence,
            )
            assert got == pytest.approx(limits, **CLOSE), row
            compared += 1

    assert (len(rows), compared > 30) == (30, True)


def test_wilson_equals_every_row_that_r_gives(shared):
    rows = [row for row in read(shared, "r_binom_confint.csv") if row["method"] == "wilson"]

    assert len(rows) == 8
    for row in rows:
        got = around_percentage(float(row["x"]), float(row["n"]), factor=1)
        assert got == pytest.approx((float(row["lower95"]), float(row["upper95"])), abs=1e-8), row


def test_means_equal_every_row_of_phe(shared):
    values = read(shared, "phe_mean_input.csv")
    expected = read(shared, "phe_mean_expected.csv")

    assert len(expected) == 3
    for row in expected:
        of_area = [float(v["value"]) for v in values if row["area"] in (v["area"], "No grouping")]
        for confidence, limits in levels(row):
            got = around_mean(mean(of_area), stdev(of_area), len(of_area), confidence=confidence)
            assert got == pytest.approx(limits, rel=1e-9), row


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (around_count(65), (50.163, 82.849)),
        (around_count(65, confidence=0.998), (42.880, 94.000)),
        (around_rate(48, 12_000, factor=10_000), (29.49, 53.04)),
        (around_rate(4, 12_000, factor=10_000), (0.91, 8.53)),
        (around_percentage(65, 100), (55.25, 73.64)),
        (around_percentage(0, 12), (0.0, 24.2)),
        (around_percentage(12, 12), (75.8, 100.0)),
        (around_mean(14.30, 1.6047, 5), (12.31, 16.29)),
    ],
    ids=["byar", "byar 99.8 %", "rate", "few", "share", "none of 12", "all of 12", "mean"],
)
def test_the_worked_examples_of_the_specification_hold(got, expected):
    assert got == pytest.approx(expected, abs=0.051)


def test_nothing_observed_has_a_lower_limit_of_nought():
    low, high = around_count(0)

    assert low == 0
    assert high == pytest.approx(3.688879, abs=1e-6)


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "expected"),
    [
        ("FD03", 48, 12_000, (29.49, 53.04)),
        ("CP04", 65, 100, (55.25, 73.64)),
        ("CP02", 12, 10, None),
        ("WF04", 1745.5, 201.2, None),
        ("WF06", 300, 20, None),
        ("WF01", 201.2, None, None),
        ("LA05", 0, 0, None),
    ],
    ids=["rate", "share", "more than all", "flow over stock", "ratio", "count", "of nobody"],
)
def test_only_what_is_events_by_people_or_part_of_a_whole_has_an_interval(
    code, numerator, denominator, expected
):
    indicator = load_library().indicator(code, version="2026.1")

    found = find_interval(indicator, numerator, denominator)

    assert found == (None if expected is None else pytest.approx(expected, abs=0.051))


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_percentage_lies_within_its_limits_and_they_within_nought_and_a_hundred(part, rest):
    low, high = around_percentage(part, part + rest)

    assert -1e-9 <= low <= 100 * part / (part + rest) + 1e-9
    assert 100 * part / (part + rest) - 1e-9 <= high <= 100 + 1e-9


@given(st.integers(0, 10_000))
def test_limits_grow_with_the_count(observed):
    low, high = around_count(observed)

    assert low <= observed <= high
    assert around_count(observed + 1)[1] > high


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(load_library().catalogue("2026.1").values())),
            st.one_of(st.just(float("nan")), st.integers(0, 30), st.integers(0, 100_000)),
            st.one_of(st.just(float("nan")), st.integers(0, 200_000)),
        ),
        min_size=1,
    )
)
def test_limits_of_many_figures_are_those_of_each(figures):
    indicators, above, below = zip(*figures, strict=True)
    limits = find_limits(
        np.array(above, dtype=float),
        np.array(below, dtype=float),
        methods=read_methods(indicators),
    )
    for i, (indicator, numerator, denominator) in enumerate(figures):
        known = numerator == numerator and denominator == denominator
        alone = find_interval(indicator, numerator, denominator) if known else None
        together = [nine(limit) for limit in limits[:, i].tolist()]
        assert together == list(alone) if alone else np.isnan(together).all()
