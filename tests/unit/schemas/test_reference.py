import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from schemas.errors import UnknownCode
from schemas.reference import Accumulates, Kind, Polarity, load_library

VERSION = "2026.1"
LIBRARY = load_library()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_library_is_read_once_and_shared():
    assert load_library() is LIBRARY


def test_england_has_153_authorities_in_nine_regions_of_the_known_sizes():
    sizes = Counter(a.region for a in LIBRARY.authorities().values())
    assert sizes == {
        "E12000001": 12,
        "E12000002": 24,
        "E12000003": 15,
        "E12000004": 10,
        "E12000005": 14,
        "E12000006": 11,
        "E12000007": 33,
        "E12000008": 19,
        "E12000009": 15,
    }
    assert set(LIBRARY.regions()) == set(sizes)


def test_authorities_agree_with_the_list_in_dfe_statistics_of_2025(shared):
    """Barnsley and Sheffield stand in those files under the ONS codes they had until April 2025."""
    listed = rows(shared / "data/derived/la_reference_153.csv")
    assert {row["old_la_code"] for row in listed} == set(LIBRARY.authorities())
    for row in listed:
        authority = LIBRARY.authority(row["old_la_code"])
        assert authority.ons_code_on(date(2025, 3, 31)) == row["new_la_code"]
        assert authority.region == row["region9_code"]
        assert authority.sub_region == (
            row["dfe_region_code"] if row["dfe_region_code"] != row["region9_code"] else None
        )


@pytest.mark.parametrize(
    ("code", "day", "ons_code"),
    [
        ("370", date(2025, 4, 30), "E08000016"),
        ("370", date(2025, 5, 1), "E08000038"),
        ("373", date(2025, 5, 1), "E08000039"),
        ("825", date(2020, 3, 31), "E10000002"),
        ("825", date(2020, 4, 1), "E06000060"),
        ("815", date(2023, 4, 1), "E06000065"),
        ("933", date(2023, 3, 31), "E10000027"),
        ("909", date(2023, 4, 1), None),
        ("942", date(2023, 3, 31), None),
    ],
)
def test_an_ons_code_is_in_force_between_its_days(code, day, ons_code):
    assert LIBRARY.authority(code).ons_code_on(day) == ons_code


def test_every_ons_code_past_and_present_leads_to_one_authority():
    assert LIBRARY.by_ons_code("E08000016") == LIBRARY.by_ons_code("E08000038") == "370"
    assert LIBRARY.by_ons_code("E10000006") == "909"
    assert LIBRARY.by_ons_code("E09000021 / E09000027") == "314 / 318"
    assert LIBRARY.by_ons_code("E12000003") == "E12000003"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("909", ("942", "943")),
        ("928", ("940", "941")),
        ("835", ("838", "839")),
        ("836", ("839",)),
        ("837", ("839",)),
    ],
)
def test_successors_and_predecessors_mirror_each_other(old, new):
    assert LIBRARY.authority(old).successors == new
    assert all(old in LIBRARY.authority(code).predecessors for code in new)
    assert old not in LIBRARY.authorities()
    assert LIBRARY.authority(old).closes < LIBRARY.authority(new[0]).opens


def test_joint_returns_name_their_members():
    assert dict(LIBRARY.joint) == {
        "314 / 318": ("314", "318"),
        "940 / 941": ("940", "941"),
        "942 / 943": ("942", "943"),
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Herefordshire, County of", "884"),
        ("Herefordshire", "884"),
        ("Bedford Borough", "822"),
        ("Bristol, City of", "801"),
        ("bristol", "801"),
        ("Kingston Upon Hull, City of", "810"),
        ("Durham", "840"),
        ("County Durham", "840"),
        ("St Helens", "342"),
        ("Southend on Sea", "882"),
        ("Bournemouth, Christchurch & Poole", "839"),
        ("Dorset", "838"),
        ("Cumbria", "909"),
        ("Averndale", "D01"),
        ("Yorkshire and The Humber", "E12000003"),
        ("Yorkshire and the Humber", "E12000003"),
        ("London (Inner)", "E13000001"),
    ],
)
def test_an_authority_or_region_is_found_under_any_spelling_in_use(name, code):
    assert LIBRARY.by_name(name) == code


def test_the_names_of_other_tables_all_lead_to_their_code(shared):
    lookup = rows(shared / "data/reference/d2i_provider_data_lookup.csv")
    long = rows(shared / "data/derived/lait_csc_long.csv")
    regions = {str(pseudo) for pseudo in range(970, 991)}
    names = {(row["local_authority_ons_name"], row["la_code"]) for row in lookup}
    names |= {(row["utla23nm"], row["la_code"]) for row in lookup if len(row["lad23cd"]) == 9}
    names |= {
        (row["area_name"], row["old_la_code"]) for row in long if row["old_la_code"] not in regions
    }
    names = {pair for pair in names if pair[0] not in {"", "Cumbria County"}}
    assert len({code for _, code in names}) >= 153
    county = {("Cumbria", "942"), ("Cumbria", "943")}  # the county that both lie in
    assert {pair for pair in names if LIBRARY.by_name(pair[0]) != pair[1]} <= county


def test_what_is_not_in_the_tables_is_named_in_the_fault():
    for look in (
        lambda: LIBRARY.authority("999"),
        lambda: LIBRARY.by_name("Atlantis"),
        lambda: LIBRARY.by_ons_code("W06000015"),
        lambda: LIBRARY.catalogue("1999.1"),
        lambda: LIBRARY.indicator("ZZ99", version=VERSION),
        lambda: LIBRARY.neighbours("1999"),
        lambda: LIBRARY.rules("1999.1"),
        lambda: LIBRARY.region("E12000010"),
        lambda: LIBRARY.collection("weekly", version=VERSION),
    ):
        with pytest.raises(UnknownCode, match="reference tables"):
            look()


def test_statistical_neighbours_of_2025_agree_with_the_long_table(shared):
    expected: dict[str, list[str]] = {}
    for row in rows(shared / "data/derived/statistical_neighbours_2025_long.csv"):
        expected.setdefault(row["old_la_code"], []).append(row["sn_old_la_code"])
    actual = {code: list(ten) for code, ten in LIBRARY.neighbours("2025").items()}
    assert actual == expected


def test_statistical_neighbours_of_2021_agree_with_the_previous_list_of_data_to_insight(shared):
    """That list is sorted by code, not by rank."""
    compared = 0
    for row in rows(shared / "data/reference/d2i_provider_data_lookup.csv"):
        ten = LIBRARY.neighbours("2021").get(row["la_code"])
        previous = sorted(code.strip() for code in row["stat_neighbours_previous"].split(","))
        if ten is not None and len(previous) == 10:
            compared += sorted(ten) == previous
    assert compared >= 145


def test_the_two_neighbour_tables_share_half_of_the_ten():
    shared = [
        len(set(ten) & set(LIBRARY.neighbours("2021")[code]))
        for code, ten in LIBRARY.neighbours("2025").items()
        if code in LIBRARY.neighbours("2021")
    ]
    assert (min(shared), max(shared)) == (1, 10)
    assert round(sum(shared) / len(shared), 1) == 5.4


def test_no_authority_is_its_own_neighbour_and_each_has_ten_different_ones():
    for version in ("2021", "2025"):
        for code, ten in LIBRARY.neighbours(version).items():
            assert len(set(ten)) == 10
            assert code not in ten


def test_the_demonstration_has_eleven_fictional_senders_beside_the_real_authorities():
    senders = LIBRARY.senders("demo")
    assert list(senders) == [f"D{n:02d}" for n in range(1, 12)]
    assert {a.region for a in senders.values()} == {"D00"}
    assert set(LIBRARY.authorities("demo")) == set(senders) | set(LIBRARY.authorities())
    assert "D00" in LIBRARY.regions("demo")


def test_fictional_authorities_never_enter_england():
    assert not set(LIBRARY.senders("demo")) & set(LIBRARY.authorities("england"))
    assert "D00" not in LIBRARY.regions()
    assert set(LIBRARY.neighbours("2025")) == set(LIBRARY.authorities())
    among = {code for ten in LIBRARY.neighbours("2025", "demo").values() for code in ten}
    assert not {code for code in among if code.startswith("D")}


def test_a_fictional_authority_has_the_neighbours_of_the_one_it_is_drawn_from():
    drawn = {a.code: a.drawn_from for a in LIBRARY.senders("demo").values()}
    assert len(set(drawn.values())) == 11
    table = LIBRARY.neighbours("2025", "demo")
    assert all(table[code] == table[real] for code, real in drawn.items())


def test_a_fictional_name_is_part_of_no_real_district_or_authority_name(shared):
    districts = rows(shared / "data/reference/ons_ltla_utla_apr23.csv")
    real = {row["LTLA23NM"].lower() for row in districts}
    real |= {a.name.lower() for a in LIBRARY.authorities().values()}
    for authority in LIBRARY.senders("demo").values():
        assert not [name for name in real if authority.name.lower() in name]


def test_the_three_collections_share_out_the_92_indicators():
    sizes = Counter(i.collection for i in LIBRARY.catalogue(VERSION).values())
    assert sizes == {"riia-quarterly": 31, "early-help-quarterly": 9, "regional-quarterly": 52}
    assert LIBRARY.collection("early-help-quarterly", version=VERSION)[0] == "EH01"


def test_the_catalogue_keeps_what_its_source_says(shared):
    listed = rows(shared / "data/derived/indicator_catalogue.csv")
    catalogue = LIBRARY.catalogue(VERSION)
    assert list(catalogue) == [row["code"] for row in listed]
    for row in listed:
        indicator = catalogue[row["code"]]
        for field in ("name", "numerator", "denominator", "unit", "domain", "collection"):
            assert getattr(indicator, field) == row[field]
        assert indicator.polarity == Polarity(row["polarity"])
        assert indicator.accumulates == Accumulates(row["accumulates"])
        assert (indicator.lait_code or "") == row["lait_code"]
        assert " ".join(indicator.sets) == row["sets"]
    amended = {r["code"] for r in listed if catalogue[r["code"]].decimals != int(r["decimals"])}
    assert amended == {"ED04", "ME04", "YJ02"}


def test_the_factor_turns_numerator_and_denominator_into_the_unit():
    catalogue = LIBRARY.catalogue(VERSION)
    by_unit = {"/10k": 10_000, "/100k": 100_000, "%": 100, "ratio": 1, "score": 1}
    for indicator in catalogue.values():
        if indicator.code == "WF04":
            assert indicator.factor == pytest.approx(100 / 253)
        else:
            assert indicator.factor == by_unit.get(indicator.unit, 1)


def test_kind_follows_from_the_unit_and_a_rate_has_a_population():
    for indicator in LIBRARY.catalogue(VERSION).values():
        assert (indicator.kind is Kind.RATE) == (indicator.population is not None)
        assert (indicator.kind is Kind.PERCENTAGE) == (indicator.unit == "%")
        assert (indicator.kind is Kind.COUNT) == (not indicator.has_denominator)
    assert LIBRARY.indicator("SE01", version=VERSION).population == "0-25"
    assert LIBRARY.indicator("YJ01", version=VERSION).population == "10-17"
    assert LIBRARY.indicator("LA15", version=VERSION).kind is Kind.MEAN
    assert LIBRARY.indicator("WF06", version=VERSION).kind is Kind.RATIO


def test_the_written_tables_are_what_the_script_writes_today(shared):
    from tools.reference_tables import DATA, tables

    for name, text in tables(shared / "data"):
        assert (DATA / name).read_bytes() == text.encode(), (
            f"{name} differs: run `python -m tools.reference_tables ../shared/data`"
        )


def test_an_authority_exists_from_its_first_day_to_its_last():
    cumbria, cumberland = LIBRARY.authority("909"), LIBRARY.authority("942")
    last, first = date(2023, 3, 31), date(2023, 4, 1)
    assert cumbria.exists(last, last)
    assert not cumbria.exists(first, date(2024, 3, 31))
    assert cumberland.exists(date(2022, 4, 2), first)
    assert not cumberland.exists(date(2022, 4, 1), last)
    assert LIBRARY.authority("383").exists(date(1999, 1, 1), date(1999, 1, 1))
    assert {"909", "928", "837"} <= LIBRARY.absent(first, date(2024, 3, 31))
    assert not LIBRARY.absent(first, date(2024, 3, 31)) & set(LIBRARY.authorities())
