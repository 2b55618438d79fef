"""The annotated workbook: the file as it was sent, and beside each cell what is said of it."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
import python_calamine
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.ingest.core.annotation import Annotation
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.ingest.example import example_csv, example_json
from services.ingest.http import router
from services.ingest.xlsx.annotated import write_annotated
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install
from tests.unit.ingest.ugly.pack import book, table

XLSX = Format.XLSX.value
CSV = "text/csv"
SPREADSHEET = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    install(app)
    library = load_library()
    moment = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    desk = Desk(MemoryLog(), library=library, nation="demo", now=lambda: moment)
    desk.open_period("riia-quarterly", "2026-27-Q2")
    app.include_router(router(desk))
    yield TestClient(app)
    desk.close()


def annotated(client: TestClient, body: bytes | str, *, kind: str = CSV) -> bytes:
    answer = client.post(
        "/v1/validations", content=body, headers={"content-type": kind, "accept": XLSX}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["cache-control"] == "no-store"
    return answer.content


def report(client: TestClient, body: bytes | str, *, kind: str = CSV) -> dict:
    return client.post("/v1/validations", content=body, headers={"content-type": kind}).json()


def comments(workbook: bytes) -> dict[str, str]:
    """The comments of the first sheet by cell, read without the library that wrote them."""
    with ZipFile(io.BytesIO(workbook)) as zipped:
        if "xl/comments1.xml" not in zipped.namelist():
            return {}
        tree = ElementTree.fromstring(zipped.read("xl/comments1.xml"))
    return {
        each.get("ref"): "".join(text.text or "" for text in each.iterfind(".//x:t", SPREADSHEET))
        for each in tree.iterfind(".//x:comment", SPREADSHEET)
    }


def sheets(workbook: bytes) -> dict[str, list[list]]:
    opened = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def faulty_csv() -> str:
    """The example with a figure below zero, one that is a text, and a formula in a note."""
    lines = example_csv().split("\r\n")
    header = lines[0].split(",")
    at = header.index("numerator")
    for number, value in ((4, "-5"), (9, "about 40")):
        cells = lines[number - 1].split(",")
        cells[at] = value
        lines[number - 1] = ",".join(cells)
    return "\r\n".join(lines)


def test_each_cell_that_is_wrong_has_a_comment_that_says_what_and_what_to_do(client):
    said = report(client, faulty_csv())
    expected = {finding["cell"]: finding for finding in said["findings"] if finding.get("cell")}

    found = comments(annotated(client, faulty_csv()))

    assert len([f for f in said["findings"] if f["severity"] == "error"]) >= 2
    assert set(found) == set(expected)
    for cell, finding in expected.items():
        assert finding["code"] in found[cell]
        assert finding["detail"] in found[cell]
        assert finding["fix"] in found[cell]


def test_the_sheet_is_as_it_was_sent_and_a_second_one_lists_all_that_is_said(client):
    said = report(client, faulty_csv())

    found = sheets(annotated(client, faulty_csv()))

    sent = [line.split(",") for line in faulty_csv().strip().split("\r\n")]
    assert [[as_sent(cell) for cell in row] for row in found["Return"]] == [
        row + [""] * (len(found["Return"][0]) - len(row)) for row in sent
    ]
    header, *rows = found["Findings"]
    assert header[:2] == ["Level", "Rule"]
    assert len(rows) == sum(max(1, len(each.get("places") or [])) for each in said["findings"])
    assert {row[1] for row in rows} == {each["code"] for each in said["findings"]}


def as_sent(cell: object) -> str:
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def test_a_workbook_keeps_the_name_of_its_sheet_and_its_cells(client):
    rows = table(faulty_csv())
    body = book(rows=[["Return of October"], [], *rows])

    workbook = annotated(client, body, kind=XLSX)

    (name, *_), first = list(sheets(workbook)), next(iter(sheets(workbook).values()))
    assert name == next(iter(sheets(body)))
    assert first[0][0] == "Return of October"
    of_cells = {
        each["cell"] for each in report(client, body, kind=XLSX)["findings"] if each.get("cell")
    }
    assert set(comments(workbook)) == of_cells | {"A1"}  # of the row that stands above the header


def test_json_is_laid_out_as_csv_has_it_with_the_comments_where_its_places_went(client):
    example = example_json()
    example["observations"][2]["numerator"] = -5

    workbook = annotated(client, json.dumps(example), kind="application/json")

    header, *rows = sheets(workbook)["Return"]
    column = "ABCDEFGH"[header.index("numerator")]
    assert rows[2][header.index("numerator")] == -5
    assert "C054" in comments(workbook)[f"{column}4"]


def test_a_corrected_workbook_sent_back_is_a_return_and_its_findings_are_no_matter(client):
    workbook = annotated(client, example_csv())

    again = report(client, workbook, kind=XLSX)

    assert again["counts"]["error"] == 0
    assert "F021" not in {each["code"] for each in again["findings"]}
    as_csv = {each["code"] for each in report(client, example_csv())["findings"]}
    assert {each["code"] for each in again["findings"]} <= as_csv | {"C073"}


def test_what_looks_like_a_list_of_children_does_not_come_back_in_a_workbook(client):
    body = "child id,surname,date of birth\r\n1,Smith,2015-03-04\r\n"

    workbook = annotated(client, body)

    assert list(sheets(workbook)) == ["Findings"]
    assert b"Smith" not in b"".join(contents(workbook).values())


def contents(workbook: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(workbook)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def test_the_same_file_gives_the_same_bytes(client):
    assert annotated(client, faulty_csv()) == annotated(client, faulty_csv())


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=5), min_size=1, max_size=5))
def test_no_text_becomes_a_formula_or_a_link(cells):
    lines = tuple(enumerate(cells, start=1))

    parts = contents(write_annotated(Annotation("A report", "Return", lines, ())))

    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<f>" not in sheet
    assert b"<hyperlink" not in sheet
