"""Sending a file in the browser: what was checked is what is sent, and nothing lies in between."""

import hashlib
import html
import json
import re
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import ReturnSignedOff, TextSet
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.pages import sending
from services.gateway.views import Views
from services.runtime.multipart import read_form
from services.runtime.problem import Problem, install
from tests.unit.gateway.test_submission_page import ASKED, OWN, query, sent

HTML = {"accept": "text/html"}
BYTES = bytes(range(256)) + b"\r\n--x\r\nauthority,collection\r\n"
WHY = "A police operation.\nIt is over."
QUERY = {
    "code": "Q200", "severity": "query", "where": "row 9", "value": "470", "offered": False,
    "indicators": ["CP01"], "detail": ASKED, "fix": "Say why.",
}  # fmt: skip
GOOD = {
    "valid": True,
    "title": "Your return has 1 query",
    "authority": "D01",
    "collection": "riia-quarterly",
    "period": "2026-27-Q2",
    "total": 1,
    "counts": {"error": 0, "query": 1, "notice": 0},
    "findings": [QUERY],
    "read": [
        {"indicator": "CP01", "numerator": 470},
        {"indicator": "WF03", "symbol": "x", "note": "a <new> system"},
    ],
}
FAULTY = {
    **GOOD,
    "valid": False,
    "title": "Your return has 1 error",
    "findings": [{**QUERY, "severity": "error", "code": "C054", "detail": "CP01: below zero."}],
    "read": [],
}


@pytest.fixture
def office(told, library):
    """What the page is given: ``report`` is what the check says, ``refusal`` what sending meets."""
    office = SimpleNamespace(report=GOOD, refusal=None, sent=[], reasons=[])

    class Files:
        def examine(self, body: bytes, *, content_type: str):
            read_form(body, content_type=content_type)
            return office.report

        def annotate(self, body: bytes, *, content_type: str) -> bytes:
            return b""

    def send(body, *, content_type, channel, supersedes, reason=None, traceparent=None) -> str:
        if office.refusal is not None:
            raise office.refusal
        office.reasons.append(reason)
        form = read_form(body, content_type=content_type)
        office.sent.append((form.content, dict(form.fields), channel, supersedes))
        return "return-9"

    app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
    install(app)
    views = Views(told.store, library=library, nation="demo")
    mount(app, views, feed=Feed("demo"), checks=Files(), send=send)
    office.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    return office


def choose(office, content: bytes = BYTES) -> str:
    files = {"file": ("return.xlsx", content, "application/octet-stream")}
    answer = office.client.post("/returns/new", files=files, headers={**HTML, **OWN})
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def fields(page: str) -> dict[str, str]:
    form = page[page.index('action="/returns/new/send"') :]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found}


def test_exactly_the_bytes_that_were_checked_are_sent_and_the_receipt_follows(
    office, faults_of_html
):
    page = choose(office)
    assert faults_of_html({"proposal": page}) == []

    typed = {**fields(page), "text-CP01": WHY.replace("\n", "\r\n")}
    answer = office.client.post("/returns/new/send", data=typed, headers=OWN)

    assert (answer.status_code, answer.headers["location"]) == (303, "/returns/return-9/receipt")
    ((content, beside, channel, supersedes),) = office.sent
    assert hashlib.sha256(content).digest() == hashlib.sha256(BYTES).digest()
    assert (channel, supersedes) == ("file", None)
    said = {"explanations": [{"indicator": "CP01", "text": WHY}]}
    assert json.loads(beside["explanations"]) == said


def test_what_will_be_stored_is_shown_before_anything_is(office):
    page = html.unescape(re.sub(r"<[^>]+>", " ", choose(office)))

    assert "Nothing is stored yet." in page
    assert "1 figure, 1 symbol, 1 note" in page
    assert ASKED in page
    assert "no return stands for this quarter" in page
    assert "a <new> system" in page
    assert office.sent == []


def test_nothing_of_a_file_with_errors_is_in_the_page_that_tells_of_them(office, faults_of_html):
    office.report = FAULTY
    page = choose(office, b"secret-figures-1234")

    assert "<title>Error: Send a return" in page
    assert "CP01: below zero." in page
    assert 'name="content"' not in page
    assert "secret-figures" not in page
    assert "c2VjcmV0" not in page
    assert faults_of_html({"sending": page}) == []


def test_what_is_replaced_is_named_and_only_that_is_replaced(office, told):
    told.tell(sent("return-1"))
    page = choose(office)
    assert "version 1, received" in page

    office.client.post("/returns/new/send", data=fields(page), headers=OWN)
    assert office.sent[0][3] == "return-1"


def test_the_words_of_the_quarter_before_are_confirmed_with_a_tick(office, told):
    before = sent("return-0", query(explanation="text-0")).model_copy(
        update={"period": "2026-27-Q1"}
    )
    told.tell(TextSet(id="text-0", kind="note", text="The old reason."), before)
    office.report = {**GOOD, "findings": [{**QUERY, "offered": True}]}
    page = choose(office)
    assert "The old reason." in page

    typed = {**fields(page), "confirm-CP01": "yes", "text-CP01": " "}
    office.client.post("/returns/new/send", data=typed, headers=OWN)
    said = {"explanations": [{"indicator": "CP01", "confirm": True}]}
    assert json.loads(office.sent[0][1]["explanations"]) == said


def test_what_was_typed_stays_where_an_explanation_cannot_be_taken(office, faults_of_html):
    office.refusal = Problem(
        422, "explanation-unfit", "Unfit", "Nothing was stored.",
        errors=[{"detail": "CP01: shorten it.", "indicator": "CP01"}],
    )  # fmt: skip
    typed = {**fields(choose(office)), "text-CP01": WHY}
    answer = office.client.post("/returns/new/send", data=typed, headers={**HTML, **OWN})

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert '<a href="#text-CP01">CP01: shorten it.</a>' in answer.text
    assert f">{WHY}</textarea>" in answer.text
    assert fields(answer.text)["content"] == typed["content"]
    assert faults_of_html({"proposal": answer.text}) == []


def test_who_sends_an_earlier_file_again_is_told_and_may_send_it_knowingly(office):
    office.refusal = Problem(409, "version-conflict", "Sent before", "It stands.", stands="gone-1")
    answer = office.client.post(
        "/returns/new/send", data=fields(choose(office)), headers={**HTML, **OWN}
    )
    assert answer.status_code == 422
    assert "It stands." in answer.text

    office.refusal = None
    office.client.post("/returns/new/send", data=fields(answer.text), headers=OWN)
    assert office.sent[0][3] == "gone-1"


def test_whoever_replaces_what_was_signed_off_is_asked_why_and_the_words_go_along(
    office, told, faults_of_html
):
    told.tell(sent("return-1"))
    assert 'name="reason"' not in choose(office)
    about = {"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2"}
    signed = ReturnSignedOff(**about, return_id="return-1", actor="local", statement="2026.1")
    told.tell(signed)

    page = choose(office)
    assert faults_of_html({"proposal": page}) == []
    assert 'name="reason"' in page
    typed = {**fields(page), "reason": " Two families were counted twice. "}
    office.client.post("/returns/new/send", data=typed, headers=OWN)

    assert office.reasons == ["Two families were counted twice."]


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (
            Problem(409, "reason-missing", "It was signed off", "Send it with ?reason="),
            "Say why another version takes the place of one that was signed off",
        ),
        (
            Problem(422, "reason-unfit", "No", "No", errors=[
                {"detail": "The reason holds a number.", "pointer": "/query/reason"},
            ]),
            "The reason holds a number.",
        ),
    ],
)  # fmt: skip
def test_a_reason_that_is_missing_or_cannot_be_kept_is_asked_for_in_its_place(
    office, faults_of_html, refusal, said
):
    office.refusal = refusal
    typed = {**fields(choose(office)), "reason": "For 4123456789."}

    answer = office.client.post("/returns/new/send", data=typed, headers={**HTML, **OWN})

    assert answer.status_code == 422
    assert faults_of_html({"proposal": answer.text}) == []
    assert f'<a href="#text-reason">{said}</a>' in html.unescape(answer.text)
    assert "For 4123456789." in answer.text


def test_a_return_that_has_errors_by_the_time_it_is_sent_is_reported_on(office):
    typed = fields(choose(office))
    office.refusal, office.report = Problem(422, "validation-failed", "Faulty", "x"), FAULTY
    answer = office.client.post("/returns/new/send", data=typed, headers={**HTML, **OWN})

    assert "CP01: below zero." in answer.text


def test_what_was_typed_goes_back_to_its_form_where_it_has_errors_by_then(office):
    typed = {**fields(choose(office)), "draft": '{"typed": {}}', "channel": "form"}
    office.refusal, office.report = Problem(422, "validation-failed", "Faulty", "x"), FAULTY
    answer = office.client.post("/returns/new/send", data=typed, headers={**HTML, **OWN})

    form = "/returns/new/D01/riia-quarterly/2026-27-Q2"
    assert (answer.status_code, answer.headers["location"]) == (307, form)
    assert office.client.post(form, data=typed, headers={**HTML, **OWN}).status_code == 200


@pytest.mark.parametrize("content", ["", "no base64 at all!", None])
def test_a_form_without_its_file_asks_for_it_again(office, content):
    typed = {} if content is None else {"content": content}
    answer = office.client.post("/returns/new/send", data=typed, headers={**HTML, **OWN})

    assert answer.status_code == 422
    assert "Choose it again." in answer.text
    assert office.sent == []


def test_no_file_is_said_in_words_for_a_person(office):
    answer = office.client.post("/returns/new", files={"file": ("", b"")}, headers={**HTML, **OWN})

    assert answer.status_code == 422
    assert "Choose the file of the return." in answer.text
    assert "curl" not in answer.text.split("</form>")[0]


def test_a_file_too_large_to_travel_with_a_page_is_sent_elsewhere(office, monkeypatch):
    monkeypatch.setattr(sending, "MOST", 10)
    page = choose(office)

    assert "send it with a script" in page


@pytest.mark.parametrize("path", ["/returns/new", "/returns/new/send"])
def test_a_form_from_another_site_is_refused(office, path):
    assert office.client.post(path, data={"content": "eA=="}).status_code == 403
    assert office.sent == []


def test_where_nothing_is_taken_the_page_names_the_other_ways(client):
    page = client.get("/returns/new", headers=HTML).text

    assert 'type="file"' not in page
    assert "/developers/samples" in page
