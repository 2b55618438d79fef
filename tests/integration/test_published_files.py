"""Every real published file through the importer, against numbers counted without it."""

import csv
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest

from schemas.events import FiguresPublished
from schemas.numbers import round_half_up
from schemas.reference import load_library
from services.ingest.core.published import Imported, Reason, import_file

pytestmark = pytest.mark.integration

LIBRARY = load_library()
CATALOGUE = LIBRARY.catalogue("2026.1")
ENGLAND = "E92000001"
Row = dict[str, str]

LAIT_PARTS = {
    "FD07": (["RefBySource_Police_%"], [], ["CPP_Total_NumRef"]),
    "AS03": (["Continue_Assess_Comp"], [], []),
    "CN03": (["CINTime2more"], [], []),
    "CN04": (["CINCease3months"], [], []),
    "CP01": (["Section_47"], [], []),
    "CP02": (["ISCP_Conf", "Section_47"], [], []),
    "CP03": (["ISCP_Conf"], [], []),
    "CP04": (["CP_conf_15days"], [], []),
    "CP07": (["DeRegCPR"], [], []),
    "CP11": (["CPPlans2yrs"], [], []),
    "CP12": (["RevCP"], ["CPP_Reviewed_InReqTimeScl"], ["CPP_31March_3MnthorMore"]),
    "LA04": (["Unacc_Asylmn_Seek_Childn%"], ["Unacc_Asylmn_Seek_Childn"], ["LACnum"]),
    "LA07": (["LACDistance"], [], ["LACnum"]),
    "LA08": (["LAC_Foster_Placements"], [], ["LACnum"]),
    "LA12": (["Children_missing"], [], []),
    "LA16": (["CareApplications"], [], []),
    "LA18": (["LAC_ceased_SGO%", "LAC_ceased_CAO%"], [], ["LACceased"]),
    "CL04": (["CareLeavers_LA_NotInTouch"], [], ["NoCareLeavers"]),
    "SE02": (["SEN_TotStat"], [], []),
    "SE04": (["SEN_AppealableDec"], [], []),
    "SE05": (["SEN_PEC_OUTCOME_COM_4WKS"], [], ["SEN_AN_REVIEW_MEET_REC"]),
    "ED04": (["LAC_Fixed_ Ex"], [], []),
    "ME04": (["TotPermEx"], [], []),
    "ME05": (["16-17_not known_NEET"], [], []),
    "YJ01": (["FirstYJS"], [], []),
    "YJ02": (["ReoffYO15-17"], [], []),
}
"""For each indicator that only LAIT has: its measures for value, numerator and denominator."""


def every(_: Row) -> bool:
    return True


def holding(**expected: set[str]) -> Callable[[Row], bool]:
    return lambda row: all(row[column] in texts for column, texts in expected.items())


CLA_12_MONTHS = {"CLA 12 months at 31 March"}

# The rows that an indicator takes from each file; all others are another breakdown.
TAKEN: dict[str, Callable[[Row], bool]] = {
    "b1_children_in_need_2013_to_2025.csv": every,
    "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": every,
    "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv": every,
    "d3_cpps_subsequent_plan_2013_to_2025.csv": every,
    "d5_cpps_at31march_by_duration_2013_to_2025.csv": every,
    "cla_number_and_rate_per_10k_children.csv": every,
    "csww_indicators_2017_to_2025.csv": every,
    "la_cla_swcount.csv": every,
    "ons_mid-year_population_estimates_2012_to_2024.csv": every,
    "ehcp_assessments.csv": holding(breakdown={"All EHC needs assessments"}),
    "ehcp_requests.csv": holding(breakdown={"All requests for EHC needs assessments"}),
    "ehcp_timeliness_20_week.csv": holding(breakdown={"All EHC plans issued"}),
    "absence_la.csv": holding(
        social_care_group=CLA_12_MONTHS | {"CINO at 31 March"}, phase_type_grouping={"Total"}
    ),
    "ks2_la.csv": holding(social_care_group=CLA_12_MONTHS),
    "ks4_la.csv": holding(social_care_group=CLA_12_MONTHS),
    "la_care_leavers_accommodation_suitability.csv": holding(
        care_leaver_age={"19 to 21 years"},
        breakdown={"Accommodation considered suitable", "Suitability total"},
    ),
    "la_care_leavers_activity.csv": holding(
        breakdown={"Total", "Total in education, employment or training"}
    ),
    "la_cla_placement_stability.csv": lambda row: (
        row["cla_group"] != "CLA 2 years on 31 March"
        and row["placement_stability"] != "With 3 or more placements during the previous 2 years"
    ),
    "la_conviction_health_outcome_cla.csv": holding(
        breakdown={
            "Had their annual health assessment",
            "Had their teeth checked by a dentist",
            "Total all ages",
            "SDQ average score",
            "SDQ score was received",
            "Convicted or subject to youth cautions, or youth conditional cautions during the year",
            "Total ages 10 to 17 years",
        },
        characteristic={
            "Health assessments: Children looked after all ages",
            "Ages 5 to 16 years with SDQ score",
            "Convictions: Children looked after Ages 10 to 17 years",
        },
    ),
}

# Columns whose cells decide whether a row has a figure; by default all that follow the names.
FIGURES = {
    "ks2_la.csv": ["t_rwm_met_expected_standard", "pt_rwm_met_expected_standard"],
    "ks4_la.csv": ["t_att8", "avg_att8"],
    "absence_la.csv": ["t_pupils_pa_10_exact", "pt_pupils_pa_10_exact"],
}

# Authorities and the years (as in the files, ending in March) in which they did not exist.
GONE = {
    "909": lambda year: year > 2023,
    "928": lambda year: year > 2021,
    "940": lambda year: year < 2022,
    "941": lambda year: year < 2022,
    "942": lambda year: year < 2024,
    "943": lambda year: year < 2024,
}

ACCOUNTS = {
    "absence_la.csv": (17220, 1970, {"other_breakdown": 14924, "no_figures": 326}),
    "b1_children_in_need_2013_to_2025.csv": (2132, 2132, {}),
    "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": (2132, 2132, {}),
    "c3_factors_identified_at_end_of_assessment_2018_to_2025.csv": (1312, 1312, {}),
    "cla_number_and_rate_per_10k_children.csv": (2505, 2463, {"not_in_being": 42}),
    "csww_indicators_2017_to_2025.csv": (1463, 1463, {}),
    "d3_cpps_subsequent_plan_2013_to_2025.csv": (2132, 2132, {}),
    "d5_cpps_at31march_by_duration_2013_to_2025.csv": (2132, 2132, {}),
    "ehcp_assessments.csv": (12847, 972, {"other_breakdown": 11875}),
    "ehcp_requests.csv": (13170, 972, {"other_breakdown": 12198}),
    "ehcp_timeliness_20_week.csv": (12212, 970, {"other_breakdown": 11242}),
    "ks2_la.csv": (3444, 822, {"other_breakdown": 2296, "no_figures": 326}),
    "ks4_la.csv": (3444, 1148, {"other_breakdown": 2296}),
    "la_care_leavers_accommodation_suitability.csv": (
        6680,
        1642,
        {"other_breakdown": 5010, "not_in_being": 28},
    ),
    "la_care_leavers_activity.csv": (20040, 3284, {"other_breakdown": 16700, "not_in_being": 56}),
    "la_cla_placement_stability.csv": (5010, 3284, {"other_breakdown": 1670, "not_in_being": 56}),
    "la_cla_swcount.csv": (330, 330, {}),
    "la_conviction_health_outcome_cla.csv": (
        15030,
        5747,
        {"other_breakdown": 9185, "not_in_being": 98},
    ),
    "ons_mid-year_population_estimates_2012_to_2024.csv": (2132, 2132, {}),
}
"""Rows read, used and set aside. Read is `tail -n +2 FILE | grep -c ^`; `ehcp_requests.csv` is used
`grep -c ',All requests for EHC needs assessments,All requests'` times, and so on for the others."""


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


@pytest.fixture(scope="module")
def imported(shared: Path) -> dict[str, Imported]:
    files = sorted((shared / "data/published").glob("*.csv"))
    files += sorted((shared / "data/vintages").glob("*.csv"))
    files.append(shared / "data/derived/lait_csc_long.csv")
    return {
        path.name: import_file(path.read_bytes(), name=path.name, library=LIBRARY) for path in files
    }


@pytest.fixture(scope="module")
def latest(imported: dict[str, Imported]) -> dict[str, FiguresPublished]:
    """The newest data set of each indicator, one with counts before one without."""
    found: dict[str, FiguresPublished] = {}
    for file in imported.values():
        for figures in file.data_sets:
            now = found.get(figures.indicator)
            if now is None or rank(figures) > rank(now):
                found[figures.indicator] = figures
    return found


def rank(figures: FiguresPublished) -> tuple[str, bool, str]:
    return figures.ends, any(n is not None for n in figures.numerators), figures.release


def line(figures: FiguresPublished, area: str) -> tuple[float | None, ...]:
    at = figures.areas.index(area)
    return figures.values[at], figures.numerators[at], figures.denominators[at]


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_rows_used_and_set_aside_are_those_counted_by_hand(imported, name):
    account = imported[name].account
    read, used, aside = ACCOUNTS[name]
    assert (account.read, account.used) == (read, used)
    assert {reason.value: count for reason, count in account.aside.items()} == aside


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_the_counts_by_hand_are_those_of_a_plain_reading_of_the_file(shared, name):
    read, used, aside = ACCOUNTS[name]
    table = rows(shared / "data/published" / name)
    taken = [row for row in table if TAKEN[name](row)]
    columns = FIGURES.get(name, list(table[0])[10:])
    years = {row["time_period"] for row in taken if any(is_number(row[c]) for c in columns)}
    hollow = sum(row["time_period"] not in years for row in taken)
    gone = sum(
        row["time_period"] in years
        and row["old_la_code"] in GONE
        and GONE[row["old_la_code"]](int(row["time_period"][:4]) + (len(row["time_period"]) > 4))
        and not any(is_number(row[column]) for column in columns)
        and name != "ons_mid-year_population_estimates_2012_to_2024.csv"
        for row in taken
    )
    counted = {
        "other_breakdown": len(table) - len(taken),
        "no_figures": hollow,
        "not_in_being": gone,
    }
    assert len(table) == read
    assert {reason: count for reason, count in counted.items() if count} == aside
    assert len(taken) - hollow - gone == used


@pytest.mark.parametrize(
    ("name", "read"),
    [("la_cla_during_year_new_placements.csv", 15865), ("la_cla_school_moves.csv", 6680)],
)
def test_a_known_file_without_an_indicator_is_set_aside_whole(imported, name, read):
    found = imported[name]
    assert found.data_sets == ()
    assert found.account.aside == {Reason.NO_INDICATOR: read}
    assert (found.account.read, found.account.used) == (read, 0)


def test_lait_rows_are_those_of_a_plain_reading_of_the_file(shared, imported):
    table = rows(shared / "data/derived/lait_csc_long.csv")
    there: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in table:
        there[row["lait_code"]].add((row["years"], row["old_la_code"]))
    serves: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for value, numerator, denominator in LAIT_PARTS.values():
        present = set.intersection(*(there[code] for code in value))
        present |= set.intersection(*(there[code] for code in numerator)) if numerator else set()
        for code in (*value, *numerator, *denominator):
            serves[code] |= present
    entrants = {place for place in there["FirstYJS"] if place[1] == "970"}
    serves["FirstYJS"] -= entrants
    mapped = [row for row in table if row["lait_code"] in serves]
    used = sum((row["years"], row["old_la_code"]) in serves[row["lait_code"]] for row in mapped)

    account = imported["lait_csc_long.csv"].account
    assert account.read == len(table) == 268001
    assert account.used == used == 44269
    assert account.aside == {
        Reason.OTHER_BREAKDOWN: len(table) - len(mapped),
        Reason.PART_MISSING: len(mapped) - used - len(entrants),
        Reason.OUT_OF_RANGE: len(entrants),
    }


def test_every_account_adds_up(imported):
    for found in imported.values():
        account = found.account
        assert account.read == account.used + sum(account.aside.values())


def test_todays_files_hold_nothing_that_needs_a_notice(imported):
    told = {name: found.notices for name, found in imported.items() if found.notices}
    assert set(told) == {
        "lait_csc_long.csv",
        "csww_headline_measures_2017_to_2022__release2022.csv",
    }
    assert told["lait_csc_long.csv"][0].startswith("YJ01: England's value lies outside")


EXPLAINED = {"YJ01"}  # LAIT prints 1,258 where authorities have about 140, so it is not taken


def test_englands_latest_values_are_those_of_the_catalogue(shared, latest):
    compared = 0
    for row in rows(shared / "data/derived/indicator_catalogue.csv"):
        code, expected = row["code"], row["england"]
        if not expected or code in EXPLAINED:
            continue
        figures = latest[code]
        value, numerator, denominator = line(figures, ENGLAND)
        if value is None:
            population = line(latest_population(latest, figures), ENGLAND)[1]
            factor = CATALOGUE[code].factor
            value = float(numerator) / float(denominator or population) * factor
        decimals = len(expected.partition(".")[2])
        assert round_half_up(value, decimals) == float(expected), code
        compared += 1
    assert compared == 56


def latest_population(latest, figures) -> FiguresPublished:
    population = latest["population:0-17"]
    assert population.ends == "2024-06-30" < figures.ends < "2025-06-30"
    return population


def test_englands_first_time_entrants_are_not_taken_and_the_authorities_are(latest):
    entrants = latest["YJ01"]
    assert ENGLAND not in entrants.areas
    assert 60 < median(v for v in entrants.values if v is not None) < 250


def test_every_indicator_can_be_flagged_or_says_why_not(latest):
    """Counts of its own, a denominator, a population or another's counts: one is needed."""
    for code, indicator in CATALOGUE.items():
        figures = latest.get(code)
        has_n = figures is not None and (
            figures.implied_n is not None
            or indicator.population == "0-17"
            or any(n is not None for n in figures.denominators)
        )
        testable = indicator.kind.value in {"rate", "percentage"}
        assert (has_n and testable) != (code in LIBRARY.unflagged), code


def test_what_stands_in_for_a_denominator_is_in_a_file_for_the_same_day(latest):
    named = {f.indicator: f.implied_n for f in latest.values() if f.implied_n is not None}
    assert named == {
        "FD07": "FD03",
        "AS03": "population:assessments-with-factors",
        "CN03": "CN01",
        "CN04": "population:need-episodes-ended",
        "CP04": "CP03",
        "CP11": "CP07",
        "LA07": "LA01",
        "LA08": "LA01",
        "LA18": "LA03",
    }
    for code, other in named.items():
        assert latest[other].ends == latest[code].ends


def test_laits_denominators_are_the_counts_that_other_files_publish(latest):
    for code, other in (("FD07", "FD03"), ("LA07", "LA01"), ("LA18", "LA03")):
        counts = dict(zip(latest[other].areas, latest[other].numerators, strict=True))
        pairs = zip(latest[code].areas, latest[code].denominators, strict=True)
        compared = [n == counts[area] for area, n in pairs if n is not None and area in counts]
        assert len(compared) > 90
        assert all(compared)


def recomputed(figures: FiguresPublished, decimals: int) -> tuple[int, int]:
    """How many authorities print what their counts give, to half a unit, and how many print."""
    factor = CATALOGUE[figures.indicator].factor
    agree = compared = 0
    for area in figures.areas:
        value, numerator, denominator = line(figures, area)
        if area.startswith("E") or value is None or numerator is None or not denominator:
            continue
        compared += 1
        agree += abs(numerator / denominator * factor - value) <= 0.5 * 10**-decimals + 1e-9
    return agree, compared


@pytest.mark.parametrize("code", ["FD04", "FD05", "FD06", "CP08", "CP10", "SE03"])
def test_percentages_recomputed_from_counts_are_the_published_ones(imported, code):
    compared = 0
    for figures in (f for i in imported.values() for f in i.data_sets if f.indicator == code):
        agree, there = recomputed(figures, 1)
        compared += there
        assert agree == there, figures.id
    assert compared > 500


@pytest.mark.parametrize("code", ["LA01", "LA02", "LA03"])
def test_rates_of_children_looked_after_recompute_half_up(imported, code):
    sets = imported["cla_number_and_rate_per_10k_children.csv"].data_sets
    compared = 0
    for figures in (f for f in sets if f.indicator == code):
        for area in figures.areas:
            value, numerator, denominator = line(figures, area)
            if value is not None and numerator is not None and not area.startswith("E"):
                assert round_half_up(numerator / denominator * 10_000, 0) == value
                compared += 1
    assert compared > 740


@pytest.mark.parametrize("code", ["WF02", "WF03", "WF04", "WF05", "WF06"])
def test_workforce_rates_recompute_from_rounded_counts_in_nine_of_ten_authorities(imported, code):
    sets = imported["csww_indicators_2017_to_2025.csv"].data_sets
    results = [recomputed(f, 1) for f in sets if f.indicator == code]
    agree, compared = (sum(column) for column in zip(*results, strict=True))
    assert compared > 1200
    assert 0.915 <= agree / compared <= 1


@pytest.mark.parametrize(
    ("file", "column", "code", "authorities"),
    [
        ("dfe_sn_median_workforce_data.csv", "turnover_rate_fte", "WF05", 149),
        ("dfe_sn_median_workforce_data.csv", "caseload_fte", "WF06", 149),
        ("dfe_sn_median_cin_referrals.csv", "Re_referrals_percent", "FD04", 153),
    ],
)
def test_medians_of_statistical_neighbours_are_those_that_dfe_prints(
    shared, latest, file, column, code, authorities
):
    figures = latest[code]
    values = dict(zip(figures.areas, figures.values, strict=True))
    agree = 0
    for row in rows(shared / "data/derived" / file):
        if row["geographic_level"] != "Statistical neighbours (median)":
            continue
        if row["time_period"] == "2025" and row["old_la_code"] in LIBRARY.authorities():
            ten = [values.get(code) for code in LIBRARY.neighbours("2025")[row["old_la_code"]]]
            ours = median(value for value in ten if value is not None)
            agree += abs(ours - float(row[column])) <= 0.05 + 1e-9
    assert agree == authorities


def test_two_releases_of_the_workforce_live_side_by_side(imported):
    old, middle, new = (
        {f.period: f for f in imported[name].data_sets if f.indicator == "WF02"}
        for name in (
            "csww_headline_measures_2017_to_2022__release2022.csv",
            "csww_indicators_2017_to_2024__asof_2025-07-23.csv",
            "csww_indicators_2017_to_2025.csv",
        )
    )
    assert [f["2021"].release for f in (old, middle, new)] == ["2023-02", "2025-02", "2026-02"]
    assert len({f["2021"].id for f in (old, middle, new)}) == 3
    assert old["2021"].values != new["2021"].values


def test_an_older_release_gives_joint_returns_back_their_code(imported):
    old = imported["csww_headline_measures_2017_to_2022__release2022.csv"]
    new = imported["csww_indicators_2017_to_2025.csv"]
    by_period = {f.period: f for f in new.data_sets if f.indicator == "WF01"}
    for figures in (f for f in old.data_sets if f.indicator == "WF01"):
        assert not {"314", "318", "941"} & set(figures.areas)
        assert line(figures, "314 / 318")[1] == line(by_period[figures.period], "314 / 318")[1]
    assert old.account.aside == {Reason.JOINT_PARTNER: 4}


def test_areas_are_authorities_joint_returns_regions_parts_of_london_and_england(imported):
    figures = next(
        f
        for f in imported["csww_indicators_2017_to_2025.csv"].data_sets
        if f.indicator == "WF02" and f.period == "2025"
    )
    assert figures.id == "dfe-social-work-workforce/WF02/2025/2026-02"
    assert figures.ends == "2025-09-30"
    kinds = Counter(
        "region" if area in LIBRARY.regions() else area if area.startswith("E") else len(area)
        for area in figures.areas
    )
    assert kinds == {3: 149, 9: 2, "region": 9, "E13000001": 1, "E13000002": 1, ENGLAND: 1}
    assert list(figures.areas) == sorted(figures.areas)
    assert figures.symbols[figures.areas.index("394")] == "low"


@pytest.mark.parametrize(
    ("code", "period", "ends"),
    [
        ("FD04", "2024-25", "2025-03-31"),
        ("CN01", "2025", "2025-03-31"),
        ("WF02", "2025", "2025-09-30"),
        ("WF05", "2025-09-YE", "2025-09-30"),
        ("SE03", "2024", "2024-12-31"),
        ("ED03", "2024-25-AY", "2025-08-31"),
        ("ED04", "2023-24-AY", "2024-08-31"),
        ("ME04", "2023-24-AY", "2024-08-31"),
        ("population:0-17", "2024", "2024-06-30"),
    ],
)
def test_a_year_means_the_period_of_its_publication(latest, code, period, ends):
    assert (latest[code].period, latest[code].ends) == (period, ends)


def test_counts_stay_whole_and_nothing_is_rounded(latest):
    referrals = latest["FD03"]
    assert line(referrals, ENGLAND)[1] == 632830
    assert isinstance(line(referrals, ENGLAND)[1], int)
    assert line(latest["WF02"], ENGLAND) == (13, 5415.9, 41602.2)
    assert line(latest["ME04"], ENGLAND)[0] == 0.12889
    assert line(latest["ED01"], ENGLAND) == (17.3, 105938.88, 6120)


def test_authorities_that_have_ended_keep_their_figures_under_their_old_code(imported):
    sets = imported["c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv"].data_sets
    by_period = {f.period: f for f in sets if f.indicator == "FD04"}
    assert "909" in by_period["2022-23"].areas
    assert "909" not in by_period["2023-24"].areas
    assert {"942", "943"} <= set(by_period["2023-24"].areas)


def test_the_same_file_always_gives_the_same_data_sets(shared, imported):
    path = shared / "data/published/absence_la.csv"
    again = import_file(path.read_bytes(), name=path.name, library=LIBRARY)
    assert again == imported[path.name]


def test_all_files_are_read_within_twenty_seconds(shared):
    started = time.perf_counter()
    for path in sorted((shared / "data/published").glob("*.csv")):
        import_file(path.read_bytes(), name=path.name, library=LIBRARY)
    path = shared / "data/derived/lait_csc_long.csv"
    import_file(path.read_bytes(), name=path.name, library=LIBRARY)
    assert time.perf_counter() - started < 20
