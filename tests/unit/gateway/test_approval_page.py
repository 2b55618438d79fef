"""Sign-off and unlocking as pages, and the states in which a return is shown by page and API."""

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import (
    Finding,
    Observation,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    ReturnWithdrawn,
    SignOffRefused,
    TextSet,
)
from schemas.sign_off import STATEMENT, STATEMENTS
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.views import Views
from services.runtime.problem import Problem, install

HTML = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin"}
SPAN = {"collection": "riia-quarterly", "period": "2026-27-Q2"}
ABOUT = {"return_id": "return-1", "authority": "D01", **SPAN}
WHY = "Contacts of September had been left out."
PLACE = "/returns/return-1"
OPENED = PeriodOpened(**SPAN, due="2026-11-11")
CLOSED = PeriodClosed(**SPAN)
SIGNED = ReturnSignedOff(**ABOUT, actor="local", statement=STATEMENT)
REFUSED = SignOffRefused(**ABOUT, actor="local", reason="text-1")
UNLOCKED = ReturnUnlocked(**ABOUT, actor="local", reason="text-1")
WITHDRAWN = ReturnWithdrawn(**ABOUT, reason="text-1")
EXPLAINED = QueryExplained(**ABOUT, indicator="CP01", codes=("Q200",), text="text-1")
TEXT = TextSet(id="text-1", kind="note", text=WHY)
ASKED = Finding(code="Q200", severity="query", indicator="CP01")


def sent(*findings: Finding, **more) -> ReturnAccepted:
    said = {"channel": "api", **ABOUT, **more}
    return ReturnAccepted(
        sha256="00" * 32,
        size=1,
        media_type="text/csv",
        rules="2026.2",
        observations=(Observation(indicator="CP01", numerator=470),),
        findings=findings,
        **said,
    )


@pytest.fixture
def taken() -> list:
    return []


@pytest.fixture
def make(told, library):
    def make(approvals=None) -> TestClient:
        app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
        install(app)
        views = Views(told.store, library=library, nation="demo")
        mount(app, views, feed=Feed("demo"), approvals=approvals, withdraw=lambda *_, **__: None)
        return TestClient(app, raise_server_exceptions=False, follow_redirects=False)

    return make


@pytest.fixture
def client(make, taken) -> TestClient:
    class Approvals:
        def sign_off(self, return_id, *, statement, traceparent=None):
            if statement != STATEMENT:
                raise Problem(422, "another-statement", "Another statement", "Read it again.")
            taken.append(("sign-off", return_id, statement))

        def refuse(self, return_id, *, reason, traceparent=None):
            if "A123456789012" in reason:
                raise Problem(422, "reason-unfit", "The reason cannot be taken", "Name no child.")
            taken.append(("refusal", return_id, reason))

        def unlock(self, return_id, *, reason, traceparent=None):
            taken.append(("unlock", return_id, reason))

    return make(Approvals())


@pytest.fixture
def stands(client):
    """The state of a return: the one that its page, the list and its period say, too."""

    def stands(return_id: str = "return-1") -> str:
        item = client.get(f"/v1/returns/{return_id}").json()
        (listed,) = [
            each for each in client.get("/v1/returns").json()["items"] if each["id"] == return_id
        ]
        place = f"/v1/collections/{SPAN['collection']}/{SPAN['period']}"
        (sender,) = [
            each for each in client.get(place).json()["authorities"] if each["authority"] == "D01"
        ]
        assert item["state"] == listed["state"]
        if sender["return_id"] == return_id:
            assert sender["return_state"] == item["state"]
            assert sender["signed_off"] == (item["signed_off"] is not None)
        assert client.get(f"/returns/{return_id}", headers=HTML).status_code == 200
        return item["state"]

    return stands


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_return_goes_through_its_states_and_every_surface_says_the_same(told, stands):
    told.tell(OPENED, TEXT, sent(ASKED))
    assert stands() == "needs_explanation"
    told.tell(EXPLAINED)
    assert stands() == "accepted_provisional"
    told.tell(REFUSED)
    assert stands() == "accepted_provisional"
    told.tell(SIGNED)
    assert stands() == "signed_off"
    told.tell(CLOSED)
    assert stands() == "locked"
    told.tell(UNLOCKED)
    assert stands() == "signed_off"
    told.tell(sent(return_id="return-2", supersedes="return-1"))
    assert (stands(), stands("return-2")) == ("superseded", "locked")


def test_a_withdrawn_return_stays_withdrawn_behind_the_close(told, stands):
    told.tell(OPENED, TEXT, sent(), WITHDRAWN, CLOSED)

    assert stands() == "withdrawn"


def test_a_sign_off_that_came_behind_a_later_version_is_of_none(told, client):
    told.tell(OPENED, sent(), sent(return_id="return-2", supersedes="return-1"), SIGNED, REFUSED)

    for return_id in ("return-1", "return-2"):
        item = client.get(f"/v1/returns/{return_id}").json()
        assert (item["signed_off"], item["sign_off_refused"]) == (None, None)


def test_the_page_of_a_signed_return_says_when_and_what_was_agreed_to(told, client, faults_of_html):
    told.tell(OPENED, TEXT, sent(), REFUSED, SIGNED)
    page = client.get(PLACE, headers=HTML).text
    item = client.get(f"/v1{PLACE}").json()

    assert "It counts, and is signed off." in page
    assert STATEMENTS[STATEMENT] in page
    assert f'href="{PLACE}/sign-off"' not in page
    assert item["signed_off"]["statement"] == STATEMENT
    assert item["sign_off_refused"] is None
    assert faults_of_html({"return": page}) == []


def test_a_refusal_is_shown_with_its_reason_until_the_words_are_erased(told, client):
    told.tell(OPENED, TEXT, sent(), REFUSED)
    assert f"Not signed off because {WHY}" in words(client.get(PLACE, headers=HTML).text)

    told.tell(TextSet(id="text-1", kind="note", text=None))
    said = words(client.get(PLACE, headers=HTML).text)
    assert "Not signed off because These words were erased." in said
    assert client.get(f"/v1{PLACE}").json()["sign_off_refused"]["reason"] is None


def test_an_approver_agrees_to_the_statement_or_says_why_not(told, client, taken, faults_of_html):
    told.tell(OPENED, sent())
    assert f'href="{PLACE}/sign-off"' in client.get(PLACE, headers=HTML).text
    page = client.get(f"{PLACE}/sign-off", headers=HTML).text
    assert STATEMENTS[STATEMENT] in page
    assert faults_of_html({"sign-off": page}) == []

    agreed = {"decision": "agree", "agrees": "yes", "statement": STATEMENT}
    refused = {"decision": "refuse", "reason": f" {WHY} "}
    for fields in (agreed, refused):
        answer = client.post(f"{PLACE}/sign-off", data=fields, headers=OWN)
        assert (answer.status_code, answer.headers["location"]) == (303, PLACE)
    assert taken == [("sign-off", "return-1", STATEMENT), ("refusal", "return-1", WHY)]


@pytest.mark.parametrize(
    ("place", "fields", "field", "said"),
    [
        ("sign-off", {"decision": "agree"}, "agrees", "Tick that you agree, or say below why not"),
        ("sign-off", {"agrees": "yes", "statement": "1"}, "agrees", "Read it again."),
        ("sign-off", {"decision": "refuse"}, "reason", "Write why it is not signed off"),
        ("sign-off", {"decision": "refuse", "reason": "A123456789012"}, "reason", "Name no child."),
        ("unlock", {"reason": " "}, "reason", "Write why it may be changed"),
    ],
)
def test_what_is_not_taken_is_asked_for_again_beside_its_field(
    told, client, taken, faults_of_html, place, fields, field, said
):
    told.tell(OPENED, sent(), *([CLOSED] if place == "unlock" else []))
    answer = client.post(f"{PLACE}/{place}", data=fields, headers=OWN)

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert f'<a href="#{field}">{said}</a>' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert "A123456789012" not in answer.text
    assert taken == []
    assert faults_of_html({place: answer.text}) == []


def test_while_figures_are_to_be_explained_only_the_refusal_is_offered(
    told, client, faults_of_html
):
    told.tell(OPENED, sent(ASKED))
    page = client.get(f"{PLACE}/sign-off", headers=HTML).text

    assert "1 figure that the check asked about is still to be explained." in words(page)
    assert 'name="agrees"' not in page
    assert 'value="refuse"' in page
    assert faults_of_html({"sign-off": page}) == []


def test_a_locked_return_leads_to_its_unlocking_alone_and_says_why_it_was_unlocked(
    told, client, taken, faults_of_html
):
    told.tell(OPENED, TEXT, sent(), SIGNED, CLOSED)
    locked = client.get(PLACE, headers=HTML).text
    page = client.get(f"{PLACE}/unlock", headers=HTML).text
    assert f'href="{PLACE}/unlock"' in locked
    assert f'href="{PLACE}/withdrawal"' not in locked
    assert client.get(f"{PLACE}/withdrawal", headers=HTML).status_code == 409
    assert faults_of_html({"unlock": page, "return": locked}) == []
    assert client.post(f"{PLACE}/unlock", data={"reason": WHY}, headers=OWN).status_code == 303
    assert taken == [("unlock", "return-1", WHY)]

    told.tell(UNLOCKED)
    unlocked = client.get(PLACE, headers=HTML).text
    assert f"Unlocked because {WHY}" in words(unlocked)
    assert f'href="{PLACE}/withdrawal"' in unlocked
    assert client.get(f"{PLACE}/unlock", headers=HTML).status_code == 409


@pytest.mark.parametrize("way", ["sign-off", "unlock"])
def test_a_form_from_elsewhere_is_refused_and_without_a_door_there_is_no_page(
    told, client, make, taken, way
):
    told.tell(OPENED, sent(), CLOSED)
    fields = {"decision": "refuse", "reason": WHY}

    assert client.post(f"{PLACE}/{way}", data=fields).status_code == 403
    assert taken == []
    assert make().get(f"{PLACE}/{way}", headers=HTML).status_code == 404
    assert f"{PLACE}/{way}" not in make().get(PLACE, headers=HTML).text


def test_what_was_sent_on_behalf_and_why_a_version_came_is_said_with_the_return(
    told, client, faults_of_html
):
    why = TextSet(id="text-2", kind="note", text="Their network is down.")
    told.tell(OPENED, TEXT, why, sent())
    told.tell(sent(return_id="return-2", channel="on_behalf", on_behalf="text-2", reason="text-1"))
    page = client.get("/returns/return-2", headers=HTML).text
    item = client.get("/v1/returns/return-2").json()
    period = client.get(f"/collections/{SPAN['collection']}/{SPAN['period']}", headers=HTML).text

    assert "text/csv by the regional analyst in the authority" in page
    assert "Sent in its place because Their network is down." in words(page)
    assert f"Why there is another version {WHY}" in words(page)
    assert (item["reason"], item["on_behalf"]) == (WHY, {"reason": "Their network is down."})
    assert "sent by the regional analyst" in words(period)
    assert "Provisional" in words(period)
    assert faults_of_html({"return": page, "collection": period}) == []
