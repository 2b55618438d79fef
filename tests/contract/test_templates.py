"""Templates: filled in with whatever opens them and sent back, they are returns like any other."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zipfile import ZipFile

import pytest
import python_calamine
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.events import ReturnAccepted, TextSet
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.core.document import Format
from services.ingest.core.header import letters
from services.ingest.desk import Desk
from services.ingest.example import example_csv, example_json
from services.ingest.http import router
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install
from tests.unit.ingest.ugly.pack import repacked

PERIOD = "2026-27-Q2"
BLANK, XLSX = f"/v1/templates/D01/{PERIOD}.csv", f"/v1/templates/D01/{PERIOD}.xlsx"
SAID = {each["indicator"]: each for each in example_json()["observations"]}
INPUTS = ("numerator", "denominator", "symbol", "note")


def as_rows(client: TestClient, ending: str) -> list[list]:
    """The cells of a template as an independent reader sees them."""
    body = client.get(f"/v1/templates/D01/{PERIOD}.{ending}").content
    if ending == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    return sheets(body)["Return"]


def sheets(body: bytes) -> dict[str, list[list]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def filled(rows: list[list]) -> list[list]:
    """The same rows with the figures of the example typed in."""
    header, *body = rows
    at = {name: header.index(name) for name in header}
    for row in body:
        for name in INPUTS:
            row[at[name]] = SAID[row[at["indicator"]]].get(name, row[at[name]] or "")
    return [header, *body]


def as_csv(rows: list[list]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def typed_in(body: bytes, rows: list[list]) -> bytes:
    """The same workbook with cells typed into, all else in it as it was."""
    typed = {
        f"{letters(across)}{down}": value
        for down, row in enumerate(rows, start=1)
        for across, value in enumerate(row)
        if down > 1 and rows[0][across] in INPUTS and value != ""
    }

    def edit(part: str, content: bytes) -> bytes:
        if part != "xl/worksheets/sheet1.xml":
            return content
        text, times = re.subn(r'<c r="([A-Z]+\d+)"( s="\d+")/>', put, content.decode())
        assert times == 31 * len(INPUTS)
        return text.encode()

    def put(found: re.Match) -> str:
        value = typed.pop(found[1], None)
        if value is None:
            return found[0]
        cell = f'<c r="{found[1]}"{found[2]}'
        if isinstance(value, str):
            return f'{cell} t="inlineStr"><is><t>{value}</t></is></c>'
        return f"{cell}><v>{value}</v></c>"

    edited = repacked(body, edit=edit)
    assert not typed
    return edited


@pytest.fixture
def office() -> Iterator[tuple[TestClient, MemoryLog]]:
    """A door over an empty log with this quarter and the one before open, the latter returned."""
    log = MemoryLog()
    desk = Desk(
        log,
        library=load_library(),
        nation="demo",
        now=lambda: datetime(2026, 10, 20, 9, tzinfo=UTC),
    )
    app = FastAPI()
    install(app)
    app.include_router(router(desk))
    client = TestClient(app)
    for period in ("2026-27-Q1", PERIOD):
        client.post(f"/v1/periods/riia-quarterly/{period}/open").raise_for_status()
    before = example_csv().replace(PERIOD, "2026-27-Q1")
    client.post("/v1/returns", content=before, headers={"content-type": "text/csv"})
    yield client, log
    desk.close()


@pytest.fixture
def client(office) -> TestClient:
    return office[0]


@pytest.fixture
def stored(office) -> Callable[[], list[dict]]:
    """What the newest return says, notes by their words."""

    def read() -> list[dict]:
        log = office[1]
        texts = {
            event.data.id: event.data.text
            for event in map(decode, (stored.record for stored in log.read(Topic.TEXTS)))
            if isinstance(event.data, TextSet)
        }
        accepted = decode(log.read(Topic.RETURNS)[-1].record).data
        assert isinstance(accepted, ReturnAccepted)
        assert accepted.period == PERIOD
        return [
            {**each.model_dump(mode="json"), "note": texts.get(each.note)}
            for each in accepted.observations
        ]

    return read


@pytest.fixture
def expected(office, stored) -> list[dict]:
    """What the same figures as JSON are stored as."""
    client, _ = office
    client.post("/v1/returns", json=example_json()).raise_for_status()
    return stored()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_that_is_filled_in_is_the_return_that_json_would_be(
    client, expected, stored, ending
):
    rows = filled(as_rows(client, ending))
    if ending == "csv":
        body, media = as_csv(rows), "text/csv"
    else:
        body, media = typed_in(client.get(XLSX).content, rows), Format.XLSX.value
    headers = {"content-type": media}

    report = client.post("/v1/validations", content=body, headers=headers).json()
    sent = client.post("/v1/returns", content=body, headers=headers)

    assert sent.status_code == 202, sent.text
    assert sent.json()["version"] == 2
    assert stored() == expected
    plain = client.post("/v1/validations", json=example_json()).json()
    told = [(each["code"], each["detail"]) for each in report["findings"]]
    assert told == [(each["code"], each["detail"]) for each in plain["findings"]]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_that_comes_back_as_it_went_says_of_each_row_that_nothing_is_in_it(
    client, ending
):
    body = client.get(f"/v1/templates/D01/{PERIOD}.{ending}")
    headers = {"content-type": body.headers["content-type"]}

    refused = client.post("/v1/returns", content=body.content, headers=headers).json()

    (error,) = refused["errors"]
    assert (error["code"], error["count"]) == ("C061", 31)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_names_authority_quarter_and_every_indicator_with_what_it_counts(client, ending):
    header, *rows = as_rows(client, ending)
    row = dict(zip(header, next(row for row in rows if "CP04" in row), strict=True))

    assert [each[0] for each in rows] == list(SAID)
    assert [row[name] for name in INPUTS] == ["", "", "", ""]
    assert (row["authority"], row["collection"], row["period"]) == ("D01", "riia-quarterly", PERIOD)
    assert row["authority_name"] == load_library().authority("D01").name
    assert (row["title"], row["unit"]) == ("ICPC within 15 working days", "%")
    assert row["numerator_counts"].startswith("ICPCs <= 15 wd")
    assert row["denominator_counts"] == "ICPCs"


def test_last_quarter_stands_beside_the_figures_and_may_be_left_out(client):
    header, *rows = as_rows(client, "csv")
    last = {row[0]: row[header.index("last_quarter")] for row in rows}
    without = client.get(BLANK, params={"last": "false"}).text

    assert (last["FD01"], last["CP04"], last["WF03"]) == ("2310", "77 of 94", "x")
    assert "77 of 94" not in without
    assert "last_quarter" in without


def test_where_nothing_was_returned_there_is_no_figure_of_last_quarter(client):
    first = client.get("/v1/templates/D02/2026-27-Q2.csv").text

    assert {row["last_quarter"] for row in csv.DictReader(io.StringIO(first))} == {""}


def test_the_workbook_is_good_to_fill_in(client):
    body = client.get(XLSX).content
    with ZipFile(io.BytesIO(body)) as parts:
        returned = parts.read("xl/worksheets/sheet1.xml").decode()
        strings = parts.read("xl/sharedStrings.xml").decode()
        names = parts.namelist()

    assert list(sheets(body)) == ["Return", "Definitions"]
    assert '<pane xSplit="2" ySplit="1" topLeftCell="C2"' in returned
    assert returned.count('type="whole"') > 30
    assert 'type="decimal"' in returned
    assert 'type="list"' in returned
    assert "<f>" not in returned
    assert "mergeCell" not in returned
    assert "ICPCs" in strings
    assert {"xl/tables/table1.xml", "xl/tables/table2.xml"} <= set(names)
    definitions = {row[0]: row for row in sheets(body)["Definitions"]}
    assert definitions["CP04"][2] == ("ICPCs <= 15 wd of S47/strategy, as a percentage of: ICPCs.")
    assert definitions["FD01"][2] == (
        "Contacts received in quarter, for every 10,000 people aged 0 to 17."
    )
    assert client.get(XLSX).content == body


def test_a_template_is_a_file_with_a_name_that_says_whose_and_when(client):
    answer = client.get(BLANK)

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="D01-{PERIOD}-riia-quarterly.csv"'
    )
    assert answer.content.startswith(b"\xef\xbb\xbfindicator,title,numerator")
    assert client.get(XLSX).headers["content-type"] == Format.XLSX.value


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"/v1/templates/383/{PERIOD}.csv", "383"),
        (f"/v1/templates/X99/{PERIOD}.xlsx", "X99"),
        ("/v1/templates/D01/2026.csv", "2026 is not a quarter"),
        ("/v1/templates/D01/soon.csv", "soon"),
        (f"{BLANK}?collection=weekly", "weekly"),
    ],
)
def test_what_there_is_no_template_of_is_said(client, path, said):
    answer = client.get(path)

    assert answer.status_code == 404
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("collection", ["early-help-quarterly", "regional-quarterly"])
def test_every_collection_has_templates(client, collection):
    answer = client.get(BLANK, params={"collection": collection})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert {row["collection"] for row in rows} == {collection}
    assert all(row["numerator_counts"] and row["denominator_counts"] for row in rows)
    assert answer.status_code == 200
