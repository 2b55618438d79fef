"""Ugly files as they really arrive, each with the report that a person would want."""

import pytest

from schemas.rule import RULES
from services.ingest.core.document import Format
from services.ingest.xlsx.opener import Opener
from tests.unit.ingest.ugly.edit import WHOLE
from tests.unit.ingest.ugly.objects import OBJECTS
from tests.unit.ingest.ugly.page import GOLDEN, PAGES, page, report_of
from tests.unit.ingest.ugly.tables import twelve
from tests.unit.ingest.ugly.workbooks import WORKBOOKS

OTHERWISE = {"no symbol and no note"}
"""Files that are taken and hold another figure than the example."""
TWELVE = {
    ("C050", 2, "numerator", "E2"), ("C054", 3, "numerator", "E3"),
    ("X102", 4, "numerator", "E4"), ("X100", 5, "denominator", "F5"),
    ("X101", 6, "denominator", "F6"), ("C050", 7, "numerator", "E7"),
    ("C057", 8, "numerator", "E8"), ("C052", 10, "numerator", "E10"),
    ("C058", 11, "symbol", "G11"), ("C060", 15, "symbol", "G15"),
    ("C061", 16, "numerator", "E16"), ("C053", 25, "numerator", "E25"),
}  # fmt: skip
TWELVE_OBJECTS = {
    ("C065", "/observations/0/numerator"), ("C054", "/observations/1/numerator"),
    ("X102", "/observations/2/numerator"), ("X100", "/observations/3/denominator"),
    ("X101", "/observations/4/denominator"), ("S024", "/observations/5/remark"),
    ("C065", "/observations/6/denominator"), ("C052", "/observations/8/numerator"),
    ("C058", "/observations/9/symbol"), ("C060", "/observations/13/symbol"),
    ("C061", "/observations/14/numerator"), ("C053", "/observations/23/numerator"),
}  # fmt: skip


@pytest.fixture(scope="module")
def opener():
    opener = Opener()
    yield opener
    opener.close()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_said_of_ugly_files_is_what_was_read_and_found_good(name, opener, library):
    said = page(name, opener=opener, library=library)

    # After a change: python -m tests.unit.ingest.ugly.page, and read what is new in it.
    assert said == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_the_corpus_has_sixty_files_and_more():
    assert sum(len(bodies) for bodies, _ in PAGES.values()) >= 60


@pytest.mark.parametrize("name", PAGES)
def test_what_is_taken_of_an_ugly_file_is_every_figure_of_the_return(name, opener, library):
    bodies, format = PAGES[name]
    whole = report_of(WHOLE, Format.CSV, opener=opener, library=library).observations

    for title, body in bodies.items():
        report = report_of(body, format, opener=opener, library=library)
        assert bool(report.observations) == report.acceptable, title
        if report.acceptable and title not in OTHERWISE:
            assert report.observations == whole, title


@pytest.mark.parametrize(
    ("body", "format", "sheet"),
    [
        (twelve(), Format.CSV, None),
        (WORKBOOKS["twelve planted faults"], Format.XLSX, "Return"),
    ],
    ids=["CSV", "XLSX"],
)
def test_twelve_planted_faults_are_named_at_their_cells_in_one_go(
    body, format, sheet, opener, library
):
    report = report_of(body, format, opener=opener, library=library)

    found = {
        (finding.code, place.row, place.column, place.cell)
        for finding in report.findings
        if finding.severity == "error"
        for place in finding.places
    }
    assert found == TWELVE
    assert report.title == "Your return has 12 errors"
    assert {place.sheet for finding in report.findings for place in finding.places} == {sheet}


def test_twelve_planted_faults_in_json_are_named_at_their_pointers_in_one_go(opener, library):
    report = report_of(
        OBJECTS["twelve planted faults"], Format.JSON, opener=opener, library=library
    )

    found = {
        (finding.code, place.pointer)
        for finding in report.findings
        if finding.severity == "error"
        for place in finding.places
    }
    assert found == TWELVE_OBJECTS
    assert report.title == "Your return has 12 errors"


def test_every_rule_of_workbooks_is_met_by_an_ugly_one(opener, library):
    met = {
        finding.code
        for body in WORKBOOKS.values()
        for finding in report_of(body, Format.XLSX, opener=opener, library=library).findings
    }

    assert {code for code, rule in RULES.items() if rule.workbook} <= met
