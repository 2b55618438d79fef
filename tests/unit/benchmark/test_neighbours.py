import csv
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.benchmark.core.neighbours import (
    find_differences,
    find_medians,
    gather,
    is_assessable,
)
from services.ingest.core.published import import_file
from tests.unit.benchmark.history import AUTHORITIES, History, begun

COLUMNS = {
    "dfe_sn_median_cin_referrals.csv": {"Re_referrals_percent": "FD04"},
    "dfe_sn_median_workforce_data.csv": {
        "turnover_rate_fte": "WF05",
        "agency_rate_fte": "WF02",
        "vacancy_rate_fte": "WF03",
        "caseload_fte": "WF06",
    },
}
FILES = (
    "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv",
    "csww_indicators_2017_to_2025.csv",
)


@pytest.fixture(scope="module")
def loaded(shared):
    """A history of the two newest years of the files for which DfE prints medians."""
    history = History()
    library = load_library()
    for file in FILES:
        content = (shared / "data/published" / file).read_bytes()
        for data_set in import_file(content, name=file, library=library).data_sets:
            if data_set.ends >= "2024":
                history.put(data_set)
    return history


@pytest.fixture(scope="module")
def assessed(loaded):
    return {(said.indicator, said.period[:4]): said for said in loaded.state.assessed.values()}


@pytest.fixture(scope="module")
def printed_of(loaded):
    """The values as printed, joint rows left out."""
    return {
        (data_set.payload.indicator, data_set.payload.period[:4]): {
            area: value
            for area, value in zip(data_set.payload.areas, data_set.payload.values, strict=True)
            if value is not None
        }
        for data_set in loaded.state.shelf.sets.values()
    }


@pytest.mark.parametrize("file", COLUMNS)
def test_medians_equal_those_that_dfe_publishes_for_every_authority(
    shared, assessed, printed_of, file
):
    compared = defaultdict(int)
    ten_of = load_library().neighbours("2025")
    with (shared / "data/derived" / file).open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            if (
                not row["geographic_level"].startswith("Statistical")
                or row["time_period"] != "2025"
            ):
                continue
            for column, indicator in COLUMNS[file].items():
                if not row[column].replace(".", "").isdigit():
                    continue
                year = "2024" if indicator == "FD04" else "2025"
                said = assessed[indicator, year]
                median = said.neighbours[said.authorities.index(row["old_la_code"])]
                # Ours is of values from counts, DfE's of values rounded to a tenth, rounded again.
                assert median == pytest.approx(float(row[column]), abs=0.1001), (indicator, row)
                ten = gather([ten_of[row["old_la_code"]]], printed_of[indicator, year])
                assert find_medians(ten).value[0] == pytest.approx(float(row[column]), abs=0.0501)
                compared[indicator] += 1
    assert set(compared.values()) <= {149, 153}
    assert set(compared) == set(COLUMNS[file].values())


def test_a_joint_row_is_nobody_s_neighbour_and_gives_its_value_to_each_member(assessed):
    said = assessed["WF02", "2025"]
    place = said.authorities.index
    assert said.values[place("314")] == said.values[place("318")]
    assert said.ranks[place("314")] == said.ranks[place("318")]
    table = load_library().neighbours("2025")
    near = next(code for code, ten in table.items() if "314" in ten and code in said.authorities)
    assert said.used[place(near)] < 10


def test_the_median_is_of_those_that_have_a_figure():
    values = {"a": 1.0, "b": 2.0, "c": 9.0}
    lists = [("a", "b", "c", "d"), ("a", "b"), ("x",), ()]
    found, used = find_medians(gather(lists, values))
    assert found[:2].tolist() == [2.0, 1.5]
    assert np.isnan(found[2:]).all()
    assert used.tolist() == [3, 2, 0, 0]


def test_nobody_is_the_neighbour_of_an_authority_without_a_list():
    found, used = find_medians(gather([()], {"a": 1.0}))
    assert (np.isnan(found).tolist(), used.tolist()) == ([True], [0])


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-50, 50)), min_size=1, max_size=10))
def test_medians_of_many_equal_the_median_of_each(values):
    found, used = find_medians(np.array([values]))
    known = [value for value in values if value == value]
    assert used[0] == len(known)
    assert found[0] == pytest.approx(np.median(known)) if known else np.isnan(found[0])


def test_a_difference_is_relative_and_adverse():
    values = np.array([30.0, 30.0, 30.0, 30.0, np.nan, 30.0])
    medians = np.array([20.0, 20.0, 20.0, 0.0, 20.0, np.nan])
    found = find_differences(values, medians, polarity=list("LHNLLL"))
    assert found[:3].tolist() == [0.5, -0.5, 0.5]
    assert np.isnan(found[3:]).all()


def test_conditions_need_four_fifths_of_the_neighbours_before_close_and_any_after():
    assert not is_assessable(7, 10, closed=False)
    assert is_assessable(8, 10, closed=False)
    assert is_assessable(1, 10, closed=True)
    assert not is_assessable(0, 10, closed=True)


def test_the_basis_is_this_quarter_s_from_five_neighbours_on_and_never_a_mixture():
    history = begun()
    leeds = "383"
    history.send(leeds, "2025-26-Q1", FD04=(300, 1000))
    published = history.near(leeds, "2025-26-Q1", "FD04")
    assert (published.basis, published.year, published.used) == ("published", "2024-25", 10)
    ten = history.state.neighbours_of(leeds)
    for number, code in enumerate(ten, start=1):
        history.send(code, "2025-26-Q1", FD04=(100 + 10 * number, 1000))
        near = history.near(leeds, "2025-26-Q1", "FD04")
        if number < 5:
            assert near == published
        else:
            assert near.in_year == (True,)
            assert near.used == (number,)
            expected = np.median([10 + k for k in range(1, number + 1)])
            assert near.values == (pytest.approx(expected),)
            assert near.differences == (pytest.approx((30 - expected) / expected),)


def test_an_authority_is_not_among_its_own_neighbours():
    history = begun()
    for code in AUTHORITIES:
        assert code not in history.state.neighbours_of(code)


def test_a_return_ripples_only_to_those_that_have_it_as_neighbour_and_have_returned():
    history = begun()
    leeds = "383"
    ten = history.state.neighbours_of(leeds)
    for code in ten[:5]:
        history.send(code, "2025-26-Q1", FD04=(200, 1000))
    history.send(leeds, "2025-26-Q1", FD04=(300, 1000))
    said = history.send(ten[5], "2025-26-Q1", FD04=(250, 1000))
    rippled = {payload.authority for payload in said if payload.type == "neighbours.updated"}
    returned = {*ten[:6], leeds}
    assert leeds in rippled
    assert rippled <= returned & set(history.state.has_as_neighbour(ten[5]))


def test_after_close_another_s_return_says_nothing_of_neighbours():
    history = begun()
    leeds = "383"
    ten = history.state.neighbours_of(leeds)
    for code in (*ten[:8], leeds):
        history.send(code, "2025-26-Q1", FD04=(200, 1000))
    history.close("2025-26-Q1")
    said = history.send(ten[8], "2025-26-Q1", FD04=(250, 1000))
    assert [payload.type for payload in said if payload.type == "neighbours.updated"] == []


def test_a_withdrawal_that_leaves_four_falls_back_on_the_published_year():
    history = begun()
    leeds = "383"
    ten = history.state.neighbours_of(leeds)
    for code in (*ten[:5], leeds):
        history.send(code, "2025-26-Q1", FD04=(200, 1000))
    before = history.near(leeds, "2025-26-Q1", "FD04")
    assert before.basis == "in-year"
    history.withdraw(ten[0], "2025-26-Q1")
    near = history.near(leeds, "2025-26-Q1", "FD04")
    assert (near.in_year, near.used) == ((False,), (10,))


def test_where_there_is_nobody_to_compare_there_are_no_medians():
    medians = find_medians(gather([], {"301": 1.0}))

    assert medians.value.shape == medians.used.shape == (0,)
