import csv
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benchmark.core.position import (
    OutsideDistribution,
    find_band,
    find_bounds,
    find_place,
    find_rank,
    put_in,
    quantile,
)

LETTER = {"Low": "L", "High": "H", "-": "N", "": "N"}
VALUES = st.lists(st.integers(0, 60).map(lambda tenths: tenths / 10), min_size=2, max_size=40)


def number(text):
    return float(text) if text else float("nan")


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_band_of_lait_comes_out(shared):
    for row in rows(shared / "vectors/lait_quartile_band.csv"):
        bounds = [number(row[name]) for name in ("q0", "q25", "q50", "q75", "q100")]
        polarity = LETTER[row["polarity"]]
        if row["expected_band"] == "Error":
            with pytest.raises(OutsideDistribution):
                find_band(float(row["value"]), bounds, polarity=polarity)
        elif row["value"]:
            assert find_band(float(row["value"]), bounds, polarity=polarity) == row["expected_band"]


def test_every_rank_of_lait_comes_out(shared):
    cases = defaultdict(list)
    for row in rows(shared / "vectors/lait_rank.csv"):
        cases[row["case"]].append(row)
    for case in cases.values():
        ordered = sorted(float(row["value"]) for row in case if row["value"])
        for row in case:
            assert bool(row["value"]) == bool(row["expected_rank"])
            if row["value"]:
                rank = find_rank(float(row["value"]), ordered, polarity=LETTER[row["polarity"]])
                assert rank == int(row["expected_rank"])


def test_every_percentile_of_fingertips_comes_out(shared):
    for row in rows(shared / "vectors/fingertips_quantile_bounds.csv"):
        values = sorted(float(text) for text in row["values"].split())
        got = quantile(values, float(row["probability"]))
        assert got == pytest.approx(float(row["expected"]), abs=1e-10)


def test_the_bounds_of_one_to_fifty_are_those_of_the_worked_example():
    assert find_bounds(range(1, 51)) == (1, 13.25, 25.5, 37.75, 50)
    assert find_bounds([12, 15, 15, 18, 20, 22, 25, 31, 40])[1:4] == (15, 20, 25)


def test_ties_on_a_bound_are_not_mirror_images():
    bounds = (0, 25, 50, 75, 100)
    assert find_band(75, bounds, polarity="L") == "C"
    assert find_band(75, bounds, polarity="H") == "B"


def test_bounds_bands_and_ranks_hold_for_every_measure_that_lait_publishes(shared):
    polarity = {
        row["lait_code"]: LETTER[row["polarity"]]
        for row in rows(shared / "data/derived/lait_latest_distribution.csv")
    }
    latest = {
        row["lait_code"]: row["latest_year"]
        for row in rows(shared / "data/derived/lait_latest_distribution.csv")
    }
    values = defaultdict(dict)
    for row in rows(shared / "data/derived/lait_csc_long.csv"):
        pseudo = row["old_la_code"] == "970" or 980 <= int(row["old_la_code"]) <= 990
        if not pseudo and row["years"] == latest.get(row["lait_code"]):
            try:
                values[row["lait_code"]][row["old_la_code"]] = float(row["value"])
            except ValueError:
                continue
    assert len(values) > 100
    for code, by_area in values.items():
        ordered = sorted(by_area.values())
        array = np.array(ordered)
        bounds = np.percentile(array, [0, 25, 50, 75, 100])
        assert find_bounds(ordered) == pytest.approx(tuple(bounds), abs=1e-12, rel=1e-12)
        if polarity[code] == "N" or ordered[0] == ordered[-1]:
            continue
        for value in set(ordered):
            place = find_place(value, ordered, polarity=polarity[code])
            worse_than = (array > value) if polarity[code] == "H" else (array < value)
            assert place.rank == 1 + worse_than.sum()
            quarter = next(i for i in range(4) if value <= find_bounds(ordered)[i + 1])
            assert place.band == ("DCBA" if polarity[code] == "H" else "ABCD")[quarter]


def test_a_neutral_indicator_has_a_place_but_neither_rank_nor_band():
    place = find_place(3.0, [1.0, 2.0, 3.0], polarity="N")
    assert (place.rank, place.band, place.pos, place.reason) == (None, None, 1.0, "neutral")
    with pytest.raises(ValueError, match="no bands"):
        find_band(3.0, (0, 1, 2, 3, 4), polarity="N")


def test_a_range_that_is_too_small_has_a_rank_and_no_band():
    place = find_place(3.0, [1.0, 2.0, 3.0], polarity="L", banded=False)
    assert (place.rank, place.band, place.reason) == (3, None, "range_too_small")
    assert find_place(2.0, [2.0, 2.0], polarity="H").band is None


def test_an_authority_that_is_alone_has_no_adverse_place():
    assert find_place(1.0, [1.0], polarity="L").pos is None


@given(VALUES, st.sampled_from("LH"), st.data())
def test_the_adverse_place_is_those_better_and_half_the_ties(values, polarity, data):
    value = data.draw(st.sampled_from(values))
    sign = -1 if polarity == "H" else 1
    better = sum(sign * other < sign * value for other in values)
    ties = sum(other == value for other in values) - 1
    place = find_place(value, sorted(values), polarity=polarity)
    assert place.pos == pytest.approx((better + ties / 2) / (len(values) - 1))
    assert place.rank == better + 1


@given(VALUES, st.data())
def test_the_adverse_places_of_the_two_polarities_are_mirror_images(values, data):
    value = data.draw(st.sampled_from(values))
    low = find_place(value, sorted(values), polarity="L")
    high = find_place(value, sorted(values), polarity="H")
    assert low.pos + high.pos == pytest.approx(1)


@given(VALUES, st.integers(0, 70), st.data())
def test_an_own_value_stands_in_place_of_the_published_one(values, tenths, data):
    out = data.draw(st.one_of(st.none(), st.sampled_from(values)))
    expected = list(values)
    if out is not None:
        expected.remove(out)
    expected.append(tenths / 10)
    assert put_in(sorted(values), out=out, value=tenths / 10) == sorted(expected)
