"""The check's page: all that is wrong with a file, narrowed down or as a table, kept nowhere."""

import csv
import html
import io
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.gateway.feed import Feed
from services.gateway.http import mount
from services.runtime.problem import Problem, install

HTML = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin"}
FINDINGS = [
    {
        "code": "C054", "severity": "error", "where": "row 4, numerator (E4)", "value": "-5",
        "indicators": ["FD04"], "detail": "FD04: the numerator -5 is below zero.",
        "fix": "Counts start at 0.",
    },
    {
        "code": "Q200", "severity": "query", "where": "row 9, numerator (E9)", "value": "470",
        "indicators": ["CP01"], "detail": "CP01: 470 in this quarter, 300 in quarter 1.",
        "fix": "Say why in a note.",
    },
    {
        "code": "X999", "severity": "notice", "where": "the file", "value": "=<b>1</b>",
        "indicators": [], "detail": "Something new.", "fix": "Nothing.",
    },
]  # fmt: skip
REPORT = {
    "title": "Your return has 1 error and 1 query",
    "authority": "D01",
    "collection": "riia-quarterly",
    "period": "2026-27-Q2",
    "total": 3,
    "counts": {"error": 1, "query": 1, "notice": 1},
    "findings": FINDINGS,
}


@pytest.fixture
def examined() -> list[tuple[bytes, str]]:
    return []


@pytest.fixture
def client(views, examined) -> TestClient:
    app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
    install(app)

    class Files:
        """Remembers what is to be checked, and says the same of all of it."""

        def examine(self, body: bytes, *, content_type: str):
            examined.append((body, content_type))
            if b"two files" in body:
                raise Problem(422, "request-not-understood", "Two", "Choose one file.")
            return REPORT

        def annotate(self, body: bytes, *, content_type: str) -> bytes:
            self.examine(body, content_type=content_type)
            return b"PK: the workbook"

    mount(app, views, feed=Feed("demo"), checks=Files())
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def send(client):
    def send(content: bytes = b"indicator,numerator"):
        files = {"file": ("return.csv", content, "text/csv")}
        return client.post("/check", files=files, headers={**HTML, **OWN})

    return send


def carried(page: str) -> str:
    return html.unescape(re.search(r'name="report" value="([^"]*)"', page).group(1))


def places(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="govuk-table__header">([^<]*)</th>', page)


def test_the_file_goes_on_as_it_came_and_its_report_is_shown_in_the_order_of_the_file(
    send, examined, faults_of_html
):
    page = send().text

    ((body, content_type),) = examined
    assert b"indicator,numerator" in body
    assert content_type.startswith("multipart/form-data; boundary=")
    assert "Your return has 1 error and 1 query: D01, riia-quarterly, 2026-27-Q2." in page
    assert places(page) == ["row 4, numerator (E4)", "row 9, numerator (E9)", "the file"]
    assert '<a class="govuk-link" href="/rules/C054">' in page
    assert "/rules/X999" not in page
    assert "<b>1</b>" not in page
    assert faults_of_html({"check": page}) == []


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"level": "error"}, ["row 4, numerator (E4)"]),
        ({"rule": "Q200"}, ["row 9, numerator (E9)"]),
        ({"level": "error", "rule": "Q200"}, []),
        ({"level": "", "rule": ""}, ["row 4, numerator (E4)", "row 9, numerator (E9)", "the file"]),
    ],
)
def test_a_report_is_narrowed_down_by_level_and_rule_without_the_file(
    client, send, examined, fields, shown
):
    report = carried(send().text)

    page = client.post("/check", data={**fields, "report": report}, headers={**HTML, **OWN}).text

    assert places(page) == shown
    assert "1 error, 1 query, 1 notice" in page
    assert carried(page) == report
    assert len(examined) == 1


def test_a_report_can_be_taken_along_as_a_table_in_which_nothing_is_a_formula(client, send):
    report = carried(send().text)

    response = client.post("/check", data={"report": report, "as": "csv"}, headers=OWN)

    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["code"], row["cell"], row["value"]) for row in rows] == [
        ("C054", "row 4, numerator (E4)", "'-5"),
        ("Q200", "row 9, numerator (E9)", "470"),
        ("X999", "the file", "'=<b>1</b>"),
    ]


@pytest.mark.parametrize("report", ["", "{}", '{"title": 5}', "[" * 10_000])
def test_a_report_that_is_none_is_asked_for_again(client, report):
    response = client.post("/check", data={"report": report}, headers={**HTML, **OWN})

    assert response.status_code == 422
    assert "Choose the file again" in response.text


def test_a_form_that_cannot_be_read_says_so_beside_its_field(send, faults_of_html):
    response = send(b"two files")

    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert "Choose one file." in response.text
    assert faults_of_html({"check": response.text}) == []


def test_a_file_from_another_site_is_not_looked_at(client, examined):
    assert client.post("/check", files={"file": b"x"}).status_code == 403
    assert examined == []


def test_the_file_comes_back_as_a_workbook_for_whoever_asks_for_it_beside_the_page(client, send):
    assert 'formaction="/check?as=workbook"' in send().text

    files = {"file": ("return.csv", b"indicator,numerator", "text/csv")}
    answer = client.post("/check?as=workbook", files=files, headers={**HTML, **OWN})

    assert answer.status_code == 200
    assert answer.content == b"PK: the workbook"
    assert answer.headers["content-disposition"] == 'attachment; filename="checked.xlsx"'
    assert answer.headers["cache-control"] == "no-store"


def test_a_file_that_cannot_be_read_is_told_of_on_the_page_instead_of_as_a_workbook(client):
    files = {"file": ("return.csv", b"two files", "text/csv")}

    answer = client.post("/check?as=workbook", files=files, headers={**HTML, **OWN})

    assert answer.status_code == 422
    assert "Choose one file." in answer.text
