"""What figures are held against: the authority's own past, its region's, England's."""

from dataclasses import replace
from datetime import date

import pytest

from schemas.events import FiguresPublished
from schemas.published import shipped_figures
from schemas.rule import RULES
from services.ingest.core.lending import Lender, Range

PERIOD = "2026-27-Q2"


@pytest.fixture
def codes(examine, whole):
    """The codes and indicators of the queries about a return with other rows in it."""

    def find(*rows: str) -> list[tuple[str, str | None]]:
        found = examine(whole(*rows)).findings
        return [
            (f.code, f.indicators[0] if f.indicators else None)
            for f in found
            if f.code[0] == "Q" and f.code != "Q202"
        ]

    return find


@pytest.fixture
def published(known) -> None:
    for data_set in shipped_figures():
        known.lender.take(data_set)


def test_a_figure_is_asked_about_only_if_it_is_far_from_all_of_three_years(codes, returned):
    returned("CP01,300,,,")
    assert codes("CP01,470,,,") == [("Q200", "CP01")]

    returned("CP01,460,,,", back=12)
    assert codes("CP01,470,,,") == []


def test_a_figure_that_comes_back_to_what_is_usual_is_not_asked_about_again(codes, returned):
    for back in (2, 3, 4):
        returned("CP01,300,,,", back=back)
    returned("CP01,900,,,")

    assert codes("CP01,300,,,") == []


def test_a_quarter_that_was_not_returned_does_not_hide_the_one_before_it(examine, whole, returned):
    returned("CP01,300,,,", back=2)

    found = examine(whole("CP01,470,,,")).findings

    assert [f.detail for f in found if f.code == "Q200"] == [
        "CP01: 470 in this quarter, 300 in quarter 4 of 2025-26."
    ]


@pytest.mark.parametrize(
    ("earlier", "asked"),
    [
        (["CP01,7,,,"] * 4, [("Q210", "CP01")]),
        (["CP01,6,,,"] * 4, []),
        (["CP01,7,,,"] * 3, []),
        (["CP01,40,,,", "CP01,0,,,", "CP01,40,,,", "CP01,40,,,"], []),
    ],
)
def test_none_at_all_is_asked_about_where_four_quarters_had_enough(codes, returned, earlier, asked):
    for back, row in enumerate(earlier, start=1):
        returned(row, back=back)

    assert codes("CP01,0,,,") == asked


def test_estimates_are_recognised_by_their_round_counts(codes):
    rows = RULES["Q211"].example.splitlines()

    assert codes(*rows) == [("Q211", None)]
    assert codes(*rows[:4]) == []


def test_a_region_s_range_needs_four_quarters_and_several_authorities(codes, returned):
    for authority in ("D02", "D03", "D04", "D05"):
        for back in (1, 2, 3, 4):
            returned(back=back, authority=authority)
    assert codes("FD04,500,815,,") == []

    for back in (1, 2, 3, 4):
        returned(back=back, authority="D06")
    assert codes("FD04,500,815,,") == [("Q212", "FD04")]
    assert codes("FD04,225,815,,") == []


def test_an_authority_that_was_beyond_the_others_once_is_not_asked_again(codes, returned):
    for authority in ("D02", "D03", "D04", "D05", "D06"):
        for back in (1, 2, 3, 4):
            returned(back=back, authority=authority)
    returned("FD04,490,815,,", back=1)

    assert codes("FD04,500,815,,") == []


def test_a_correction_changes_the_region_s_range(codes, returned):
    for authority in ("D02", "D03", "D04", "D05", "D06"):
        for back in (1, 2, 3, 4):
            returned(back=back, authority=authority)
    assert codes("FD04,500,815,,") == [("Q212", "FD04")]

    returned("FD04,495,815,,", back=2, authority="D03")
    assert codes("FD04,500,815,,") == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("row", "asked"),
    [
        ("FD03,815,,,", []),
        ("CP04,20,94,,", []),
        ("CP04,2,94,,", [("Q213", "CP04")]),
        ("WF02,170.2,371.4,,", []),
        ("WF02,670.2,871.4,,", [("Q213", "WF02")]),
        ("WF04,1745.5,201.2,,", [("Q213", "WF04")]),
        ("LA01,3500,,,", [("Q213", "LA01"), ("Q204", "LA04")]),
    ],
)
def test_a_figure_beyond_every_authority_of_england_is_asked_about(codes, row, asked):
    """The first year's figures of a new sender: nothing else is known of them."""
    assert codes(row) == asked


def data_set(
    indicator: str, period: str, release: str, *rows: tuple[str, float | None, float | None]
):
    return FiguresPublished(
        source="file",
        indicator=indicator,
        period=period,
        release=release,
        ends=f"{period}-03-31",
        file="file.csv",
        sha256="",
        areas=tuple(area for area, _, _ in rows),
        values=tuple(value for _, value, _ in rows),
        numerators=tuple(count for _, _, count in rows),
        denominators=(None,) * len(rows),
        symbols=(None,) * len(rows),
    )


@pytest.fixture
def areas():
    return [f"{code}" for code in range(301, 341)]


def test_a_later_release_counts_whatever_its_order_of_arrival(library, areas):
    indicator = library.catalogue("2026.1")["CP04"]
    first = data_set("CP04", "2025", "2025-10", *[(a, 90.0, None) for a in areas])
    later = data_set("CP04", "2025", "2025-11", *[(a, 80.0, None) for a in areas])
    one, other = Lender(), Lender()
    for lender, sets in ((one, (first, later)), (other, (later, first))):
        for each in sets:
            lender.take(each)

    assert one.england(indicator, by=date(2026, 9, 30)) == Range(80.0, 80.0, 40)
    assert other.england(indicator, by=date(2026, 9, 30)) == Range(80.0, 80.0, 40)
    assert one.england(indicator, by=date(2025, 3, 30)) is None


def test_counts_without_rates_are_held_against_the_population_of_their_day(library, areas):
    indicator = replace(library.catalogue("2026.1")["CN01"])
    lender = Lender()
    people = data_set("population:0-17", "2024", "2025-07", *[(a, None, 20_000.0) for a in areas])
    lender.take(people)
    counts = [(area, None, 600.0 + n) for n, area in enumerate(areas)]
    tiny = [("201", None, 900.0), ("E92000001", None, 400_000.0)]
    lender.take(data_set("CN01", "2025", "2025-10", *counts, *tiny))

    assert lender.england(indicator, by=date(2026, 9, 30)) == Range(300.0, 319.5, 40)


def test_too_few_authorities_make_no_range(library, areas):
    lender = Lender()
    lender.take(data_set("CP04", "2025", "2025-10", *[(a, 90.0, None) for a in areas[:29]]))

    assert lender.england(library.catalogue("2026.1")["CP04"], by=date(2026, 9, 30)) is None
