"""What is taken out of a workbook: cells as they show, and never an exception."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.reference import load_library
from services.ingest.core.archive import MOST_ELEMENTS
from services.ingest.core.check import check
from services.ingest.core.fault import Fault
from services.ingest.core.workbook import Marked, Workbook, as_text, read_workbook
from services.ingest.xlsx.extract import extract
from services.ingest.xlsx.opener import Opener, _understood
from tests.unit.ingest.ugly.pack import beside, book, cell, repacked
from tests.unit.ingest.ugly.page import open_quarter

WHOLE = book(beside("Notes", [["late data"]], hidden=True))
PARTS = (
    "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml",
    "xl/_rels/workbook.xml.rels",
)  # fmt: skip
PIECES = (
    b"<", b">", b'"', b"&", b"-1", b"99999999999", b"1e308", b' t="e"', b' t="d"', b' t="b"',
    b' t="inlineStr"', b' r="A0"', b' r="ZZZ9999999"', b' r=""', b' s="99"', b"<v></v>", b"\xff",
    b"<f>x</f>", b"<v>NaN</v>", b"<v>2026-13-45</v>", b"&#0;", b"<is><t>q</t></is>", b"UTF-99",
)  # fmt: skip


def opened(body: bytes) -> Workbook | Fault:
    """Open a workbook in this process, as the child and its parent do between them."""
    return _understood(json.dumps(extract(body), allow_nan=False).encode(), 0)


@pytest.fixture(scope="module")
def opener():
    opener = Opener()
    yield opener
    opener.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(PARTS),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 9)), max_size=3),
)
def test_no_edit_of_a_workbook_makes_its_reading_raise(opener, part, edits):
    def edit(name: str, content: bytes) -> bytes:
        if name == part:
            for place, piece, lost in edits:
                at = int(place * len(content))
                content = content[:at] + piece + content[at + lost :]
        return content

    found = opener.open(repacked(WHOLE, edit=edit))

    if isinstance(found, Workbook):
        report = check(read_workbook(found), library=load_library(), known=open_quarter())
        assert bool(report.observations) == report.acceptable
    else:
        assert found.code == "F014"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300).map(lambda tail: b"PK\x03\x04" + tail) | st.binary(max_size=50))
def test_no_bytes_make_the_reading_of_a_workbook_raise(body):
    assert isinstance(opened(body), Fault)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("more", [0, 1])
def test_elements_are_counted_in_whatever_part_before_one_is_read(part, more):
    inside = range(MOST_ELEMENTS - 1 + more)  # and one that is around them
    said = "".join(f'<a b="{number}">&lt;</a>' for number in inside).encode()

    found = opened(repacked(WHOLE, edit=lambda name, content: (
        b"<all>" + said + b"</all>" if name == part else content
    )))  # fmt: skip

    refused = isinstance(found, Fault) and found.code == "F015"
    assert refused == bool(more)


@pytest.mark.parametrize("address", ["A9999999999920", "e2", "E3", "XFD", "2E", ""])
def test_a_cell_with_an_odd_address_is_not_guessed_at(address):
    def edit(name: str, content: bytes) -> bytes:
        return (
            content.replace(b'r="E2"', f'r="{address}"'.encode()) if name == PARTS[0] else content
        )

    found = opened(repacked(WHOLE, edit=edit))

    assert isinstance(found, Fault)
    assert found.code == "F014"


def test_cells_without_addresses_follow_one_another():
    rows = b'<row><c><v>1</v></c><c s="1"><v>0.5</v></c></row><row><c t="e"><v>#N/A</v></c></row>'

    def edit(name: str, content: bytes) -> bytes:
        if name == PARTS[0]:
            start, end = content.index(b"<sheetData>"), content.index(b"</sheetData>")
            return content[:start] + b"<sheetData>" + rows + content[end:]
        return content

    made = book(cell("FD01", "numerator", 0.5, "0%"))
    found = opened(repacked(made, edit=edit))

    assert isinstance(found, Workbook)
    assert found.sheets[0].rows == (
        (1, (1.0, Marked("percentage", 0.5))),
        (2, (Marked("error", "#N/A"),)),
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2310.0, "2310"),
        (0.1 + 0.2, "0.3"),
        (201.20000000000002, "201.2"),
        (1e15, "1000000000000000"),
        (1e20, "100000000000000000000"),
        (0.0000001, "0.0000001"),
        (-0.0, "-0"),
        (True, "TRUE"),
        (None, ""),
        (Marked("percentage", 0.81), "81%"),
        (Marked("percentage", 0.815), "81.5%"),
        (Marked("date", "2026-02-09"), "2026-02-09"),
        (Marked("error", "#N/A"), "#N/A"),
        (Marked("formula", "SUM(A1:A2)"), "=SUM(A1:A2)"),
    ],
)
def test_a_cell_is_the_text_that_the_sheet_shows(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("format", "is_percentage"),
    [
        ("0%", True), ("0.00%", True), ("[Red]0%;-0%", True), ('0"%"', False), ("0\\%", False),
        ("#,##0", False), ("General", False), ('0.0 "per cent"', False),
    ],
)  # fmt: skip
def test_a_percentage_is_known_by_its_format_and_not_by_what_is_written_beside_it(
    format, is_percentage
):
    def change(made, sheet) -> None:
        sheet.write(1, 4, 0.5, made.add_format({"num_format": format}))

    found = opened(book(change))

    assert isinstance(found, Workbook)
    shown = found.sheets[0].rows[1][1][4]
    assert shown == (Marked("percentage", 0.5) if is_percentage else 0.5)
