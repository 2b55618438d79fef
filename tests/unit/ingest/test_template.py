"""Templates: what stands in them, and that no text in them can become a formula."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from schemas.events import Observation
from schemas.periods import Period
from services.ingest.core.template import (
    COLUMNS,
    Template,
    definition,
    denominator_counts,
    draw_template,
    last_quarter,
    write_csv,
)
from services.ingest.core.version import Slot
from services.ingest.xlsx.form import write_workbook

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"


@pytest.fixture
def draw(library, known) -> Callable[..., Template]:
    def draw(**options) -> Template:
        return draw_template("d01", PERIOD, COLLECTION, library=library, known=known, **options)

    return draw


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (None, None),
        (Observation(indicator="FD01", numerator=2310), 2310),
        (Observation(indicator="CP04", numerator=77, denominator=94), "77 of 94"),
        (Observation(indicator="WF03", numerator=33.4, denominator=234.6), "33.4 of 234.6"),
        (Observation(indicator="WF03", symbol="x"), "x"),
        (Observation(indicator="FD01", numerator=0), 0),
    ],
)
def test_last_quarter_is_one_cell_that_says_what_was_returned(said, shown):
    assert last_quarter(said) == shown


def test_what_was_withdrawn_is_no_figure_of_last_quarter(draw, known, returned):
    returned()
    before = dict(zip((i.code for i in draw().indicators), draw().rows(), strict=True))
    known.slots["D01", COLLECTION, "2026-27-Q1"] = Slot()

    at = COLUMNS.index("last_quarter")
    assert before["CP04"][at] == "77 of 94"
    assert {row[at] for row in draw().rows()} == {None}
    returned()
    assert {row[at] for row in draw(with_last=False).rows()} == {None}


@pytest.mark.parametrize(
    ("code", "means", "divided_by"),
    [
        (
            "FD01",
            "Contacts received in quarter, for every 10,000 people aged 0 to 17.",
            "people aged 0 to 17, from the estimate in force: leave it blank",
        ),
        ("CP04", "ICPCs <= 15 wd of S47/strategy, as a percentage of: ICPCs.", "ICPCs"),
        ("CL05", "Care leavers receiving support.", "nothing: leave it blank"),
        ("WF06", "Cases held, divided by: case-holder FTE.", "case-holder FTE"),
        (
            "YJ01",
            "First-time entrants 10-17, for every 100,000 people aged 10 to 17.",
            "people aged 10 to 17, from the estimate in force: leave it blank",
        ),
    ],
)
def test_a_definition_says_how_the_value_comes_from_the_counts(library, code, means, divided_by):
    indicator = library.catalogue("2026.1")[code]

    assert definition(indicator) == means
    assert denominator_counts(indicator) == divided_by


HOSTILE = st.text(min_size=1, max_size=30).map(lambda text: "=+-@\t\r"[len(text) % 6] + text)


@given(name=HOSTILE, title=HOSTILE)
def test_no_text_of_a_csv_can_become_a_formula(library, name, title):
    template = hostile(library, name, title)

    rows = csv.reader(io.StringIO(write_csv(template).decode("utf-8-sig"), newline=""))
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(1)", "{=1}", "https://example.org"])
def test_no_text_of_a_workbook_is_a_formula_or_a_link(library, text):
    body = write_workbook(hostile(library, text, text))
    with ZipFile(io.BytesIO(body)) as parts:
        names = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        sheets = [parts.read(name).decode() for name in names]
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]

    assert sum(row.count(text) for row in rows) == 3
    assert len(sheets) == 2
    assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)


def hostile(library, name: str, title: str) -> Template:
    """A template of one indicator, with an authority's name and a title from somewhere."""
    authority = replace(library.authority("D01"), name=name)
    indicator = replace(library.catalogue("2026.1")["CP04"], name=title)
    return Template(authority, COLLECTION, Period.parse(PERIOD), (indicator,), {})
