"""The pages of templates and samples: what a data officer and a developer download."""

import html
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.pages.sample import SAMPLES, SCRIPTS
from services.runtime.problem import install

HTML = {"accept": "text/html"}


@pytest.fixture
def client(views) -> TestClient:
    app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
    install(app)
    mount(app, views, feed=Feed("demo"))
    return TestClient(app, raise_server_exceptions=False, headers=HTML)


@pytest.fixture
def read(client):
    def read(path: str, *, status: int = 200) -> str:
        answer = client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    return read


def files(page: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="(/v1/templates/[^"]*)"', page)]


def test_the_page_leads_to_the_templates_of_the_newest_quarter(read, faults_of_html):
    page = read("/templates")

    workbook, table = files(page)
    assert re.fullmatch(
        r"/v1/templates/D\d\d/\d{4}-\d\d-Q\d\.xlsx\?collection=riia-quarterly", workbook
    )
    assert table == workbook.replace(".xlsx", ".csv")
    assert faults_of_html({"templates": page}) == []


def test_what_is_chosen_is_what_is_downloaded(read):
    asked = "authority=D03&period=2026-27-Q1&collection=regional-quarterly&plain=yes"

    assert files(read(f"/templates?{asked}")) == [
        f"/v1/templates/D03/2026-27-Q1.{ending}?collection=regional-quarterly&last=false"
        for ending in ("xlsx", "csv")
    ]


def test_a_quarter_that_has_not_been_opened_may_be_prepared(read):
    page = read("/templates?period=2029-30-Q1")

    assert '<option value="2029-30-Q1" selected>' in page
    assert all("2029-30-Q1" in place for place in files(page))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("authority=383", "is not a value of authority"),
        ("authority=X99", "is not a value of authority"),
        ("period=2025", "a quarter, such as 2026-27-Q2"),
        ("period=soon", "a period such as 2026-27-Q2"),
        ("collection=weekly", "is not a value of collection"),
    ],
)
def test_what_cannot_be_chosen_is_answered_with_what_can(read, asked, said):
    assert said in read(f"/templates?{asked}", status=422)


def test_the_contracts_of_the_chosen_collection_are_linked(read):
    page = read("/templates?collection=early-help-quarterly")

    for name in ("table-schema.json", "datapackage.json", "csv-metadata.json"):
        assert f'href="/v1/contracts/early-help-quarterly/{name}"' in page


def test_every_sample_is_shown_to_the_letter_and_can_be_taken_as_a_file(
    read, client, faults_of_html
):
    page = read("/developers/samples")
    shown = [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]

    assert shown == [(SCRIPTS / sample.file).read_text(encoding="utf-8") for sample in SAMPLES]
    for sample, text in zip(SAMPLES, shown, strict=True):
        taken = client.get(f"/developers/samples/{sample.file}")
        assert taken.text == text
        assert taken.headers["content-disposition"] == f'attachment; filename="{sample.file}"'
    assert faults_of_html({"samples": page}) == []


def test_there_is_no_other_file_among_the_samples(read):
    assert "There is no sample" in read("/developers/samples/__init__.py", status=404)


def test_powershell_5_1_reads_its_script_whatever_the_code_page():
    assert (SCRIPTS / "submit.ps1").read_bytes().isascii()


@pytest.mark.parametrize("path", ["/", "/check", "/developers/api"])
def test_templates_and_samples_are_found_from_where_returns_are_sent(read, path):
    page = read(path)

    assert 'href="/templates' in page
    assert 'href="/developers/samples"' in page
