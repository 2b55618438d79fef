"""The importer on small files made for the purpose."""

import pytest

from schemas.reference import load_library
from services.ingest.core.published import Imported, Reason, import_file

LIBRARY = load_library()
ENGLAND = "E92000001"

HEAD = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,new_la_code,la_name,"
)
REFERRALS = HEAD + "category,referral_count,rereferral_count,rereferral_percent"
WORKFORCE = HEAD + (
    "inpost_fte,leavers_fte,turnover_rate_fte,agency_fte,agency_rate_fte,vacancy_fte,"
    "vacancy_rate_fte,case_holders_fte,cases,caseload_fte,working_days_lost_fte,absence_rate_fte"
)
PLACEMENTS = HEAD + "cla_group,placement_stability,children_count,children_percent"


def national(figures: str, *, year: str = "2025") -> str:
    return f"{year},Reporting year,National,E92000001,England,,,,,,{figures}"


def regional(code: str, figures: str) -> str:
    return f"2025,Reporting year,Regional,E92000001,England,{code},Somewhere,,,,{figures}"


def local(code: str, figures: str, *, year: str = "2025", ons: str = "", name: str = "") -> str:
    where = f"E92000001,England,E12000003,Yorkshire and The Humber,{code},{ons},{name}"
    return f"{year},Reporting year,Local authority,{where},{figures}"


def read(head: str, *rows: str, name: str = "file.csv", release: str | None = None) -> Imported:
    content = "\n".join([head, *rows]) + "\n"
    return import_file(content.encode(), name=name, library=LIBRARY, release=release)


def figures_of(imported: Imported, indicator: str):
    (found,) = [f for f in imported.data_sets if f.indicator == indicator]
    return {
        area: (found.values[at], found.numerators[at], found.denominators[at], found.symbols[at])
        for at, area in enumerate(found.areas)
    }


def test_a_row_becomes_value_numerator_and_denominator_of_its_area():
    imported = read(REFERRALS, national("-,632830,142900,22.6"), local("383", "-,9914,2399,24.2"))
    assert figures_of(imported, "FD04") == {
        "383": (24.2, 2399, 9914, None),
        ENGLAND: (22.6, 142900, 632830, None),
    }
    assert figures_of(imported, "FD03")["383"] == (None, 9914, None, None)


def test_a_data_set_says_where_it_comes_from_and_what_it_covers():
    imported = read(REFERRALS, local("383", "-,9914,2399,24.2"), name="c1.csv")
    figures = imported.data_sets[-1]
    assert figures.id == "dfe-children-in-need-referrals/FD04/2024-25/2025-10"
    assert (figures.period, figures.ends, figures.file) == ("2024-25", "2025-03-31", "c1.csv")
    assert len(figures.sha256) == 64
    assert imported.title == "Children in need: referrals and re-referrals (table c1)"


def test_a_release_can_be_named_for_a_file_published_again():
    imported = read(REFERRALS, local("383", "-,9914,2399,24.2"), release="2026-01")
    assert {figures.release for figures in imported.data_sets} == {"2026-01"}


def test_every_year_of_a_file_has_the_release_of_its_newest():
    rows = [local("383", "-,100,20,20", year=str(year)) for year in (2023, 2025, 2024)]
    found = [f for f in read(REFERRALS, *rows).data_sets if f.indicator == "FD04"]
    assert [f.period for f in found] == ["2022-23", "2023-24", "2024-25"]
    assert {f.release for f in found} == {"2025-10"}


def test_a_column_is_known_under_its_older_name():
    head = HEAD + "category,Referrals,Referrals_rate,Re_referrals,Re_referrals_percent"
    imported = read(head, local("383", "-,9914,569.3,2399,24.2"))
    assert figures_of(imported, "FD04")["383"] == (24.2, 2399, 9914, None)
    assert figures_of(imported, "FD03")["383"] == (569.3, 9914, None, None)


def test_the_order_of_columns_and_a_byte_order_mark_do_not_matter():
    head, row = REFERRALS.split(","), local("383", "-,9914,2399,24.2").split(",")
    text = "\n".join(",".join(reversed(cells)) for cells in (head, row))
    turned = import_file(b"\xef\xbb\xbf" + text.encode(), name="f", library=LIBRARY)
    assert figures_of(turned, "FD04")["383"] == (24.2, 2399, 9914, None)


def test_a_sum_of_cells_is_exact_and_a_whole_number_stays_whole():
    imported = read(WORKFORCE, local("383", "0.1,1,2,0.2,3,4,5,6,7,8,9,1"))
    assert figures_of(imported, "WF02")["383"] == (3, 0.2, 0.3, None)
    assert [type(x) for x in figures_of(imported, "WF06")["383"][:3]] == [int, int, int]


@pytest.mark.parametrize("symbol", ["z", "x", "c", "u", "low", "k"])
def test_a_symbol_is_kept_and_is_no_figure(symbol):
    imported = read(REFERRALS, local("383", f"-,100,{symbol},{symbol}"), local("330", "-,9,6,66.7"))
    assert figures_of(imported, "FD04")["383"] == (None, None, 100, symbol)
    assert imported.notices == ()


def test_a_symbol_in_part_of_a_sum_is_the_symbol_of_the_sum():
    imported = read(WORKFORCE, local("383", "10,1,2,c,3,4,5,6,7,8,9,1"))
    assert figures_of(imported, "WF02")["383"] == (3, None, None, None)


@pytest.mark.parametrize(
    ("mark", "symbol"), [("", "x"), (":", "x"), ("..", "x"), ("-", "x"), (".", "z"), ("~", "k")]
)
def test_a_mark_of_former_times_is_taken_as_a_symbol_with_a_notice(mark, symbol):
    imported = read(
        REFERRALS, local("383", f"-,100,{mark},20"), local("330", f"-,100,{mark},{mark}")
    )
    assert figures_of(imported, "FD04")["330"] == (None, None, 100, symbol)
    assert len(imported.notices) == 2
    shown = f"“{mark}”" if mark else "nothing"
    assert imported.notices[0] == f"rereferral_count: {shown} in 2 cells, taken as {symbol}."


@pytest.mark.parametrize("text", ["1e999", "nan", "inf", "-3", "12%", "approx. 5", "1_000", "٣"])
def test_what_is_neither_number_nor_symbol_is_left_out_and_never_repeated(text):
    imported = read(REFERRALS, local("383", f"-,100,{text},20"), local("330", "-,9,6,66.7"))
    assert figures_of(imported, "FD04")["383"] == (20, None, 100, None)
    (notice,) = imported.notices
    assert notice == (
        "rereferral_count: neither a number nor a symbol in 1 cell, taken as x (not available)."
    )


def test_joint_returns_regions_and_parts_of_london_are_areas_of_their_own():
    imported = read(
        REFERRALS,
        local("314 / 318", "-,100,20,20", ons="E09000021 / E09000027"),
        local("940/941", "-,100,21,21"),
        regional("E12000003", "-,1000,200,20"),
        regional("E13000001", "-,1000,210,21"),
    )
    areas = list(figures_of(imported, "FD04"))
    assert areas == ["314 / 318", "940 / 941", "E12000003", "E13000001"]


def test_an_authority_without_its_dfe_code_is_found_by_ons_code_or_name():
    imported = read(
        REFERRALS,
        local("", "-,100,20,20", ons="E08000016"),
        local("x", "-,100,21,21", ons="z", name="Leeds"),
    )
    assert list(figures_of(imported, "FD04")) == ["370", "383"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (local("999", "-,100,20,20", name="Leeds"), Reason.UNKNOWN_AREA),
        (local("702", "-,100,20,20"), Reason.UNKNOWN_AREA),
        (local("", "-,100,20,20", name="Averndale"), Reason.UNKNOWN_AREA),
        (local("", "-,100,20,20", name="London"), Reason.UNKNOWN_AREA),
        (regional("", "-,100,20,20"), Reason.REGION_WITHOUT_CODE),
        (regional("z", "-,100,20,20"), Reason.REGION_WITHOUT_CODE),
        (regional("E12000010", "-,100,20,20"), Reason.UNKNOWN_AREA),
        (national("-,100,20,20").replace("E92000001", "W92000004"), Reason.UNKNOWN_AREA),
        (national("-,100,20,20").replace("National", "School"), Reason.OTHER_LEVEL),
        (national("-,100,20,20", year="202427"), Reason.OTHER_PERIOD),
        (national("-,100,20,20", year="last year"), Reason.OTHER_PERIOD),
        (
            local("330", "-,1,1,1").replace("Reporting year", "Financial year Q1"),
            Reason.OTHER_PERIOD,
        ),
        (local("330", "-,100,20"), Reason.BROKEN_ROW),
        (local("383", "-,9914,2399,24.2"), Reason.DUPLICATE),
        (local("909", "-,x,x,x"), Reason.NOT_IN_BEING),
        (local("330", "-,z,z,z", year="2024"), Reason.NO_FIGURES),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_for_a_reason(row, reason):
    imported = read(REFERRALS, local("383", "-,9914,2399,24.2"), row)
    assert imported.account.aside == {reason: 1}
    assert (imported.account.read, imported.account.used) == (2, 1)
    assert list(figures_of(imported, "FD04")) == ["383"]
    assert reason.in_words


def test_two_rows_that_differ_are_both_set_aside():
    imported = read(
        REFERRALS,
        local("383", "-,100,20,20"),
        local("383", "-,100,21,21"),
        local("383", "-,100,20,20"),
        local("330", "-,100,22,22"),
    )
    assert imported.account.aside == {Reason.CONTRADICTION: 3}
    assert list(figures_of(imported, "FD04")) == ["330"]


def test_empty_lines_are_not_rows():
    imported = read(REFERRALS, "", local("383", "-,100,20,20"), "", "")
    assert (imported.account.read, imported.account.used) == (1, 1)


def test_an_authority_that_has_ended_keeps_its_code_and_figures():
    imported = read(REFERRALS, local("909", "-,100,20,20", year="2023"))
    assert list(figures_of(imported, "FD04")) == ["909"]


def test_rows_of_other_breakdowns_are_told_from_those_that_make_the_figure():
    imported = read(
        PLACEMENTS,
        local("383", "CLA on 31 March,Total children,1000,100"),
        local("383", "CLA on 31 March,With 3 or more placements during the year,110,11"),
        local("383", "CLA 2 years on 31 March,Total children,800,100"),
    )
    assert figures_of(imported, "LA05")["383"] == (11, 110, 1000, None)
    assert imported.account.aside == {Reason.OTHER_BREAKDOWN: 1}


def test_a_total_whose_figure_is_not_there_is_a_part_that_misses_the_rest():
    imported = read(
        PLACEMENTS,
        local("383", "CLA on 31 March,Total children,1000,100"),
        local("330", "CLA at 31 March,total  children,900,100"),
        local("330", "CLA at 31 March,With 3 or more placements during the year,110,12"),
    )
    assert list(figures_of(imported, "LA05")) == ["330"]
    assert imported.account.aside == {Reason.PART_MISSING: 1}


def authorities(count: int, percent: str) -> list[str]:
    return [local(code, f"-,100,20,{percent}") for code in list(LIBRARY.authorities())[:count]]


def test_an_england_value_beyond_all_authorities_is_not_taken():
    imported = read(REFERRALS, national("-,1000,900,90"), *authorities(10, "20"))
    assert ENGLAND not in figures_of(imported, "FD04")
    assert ENGLAND in figures_of(imported, "FD03")
    assert imported.account.aside == {}
    assert imported.notices == (
        "FD04: England's value lies outside those of all authorities and is not taken (2025).",
    )


def test_nine_authorities_are_too_few_to_doubt_england():
    imported = read(REFERRALS, national("-,1000,900,90"), *authorities(9, "20"))
    assert ENGLAND in figures_of(imported, "FD04")


def test_a_count_for_england_is_larger_than_any_authority_and_no_error():
    rows = [local(code, "10,1,2,3,3,4,5,6,7,8,9,1") for code in list(LIBRARY.authorities())[:20]]
    imported = read(WORKFORCE, national("30000,1,2,3,3,4,5,6,7,8,9,1"), *rows)
    assert figures_of(imported, "WF01")[ENGLAND] == (30000, 30000, None, None)


def test_a_joint_return_under_its_first_members_code_gets_its_own_code_back():
    none = ",".join("z" * 12)
    imported = read(
        WORKFORCE,
        local("314", "125.4,1,2,3,3,4,5,6,7,8,9,1"),
        local("318", none),
        local("940", "300,1,2,3,3,4,5,6,7,8,9,1"),
        local("941", "200,1,2,3,3,4,5,6,7,8,9,1"),
    )
    assert list(figures_of(imported, "WF01")) == ["314 / 318", "940", "941"]
    assert imported.account.aside == {Reason.JOINT_PARTNER: 1}
    assert imported.notices == ("Rows under 314 are the joint return of 314 / 318: 1.",)


def test_lait_names_regions_by_codes_of_its_own():
    imported = read(
        "lait_code,years,old_la_code,area_name,value",
        "CP_conf_15days,2025,970,England,81.400000000000006",
        "CP_conf_15days,2025,982,Yorkshire and the Humber,80",
        "CP_conf_15days,2025,987,London (Inner),75.5",
        "CP_conf_15days,2025,383,Leeds,75.8",
        "SomethingElse,2025,383,Leeds,1",
    )
    assert figures_of(imported, "CP04") == {
        "383": (75.8, None, None, None),
        "E12000003": (80, None, None, None),
        "E13000001": (75.5, None, None, None),
        ENGLAND: (81.4, None, None, None),
    }
    assert imported.data_sets[0].implied_n == "CP03"
    assert imported.account.aside == {Reason.OTHER_BREAKDOWN: 1}


def test_a_quotient_of_two_printed_rates_is_in_the_unit_of_the_indicator():
    imported = read(
        "lait_code,years,old_la_code,area_name,value",
        "ISCP_Conf,2025,383,Leeds,60",
        "Section_47,2025,383,Leeds,240",
        "Section_47,2025,330,Birmingham,100",
        "ISCP_Conf,2025,201,City of London,5",
        "Section_47,2025,201,City of London,0",
    )
    assert figures_of(imported, "CP02") == {
        "201": (None, None, None, "z"),
        "383": (25, None, None, None),
    }


def test_the_table_of_section_47_enquiries_gives_counts_where_lait_has_none():
    head = HEAD + "category,Section47,Section47_child,ICPC,ICPC_child"
    imported = read(head, local("383", "-,3097,2777,1000,986"))
    assert figures_of(imported, "CP03")["383"] == (None, 1000, None, None)
    assert figures_of(imported, "CP02")["383"] == (None, 1000, 3097, None)
    assert figures_of(imported, "CP01")["383"] == (None, 3097, None, None)


def test_the_order_of_rows_does_not_change_the_data_sets():
    rows = [*authorities(12, "20"), national("-,1000,200,20")]
    one, other = read(REFERRALS, *rows), read(REFERRALS, *reversed(rows))
    ignoring = {"sha256"}
    assert [f.model_dump(exclude=ignoring) for f in one.data_sets] == [
        f.model_dump(exclude=ignoring) for f in other.data_sets
    ]
    assert one.account == other.account
