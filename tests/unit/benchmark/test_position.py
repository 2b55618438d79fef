import csv
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benchmark.core.position import (
    BANDS,
    find_places,
    find_quarters,
    line_up,
    order_bounds,
    quantile,
)

LETTER = {"Low": "L", "High": "H", "-": "N", "": "N"}
VALUES = st.lists(st.integers(0, 60).map(lambda tenths: tenths / 10), min_size=2, max_size=40)


def number(text):
    return float(text) if text else float("nan")


def place_in(ordered, value, *, polarity, out=None, banded=True):
    """Rank, number ranked, band and adverse place of one value among ascending ones.

    It stands in place of ``out``; None where it is one more.
    """
    places = find_places(
        np.array([value], dtype=float),
        line_up([ordered], polarity=[polarity], banded=[banded]),
        out=np.array([np.inf if out is None else out]),
    )
    (rank,), (ranked,), (band,), (pos,) = places
    return rank, ranked, BANDS[band], pos


def places_of(ordered, *, polarity):
    """The places of all values among themselves."""
    values = np.array(ordered, dtype=float)
    return find_places(values, line_up([ordered], polarity=[polarity], banded=[True]), out=values)


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_band_of_lait_comes_out(shared):
    for row in rows(shared / "vectors/lait_quartile_band.csv"):
        if not row["value"]:
            continue
        bounds = [number(row[name]) for name in ("q0", "q25", "q50", "q75", "q100")]
        (quarter,) = find_quarters(np.array([float(row["value"])]), np.array([bounds]))
        if row["expected_band"] == "Error":
            assert quarter == 0
        else:
            letters = "DCBA" if LETTER[row["polarity"]] == "H" else "ABCD"
            assert letters[quarter - 1] == row["expected_band"]
            assert quarter > 0


def test_every_rank_of_lait_comes_out(shared):
    cases = defaultdict(list)
    for row in rows(shared / "vectors/lait_rank.csv"):
        cases[row["case"]].append(row)
    for case in cases.values():
        ordered = sorted(float(row["value"]) for row in case if row["value"])
        for row in case:
            assert bool(row["value"]) == bool(row["expected_rank"])
            if row["value"]:
                value, polarity = float(row["value"]), LETTER[row["polarity"]]
                rank, *_ = place_in(ordered, value, polarity=polarity, out=value)
                assert rank == int(row["expected_rank"])


def test_every_percentile_of_fingertips_comes_out(shared):
    for row in rows(shared / "vectors/fingertips_quantile_bounds.csv"):
        values = sorted(float(text) for text in row["values"].split())
        got = quantile(values, float(row["probability"]))
        assert got == pytest.approx(float(row["expected"]), abs=1e-10)


def test_the_bounds_of_one_to_fifty_are_those_of_the_worked_example():
    assert order_bounds(range(1, 51)) == (1, 13.25, 25.5, 37.75, 50)
    assert order_bounds([12, 15, 15, 18, 20, 22, 25, 31, 40])[1:4] == (15, 20, 25)


def test_ties_on_a_bound_are_not_mirror_images():
    ordered = [0.0, 25.0, 50.0, 75.0, 100.0]
    assert place_in(ordered, 75.0, out=75.0, polarity="L")[2] == "C"
    assert place_in(ordered, 75.0, out=75.0, polarity="H")[2] == "B"


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
        assert order_bounds(ordered) == pytest.approx(tuple(bounds), abs=1e-12, rel=1e-12)
        if polarity[code] == "N" or ordered[0] == ordered[-1]:
            continue
        letters = "DCBA" if polarity[code] == "H" else "ABCD"
        places = places_of(ordered, polarity=polarity[code])
        for value, rank, band in zip(ordered, places.rank, places.band, strict=True):
            better = (array > value) if polarity[code] == "H" else (array < value)
            assert rank == 1 + better.sum()
            quarter = next(i for i in range(4) if value <= order_bounds(ordered)[i + 1])
            assert BANDS[band] == letters[quarter]


def test_a_neutral_indicator_has_a_place_but_neither_rank_nor_band():
    assert place_in([1.0, 2.0, 3.0], 3.0, out=3.0, polarity="N") == (0, 3, None, 1.0)


def test_a_range_that_is_too_small_has_a_rank_and_no_band():
    place = place_in([1.0, 2.0, 3.0], 3.0, out=3.0, polarity="L", banded=False)
    assert place == (3, 3, None, 1.0)
    assert place_in([2.0, 2.0], 2.0, out=2.0, polarity="H") == (1, 2, None, 0.5)


def test_an_authority_that_is_alone_has_no_adverse_place():
    rank, ranked, band, pos = place_in([1.0], 1.0, out=1.0, polarity="L")
    assert (rank, ranked, band) == (1, 1, None)
    assert np.isnan(pos)


def test_what_has_no_value_and_a_distribution_of_nobody_give_no_place():
    for ordered, value in (([1.0, 2.0], np.nan), ([], 1.0)):
        rank, ranked, band, pos = place_in(ordered, value, polarity="L")
        assert (rank, ranked, band) == (0, 0, None)
        assert np.isnan(pos)


@given(VALUES, st.sampled_from("LH"), st.data())
def test_the_adverse_place_is_those_better_and_half_the_ties(values, polarity, data):
    value = data.draw(st.sampled_from(values))
    sign = -1 if polarity == "H" else 1
    better = sum(sign * other < sign * value for other in values)
    ties = sum(other == value for other in values) - 1
    rank, _, _, pos = place_in(sorted(values), value, out=value, polarity=polarity)
    assert pos == pytest.approx((better + ties / 2) / (len(values) - 1))
    assert rank == better + 1


@given(VALUES, st.data())
def test_the_adverse_places_of_the_two_polarities_are_mirror_images(values, data):
    value = data.draw(st.sampled_from(values))
    low = place_in(sorted(values), value, out=value, polarity="L")
    high = place_in(sorted(values), value, out=value, polarity="H")
    assert low[3] + high[3] == pytest.approx(1)


@given(VALUES, st.integers(0, 70), st.sampled_from("LHN"), st.data())
def test_a_value_that_stands_instead_of_another_has_the_place_that_a_new_list_gives(
    values, tenths, polarity, data
):
    out = data.draw(st.one_of(st.none(), st.sampled_from(values)))
    value, others = tenths / 10, list(values)
    if out is not None:
        others.remove(out)
    new = sorted([*others, value])
    rank, ranked, band, pos = place_in(sorted(values), value, out=out, polarity=polarity)
    better = sum(other > value if polarity == "H" else other < value for other in others)
    assert ranked == len(new)
    assert rank == (0 if polarity == "N" else better + 1)
    assert pos == (better + others.count(value) / 2) / len(others)
    bounds = order_bounds(new)
    quarter = next(i for i in range(4) if value <= bounds[i + 1])
    letters = {"L": "ABCD", "H": "DCBA", "N": [None] * 4}[polarity]
    assert band == (letters[quarter] if new[0] < new[-1] else None)


@given(st.lists(st.tuples(VALUES, st.integers(0, 70), st.sampled_from("LHN")), min_size=1))
def test_places_in_several_distributions_are_those_in_each_alone(cases):
    together = find_places(
        np.array([tenths / 10 for _, tenths, _ in cases]),
        line_up(
            [sorted(values) for values, _, _ in cases],
            polarity=[polarity for _, _, polarity in cases],
            banded=[True] * len(cases),
        ),
        out=np.array([values[0] for values, _, _ in cases]),
    )
    for (values, tenths, polarity), *place in zip(cases, *together, strict=True):
        rank, ranked, band, pos = place
        alone = place_in(sorted(values), tenths / 10, out=values[0], polarity=polarity)
        assert (rank, ranked, BANDS[band], pos) == alone
