"""A return's page: what the check asked, what was said of it, and the forms that explain it."""

import html
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import Finding, Observation, QueryExplained, ReturnAccepted, TextSet
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.views import Views
from services.runtime.problem import install

HTML = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin"}
WHY = "A police operation in August."
ASKED = "CP01: 470 in this quarter, 300 in quarter 1 of 2026-27."


def sent(return_id="return-1", *findings: Finding, **more) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=return_id,
        authority="D01",
        collection="riia-quarterly",
        period="2026-27-Q2",
        sha256="00" * 32,
        size=1,
        media_type="text/csv",
        channel="api",
        rules="2026.2",
        observations=(
            Observation(indicator="CP01", numerator=470),
            Observation(indicator="CP09", numerator=4, denominator=86),
        ),
        findings=findings or (query(),),
        **more,
    )


def query(**more) -> Finding:
    return Finding(code="Q200", severity="query", indicator="CP01", detail=ASKED, **more)


def explained(text="text-1", **more) -> QueryExplained:
    return QueryExplained(
        return_id="return-1",
        authority="D01",
        collection="riia-quarterly",
        period="2026-27-Q2",
        indicator="CP01",
        codes=("Q200",),
        text=text,
        **more,
    )


@pytest.fixture
def taken() -> list:
    return []


@pytest.fixture
def client(told, library, taken) -> TestClient:
    app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
    install(app)

    def explain(return_id, *, indicator, text, confirm, traceparent=None):
        taken.append((return_id, indicator, text, confirm))

    views = Views(told.store, library=library, nation="demo")
    mount(app, views, feed=Feed("demo"), explain=explain)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def read(client):
    def read() -> str:
        response = client.get("/returns/return-1", headers=HTML)
        assert response.status_code == 200, response.text[:300]
        return html.unescape(response.text)

    return read


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_open_query_is_shown_in_its_own_figures_with_a_form(told, read, faults_of_html):
    told.tell(sent())
    page = read()

    assert ASKED in page
    assert "1 of 1 to be explained" in page
    assert '<a class="govuk-link" href="/rules/Q200">' in page
    assert 'name="indicator" value="CP01"' in page
    assert "Confirm that it still holds" not in page
    assert faults_of_html({"return": page}) == []


def test_an_explanation_is_shown_in_place_of_the_form(told, read):
    told.tell(sent(), TextSet(id="text-1", kind="note", text=WHY), explained())
    page = read()

    assert WHY in page
    assert "All is explained." in page
    assert "<textarea" not in page


def test_an_explanation_that_was_erased_leaves_the_query_closed(told, read):
    told.tell(sent(), explained(), TextSet(id="text-1", kind="note", text=None))

    assert "These words were erased." in read()


def test_the_words_of_the_quarter_before_are_offered_to_be_confirmed(told, read, client, taken):
    told.tell(
        TextSet(id="text-0", kind="note", text=WHY), sent("return-1", query(offered="text-0"))
    )
    page = read()

    assert f"In the quarter before you said: {WHY}" in words(page)
    fields = {"indicator": "CP01", "kind": "confirm", "text": "ignored"}
    response = client.post("/returns/return-1", data=fields, headers=OWN)
    assert (response.status_code, response.headers["location"]) == (303, "/returns/return-1#asked")
    assert taken == [("return-1", "CP01", "", True)]


def test_words_are_taken_without_the_spaces_around_them(told, client, taken):
    told.tell(sent())
    fields = {"indicator": "CP01", "kind": "text", "text": f"  {WHY} "}
    client.post("/returns/return-1", data=fields, headers=OWN)
    client.post("/returns/return-1", data={"indicator": "", "text": WHY}, headers=OWN)

    assert taken == [("return-1", "CP01", WHY, False), ("return-1", None, WHY, False)]


def test_no_words_are_asked_for_again_beside_their_field(told, client, taken, faults_of_html):
    told.tell(sent())
    response = client.post(
        "/returns/return-1", data={"indicator": "CP01", "text": " "}, headers=OWN
    )

    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert '<a href="#text-CP01">Write why the figure is right</a>' in response.text
    assert 'id="text-CP01-error"' in response.text
    assert taken == []
    assert faults_of_html({"return": response.text}) == []


def test_a_form_from_elsewhere_is_refused(told, client, taken):
    told.tell(sent())
    response = client.post("/returns/return-1", data={"indicator": "CP01", "text": WHY})

    assert response.status_code == 403
    assert taken == []


def test_a_return_that_no_longer_stands_is_shown_without_a_form(told, read):
    told.tell(sent(), sent("return-2", supersedes="return-1"))
    page = read()

    assert ASKED in page
    assert "<textarea" not in page


def test_notices_are_told_each_rule_once(told, read):
    small = [Finding(code="D250", severity="notice", indicator=code) for code in ("CP09", "LA04")]
    told.tell(sent("return-1", *small))
    page = words(read())

    assert page.count("A count of children is between 1 and 5.") == 1
    assert "Repeat CPP within 2 years, UASC share of CLA." in page
    assert "What the check asked" not in page


def test_the_api_says_which_queries_are_open_and_what_was_said(told, client):
    told.tell(
        TextSet(id="text-0", kind="note", text=WHY), sent("return-1", query(offered="text-0"))
    )
    (finding,) = client.get("/v1/returns/return-1").json()["findings"]
    assert (finding["open"], finding["offered"], finding["detail"]) == (True, WHY, ASKED)

    told.tell(explained("text-0", confirmed=True))
    item = client.get("/v1/returns/return-1").json()
    assert [(f["open"], f["offered"]) for f in item["findings"]] == [(False, None)]
    (said,) = item["explanations"]
    assert (said["indicator"], said["text"], said["codes"], said["confirmed"]) == (
        "CP01", WHY, ["Q200"], True,
    )  # fmt: skip


def test_what_a_carried_explanation_says_is_shown_beside_the_later_version(told, read):
    told.tell(
        TextSet(id="text-1", kind="note", text=WHY),
        sent("return-1", Finding(code="Q200", severity="notice", indicator="CP01", detail=ASKED,
                                 explanation="text-1")),
    )  # fmt: skip
    page = read()

    assert WHY in page
    assert "All is explained." in page


def test_a_later_version_shows_what_it_changed_as_it_was_sent(told, read, client, faults_of_html):
    figures = (
        Observation(indicator="CP01", numerator=1470),
        Observation(indicator="CP09", numerator=4.25, denominator=86, note="text-2"),
        Observation(indicator="WF02", symbol="x"),
    )
    told.tell(
        sent("return-0").model_copy(update={"observations": figures}),
        sent("return-1", supersedes="return-0"),
    )
    assert '<a class="govuk-link" href="/returns/return-1/changes">3 values changed' in read()
    page = client.get("/returns/return-1/changes", headers=HTML).text

    assert "3 values changed since version 1." in page
    assert re.findall(r"<(?:th scope=.row|td)[^>]*>([^<]*)<", page) == [
        "Section 47 enquiries", "1,470", "470",
        "Repeat CPP within 2 years", "4.25 / 86", "4 / 86",
        "Agency social workers", "x: not available", "not named",
    ]  # fmt: skip
    assert faults_of_html({"changes": page}) == []
    assert "What changed" not in client.get("/returns/return-0", headers=HTML).text
    first = client.get("/returns/return-0/changes", headers=HTML).text
    assert "It is the first that stood" in first


def test_a_later_version_that_changed_no_figure_says_so(told, read, client):
    told.tell(sent("return-0"), sent("return-1", supersedes="return-0"))

    assert "No value changed since version 1." in read()
    page = client.get("/returns/return-1/changes", headers=HTML).text
    assert "No value changed since version 1." in page
    assert "<table" not in page
