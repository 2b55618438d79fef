"""Data sets: what Explore Education Statistics screens, what CSVW asks, and who they are for."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import Observation, PeriodOpened, ReturnAccepted, Standing, StandingsUpdated
from schemas.reference import ENGLAND, load_library
from services.gateway.core.data_file import SYMBOLS, guard
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.sample.history import make_event, make_history
from services.gateway.sample.store import make_store
from services.gateway.views import Views
from services.runtime.problem import install
from tests.contract.screener import LIMITS, MOST_ITEMS, RULES, Pair, read_pair, screen

TOOLS = Path(sys.executable).parent
LIBRARY = load_library()
REAL, PERIOD, COLLECTION = "383", "2026-27-Q2", "riia-quarterly"


def serve(events, nation: str) -> TestClient:
    app = FastAPI()
    install(app)
    mount(app, Views(make_store(events), library=LIBRARY, nation=nation), feed=Feed(nation))
    return TestClient(app)


@pytest.fixture(scope="module")
def invented() -> TestClient:
    """The gateway over an invented history of the demonstration region."""
    return serve(make_history(LIBRARY), "demo")


@pytest.fixture(scope="module")
def real() -> TestClient:
    """The gateway over one return of one English authority, with every kind of figure."""
    standings = (
        Standing(indicator="FD01", state="reported", numerator=5123, value=311.25),
        Standing(indicator="FD04", state="reported", numerator=2, denominator=981, value=0.2039),
        Standing(indicator="CP04", state="reported", numerator=0, denominator=0),
        Standing(indicator="CP08", state="missing", symbol="k"),
        Standing(indicator="CP09", state="suppressed", symbol="c"),
        Standing(indicator="WF01", state="reported", numerator=412.5, value=412.5),
        Standing(indicator="WF02", state="missing", symbol="x"),
        Standing(indicator="WF03", state="unreliable", symbol="u"),
    )
    accepted = ReturnAccepted(
        return_id="of-leeds", authority=REAL, collection=COLLECTION, period=PERIOD,
        sha256="00" * 32, size=1, media_type="text/csv", channel="api", rules="2026.2",
        observations=(Observation(indicator="FD01", numerator=5123),),
    )  # fmt: skip
    updated = StandingsUpdated(
        authority=REAL, collection=COLLECTION, period=PERIOD, return_id="of-leeds",
        baseline="b", catalogue="2026.1", neighbours="2025", rules="2026.1", engine=1,
        provisional=True, standings=standings, signatures=(),
    )  # fmt: skip
    opened = PeriodOpened(collection=COLLECTION, period=PERIOD, due="2026-11-11")
    told = [
        replace(make_event(payload, time=f"2026-10-01T00:0{minute}:00.000Z"), nation=ENGLAND)
        for minute, payload in enumerate((opened, accepted, updated))
    ]
    return serve(told, ENGLAND)


def listed(client: TestClient) -> list[dict]:
    return client.get("/v1/data-sets").json()["items"]


def pair_of(client: TestClient, one: dict) -> Pair:
    data, meta = client.get(one["data"]), client.get(one["meta"])
    assert {data.status_code, meta.status_code} == {200}
    return read_pair(_name(one["data"]), data.text, _name(one["meta"]), meta.text)


def _name(address: str) -> str:
    return address.rsplit("/", 1)[1]


@pytest.mark.parametrize("nation", ["invented", "real"])
def test_every_data_set_passes_each_rule_of_the_screener(request, nation):
    client = request.getfixturevalue(nation)

    for one in listed(client):
        assert screen(pair_of(client, one)) == {}, one["id"]


# ------------------------------------------------------------------- the rules bite


@pytest.fixture(scope="module")
def good(real) -> Pair:
    """A pair that passes, with what our own files have none of: a filter in groups."""
    pair = pair_of(real, listed(real)[0])
    pair.columns += ["placement", "placement_group"]
    groups = {"Total": "Total", "Foster care": "Family", "Adoption": "Family", "Hostel": "Other"}
    pair.data = [
        {**row, "placement": item, "placement_group": group}
        for row in pair.data
        for item, group in groups.items()
    ]
    blank = dict.fromkeys(pair.meta_columns, "")
    told = {"col_name": "placement", "col_type": "Filter", "label": "Placement"}
    pair.meta.append({**blank, **told, "filter_grouping_column": "placement_group"})
    assert screen(pair) == {}
    return pair


def cell(column: str, value: str) -> Callable[[Pair], None]:
    """Plants a value in the first row of the data."""

    def plant(pair: Pair) -> None:
        pair.data[0][column] = value

    return plant


def everywhere(column: str, value: str) -> Callable[[Pair], None]:
    def plant(pair: Pair) -> None:
        pair.data = [{**row, column: value} for row in pair.data]

    return plant


def said(column: str, value: str, *, of: str = "Indicator") -> Callable[[Pair], None]:
    """Plants a value in the metadata of the first indicator or filter."""

    def plant(pair: Pair) -> None:
        next(row for row in pair.meta if row["col_type"] == of)[column] = value

    return plant


def gone(column: str, *, at: str = "columns") -> Callable[[Pair], None]:
    def plant(pair: Pair) -> None:
        getattr(pair, at).remove(column)
        for row in pair.data if at == "columns" else pair.meta:
            row.pop(column, None)

    return plant


def more(column: str, *values: str, at: str = "columns") -> Callable[[Pair], None]:
    """Plants a column; the values go round."""

    def plant(pair: Pair) -> None:
        getattr(pair, at).append(column)
        rows = pair.data if at == "columns" else pair.meta
        for place, row in enumerate(rows):
            row[column] = values[place % len(values)]

    return plant


def called(name: str, meta: str | None = None) -> Callable[[Pair], None]:
    def plant(pair: Pair) -> None:
        pair.name, pair.meta_name = name, meta or name.replace(".csv", ".meta.csv")

    return plant


def level(name: str) -> Callable[[Pair], None]:
    return everywhere("geographic_level", name)


def twice(pair: Pair) -> None:
    pair.data.append(dict(pair.data[0]))


def say_twice(pair: Pair) -> None:
    pair.meta.append(dict(pair.meta[0]))


def group_twice(pair: Pair) -> None:
    pair.meta.append({**pair.meta[-1], "col_name": "other", "label": "Other"})


def crowd(pair: Pair) -> None:
    pair.data = [{**pair.data[0], "placement": f"Home {n}"} for n in range(MOST_ITEMS + 1)]


def crowd_of_groups(pair: Pair) -> None:
    for place, row in enumerate(pair.data):
        row["placement_group"] = f"Group {place}"


def crowd_of_rows(pair: Pair) -> None:
    pair.meta += [{**pair.meta[0], "col_name": f"more_{n}"} for n in range(20)]


FAULTS: dict[str, Callable[[Pair], None]] = {
    "check_filename_spaces": called("quarter two.csv"),
    "check_filename_special": called("quarter&two.csv"),
    "check_filenames_match": called("one.csv", "two.meta.csv"),
    "precheck_col_req_meta": gone("filter_hint", at="meta_columns"),
    "precheck_col_invalid_meta": more("remark", "", at="meta_columns"),
    "precheck_col_req_data": gone("time_identifier"),
    "precheck_col_to_rows": crowd_of_rows,
    "precheck_cross_meta_to_data": said("col_name", "fd99_numerator"),
    "precheck_cross_data_to_meta": more("remark", "one", "two"),
    "check_col_names_spaces": more("a remark", ""),
    "check_col_snake_case": more("aRemark", ""),
    "check_col_var_start": more("1st", ""),
    "check_col_ind_smushed": said("col_name", "females_numerator"),
    "check_col_var_characteristic": said("col_name", "characteristic", of="Filter"),
    "precheck_meta_col_type": said("col_type", "Measure"),
    "precheck_meta_ob_unit": said("col_name", "la_name"),
    "precheck_meta_col_name": said("col_name", ""),
    "check_meta_dupe_label": say_twice,
    "check_meta_fil_grp": said("filter_grouping_column", "placement_group"),
    "check_meta_fil_grp_dupe": group_twice,
    "check_meta_fil_grp_is_fil": said("filter_grouping_column", "placement", of="Filter"),
    "check_meta_fil_grp_match": said("filter_grouping_column", "nowhere", of="Filter"),
    "check_meta_fil_grp_stripped": cell("placement_group", "Fami ly"),
    "check_meta_label": said("label", " "),
    "check_meta_filter_hint": said("filter_hint", "Choose one"),
    "check_meta_geog_catch": said("col_name", "region", of="Filter"),
    "check_meta_indicator_dp": said("indicator_dp", "1", of="Filter"),
    "check_meta_ind_unit": said("indicator_unit", "%", of="Filter"),
    "check_meta_indicator_grouping": said("indicator_grouping", "Homes", of="Filter"),
    "check_meta_col_name_spaces": said("col_name", "fd01 numerator"),
    "check_meta_col_name_dupe": say_twice,
    "check_meta_ind_dp_set": said("indicator_dp", ""),
    "check_meta_ind_dp_values": said("indicator_dp", "-1"),
    "check_meta_ind_unit_validation": said("indicator_unit", "percent"),
    "precheck_time_period_num": everywhere("time_period", "2026/27"),
    "precheck_time_id_valid": everywhere("time_identifier", "Quarter 2"),
    "precheck_time_id_mix": cell("time_identifier", "Academic year"),
    "check_time_period": everywhere("time_period", "2026"),
    "check_time_period_six": everywhere("time_period", "202628"),
    "precheck_filter_not_singular": everywhere("placement", "Total"),
    "check_filter_defaults": everywhere("placement_group", "All of them"),
    "check_filter_group_level": crowd_of_groups,
    "check_filter_item_limit": crowd,
    "check_filter_whitespace": cell("placement", " Total"),
    "check_filter_blanks": cell("placement", ""),
    "check_filter_ob_total": cell("la_name", "Total"),
    "precheck_geog_level": level("Council"),
    "precheck_geog_level_present": gone("old_la_code"),
    "check_geog_country_combos": everywhere("country_name", "England and Wales"),
    "check_geog_region_combos": everywhere("region_name", "Yorkshire"),
    "check_geog_la_combos": cell("new_la_code", "E08000099"),
    "check_geog_level_completed": cell("old_la_code", ""),
    "check_geog_ignored_rows": level("School"),
    "check_geog_la_col_present": gone("new_la_code"),
    "check_geog_region_col_present": gone("region_code"),
    "check_geog_region_for_la": cell("region_code", ""),
    "check_geog_overcompleted_cols": level("Regional"),
    "check_general_null": cell("fd01_numerator", "N/A"),
    "check_general_dupes": twice,
    "check_ind_invalid_entry": cell("fd01_numerator", ""),
    "check_api_char_col_name": more("a" * (LIMITS["column"] + 1), ""),
    "check_api_char_col_label": said("label", "l" * (LIMITS["label"] + 1)),
    "check_api_char_loc_code": cell("new_la_code", "E" * (LIMITS["code"] + 1)),
    "check_api_char_filter_items": cell("la_name", "n" * (LIMITS["item"] + 1)),
}


def test_every_rule_has_a_pair_that_breaks_it():
    assert set(FAULTS) == set(RULES)


@pytest.mark.parametrize("name", FAULTS)
def test_a_rule_finds_what_breaks_it(good, name):
    bad = deepcopy(good)
    FAULTS[name](bad)

    assert list(RULES[name](good)) == []
    assert list(RULES[name](bad)) != []


@pytest.mark.parametrize("symbol", ["", ":", "~"])
def test_the_screener_refuses_a_blank_and_marks_of_old(good, symbol):
    bad = deepcopy(good)
    bad.data[0]["wf02_percentage"] = symbol

    assert "check_ind_invalid_entry" in screen(bad)


# ------------------------------------------------------------------- what stands in a set


def test_figures_stand_as_they_were_returned_and_symbols_where_there_is_none(real):
    pair = pair_of(real, listed(real)[0])
    leeds = next(row for row in pair.data if row["old_la_code"] == REAL)
    shown = {
        "time_period": "202627",
        "time_identifier": "Financial year Q2",
        "geographic_level": "Local authority",
        "country_code": "E92000001",
        "region_name": "Yorkshire and The Humber",
        "new_la_code": "E08000035",
        "la_name": "Leeds",
        "fd01_numerator": "5123",
        "fd01_rate": "311.3",
        "fd04_numerator": "2",
        "fd04_percentage": "0.2",
        "cp04_numerator": "0",
        "cp04_percentage": "z",
        "cp08_numerator": "low",
        "cp09_denominator": "c",
        "wf01_count": "412.5",
        "wf02_percentage": "x",
        "wf03_numerator": "u",
        "fd03_numerator": "x",
    }

    assert {column: leeds[column] for column in shown} == shown
    assert "fd01_denominator" not in pair.columns


def test_whoever_of_the_region_has_not_returned_has_a_row_of_x(real):
    pair = pair_of(real, listed(real)[0])
    others = [row for row in pair.data if row["old_la_code"] != REAL]
    figures = {row[name] for row in others for name in pair.named("Indicator")}

    assert len(others) == 14
    assert figures == {"x"}


def test_no_cell_is_blank_and_whatever_is_no_number_is_a_symbol(invented):
    for one in listed(invented):
        pair = pair_of(invented, one)
        words = {
            value
            for name in pair.named("Indicator")
            for value in pair.values(name)
            if not re.fullmatch(r"\d+(\.\d+)?", value)
        }

        assert words <= set(SYMBOLS)
        assert all(value for row in pair.data for value in row.values())


def test_an_invented_authority_has_no_code_of_a_real_place(invented):
    pair = pair_of(invented, listed(invented)[0])

    for column in ("country_code", "region_code", "new_la_code"):
        assert pair.values(column) == {"x"}
    assert all(row["old_la_code"].startswith("D") for row in pair.data)


@pytest.mark.parametrize("nation", ["invented", "real"])
def test_name_rows_metadata_and_page_say_that_it_is_for_the_group_alone(request, nation):
    client = request.getfixturevalue(nation)
    one = listed(client)[0]
    pair, csvw = pair_of(client, one), client.get(one["csvw"]).json()

    for name in (pair.name, pair.meta_name, csvw["url"], one["id"]):
        assert "group-only_not-for-publication" in name
    (condition,) = pair.values("conditions")
    for words in (condition, one["conditions"], csvw["dc:rights"], csvw["dc:accessRights"]):
        assert "Not for publication." in words
        assert ("invented" in words) == (nation == "invented")
    assert "not for publication" in client.get("/data").text
    for address in (one["data"], one["meta"], one["csvw"]):
        given = client.get(address).headers["content-disposition"]
        assert given == f'attachment; filename="{_name(address)}"'


def test_a_text_that_a_spreadsheet_would_run_is_shown_and_not_run():
    for start in ("=", "+", "-", "@", "\t", "\r", "\0"):
        assert guard(f"{start}1+1") == f"'{start}1+1"
    assert guard("Kingston upon Hull, City of") == "Kingston upon Hull, City of"


def test_lines_end_as_rfc_4180_says_and_there_is_no_mark_before_the_header(real):
    body = real.get(listed(real)[0]["data"]).content

    assert body.startswith(b"time_period,")
    assert body.count(b"\n") == body.count(b"\r\n") == 16


def test_there_is_no_data_set_of_what_is_none(real):
    for file in ("weekly.csv", "weekly.json", listed(real)[0]["id"]):
        answer = real.get(f"/v1/data-sets/{file}")

        assert answer.status_code == 404
        assert "GET /v1/data-sets lists them" in answer.json()["detail"]


def test_data_sets_are_listed_in_parts_and_by_collection(invented):
    whole = listed(invented)
    first = invented.get("/v1/data-sets?limit=1").json()
    second = invented.get(f"/v1/data-sets?limit=1&cursor={first['next']}").json()

    assert [*first["items"], *second["items"]] == whole[:2]
    assert invented.get("/v1/data-sets?collection=early-help-quarterly").json()["items"] == []


# ------------------------------------------------------------------- CSVW


@pytest.fixture
def folder(tmp_path) -> Callable[..., Path]:
    """Puts a set's files side by side, as somebody does who has downloaded them."""

    def put(client: TestClient, *, change: tuple[str, str] | None = None) -> Path:
        one = listed(client)[0]
        text = client.get(one["data"]).content.decode()
        if change is not None:
            assert change[0] in text
            text = text.replace(*change, 1)
        (tmp_path / _name(one["data"])).write_bytes(text.encode())
        metadata = tmp_path / _name(one["csvw"])
        metadata.write_bytes(client.get(one["csvw"]).content)
        return metadata

    return put


def validate(metadata: Path) -> subprocess.CompletedProcess[str]:
    program = TOOLS / "csvwvalidate"
    if not program.is_file():
        pytest.skip("csvwvalidate is not installed ('make setup' installs it)")
    return subprocess.run(
        [program, metadata.name],
        cwd=metadata.parent, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("nation", ["invented", "real"])
def test_csvw_finds_the_data_as_its_metadata_says(request, folder, nation):
    done = validate(folder(request.getfixturevalue(nation)))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "change",
    [
        ("5123", "many"),
        ("202627", "2026/27"),
        ("fd01_numerator", "fd01"),
        (",412.5,", ",:,"),
        (",383,", ",380,"),
        ("Leeds", ""),
    ],
)
def test_csvw_refuses_data_that_its_metadata_does_not_allow(real, folder, change):
    assert validate(folder(real, change=change)).returncode != 0


def test_the_metadata_of_csvw_say_what_each_column_counts(real):
    one = listed(real)[0]
    csvw = real.get(one["csvw"])
    columns = {each["name"]: each for each in csvw.json()["tableSchema"]["columns"]}
    (header, *_) = csv.reader(io.StringIO(real.get(one["data"]).text))

    assert csvw.headers["content-type"] == "application/csvm+json"
    assert list(columns) == header
    assert all(column["dc:description"] for column in columns.values())
    assert json.loads(csvw.content)["url"] == _name(one["data"])
