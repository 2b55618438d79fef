"""The page on which a return is withdrawn: what it does, and the form that asks why."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import Observation, ReturnAccepted, ReturnWithdrawn, TextSet
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.views import Views
from services.runtime.problem import Problem, install

HTML = {"accept": "text/html"}
OWN = {"sec-fetch-site": "same-origin"}
ABOUT = {"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2"}
WHY = "It holds the figures of quarter 1."
PLACE = "/returns/return-1/withdrawal"


def sent(return_id: str = "return-1") -> ReturnAccepted:
    return ReturnAccepted(
        return_id=return_id,
        sha256="00" * 32,
        size=1,
        media_type="text/csv",
        channel="api",
        rules="2026.2",
        observations=(Observation(indicator="CP01", numerator=470),),
        **ABOUT,
    )


@pytest.fixture
def taken() -> list:
    return []


@pytest.fixture
def make(told, library):
    """Makes a client of pages over what was told; ``withdraw`` takes what the form says."""

    def make(withdraw=None) -> TestClient:
        app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
        install(app)
        views = Views(told.store, library=library, nation="demo")
        mount(app, views, feed=Feed("demo"), withdraw=withdraw)
        return TestClient(app, raise_server_exceptions=False, follow_redirects=False)

    return make


@pytest.fixture
def client(make, taken) -> TestClient:
    def withdraw(return_id, *, reason, traceparent=None):
        if "A123456789012" in reason:
            raise Problem(422, "reason-unfit", "The reason cannot be taken", "Name no child.")
        taken.append((return_id, reason))

    return make(withdraw)


def test_a_return_that_counts_leads_to_its_withdrawal_which_says_what_it_does(
    told, client, faults_of_html
):
    told.tell(sent())

    assert f'href="{PLACE}"' in client.get("/returns/return-1", headers=HTML).text
    page = client.get(PLACE, headers=HTML).text
    assert "<title>Withdraw the return of Averndale" in page
    assert "an earlier version does not come back" in page
    assert faults_of_html({"withdrawal": page}) == []


def test_the_reason_is_handed_over_and_the_return_shown(told, client, taken):
    told.tell(sent())
    answer = client.post(PLACE, data={"reason": f" {WHY} "}, headers=OWN)

    assert (answer.status_code, answer.headers["location"]) == (303, "/returns/return-1")
    assert taken == [("return-1", WHY)]


@pytest.mark.parametrize(
    ("reason", "said"),
    [(" ", "Write why it should not count"), ("Pupil A123456789012.", "Name no child.")],
)
def test_a_reason_that_is_not_taken_is_asked_for_again(
    told, client, taken, faults_of_html, reason, said
):
    told.tell(sent())
    answer = client.post(PLACE, data={"reason": reason}, headers=OWN)

    assert answer.status_code == 422
    assert "<title>Error: Withdraw" in answer.text
    assert f'<a href="#reason">{said}</a>' in answer.text
    assert "A123456789012" not in answer.text
    assert taken == []
    assert faults_of_html({"withdrawal": answer.text}) == []


def test_a_form_from_elsewhere_is_refused(told, client, taken):
    told.tell(sent())

    assert client.post(PLACE, data={"reason": WHY}).status_code == 403
    assert taken == []


def test_a_withdrawn_return_says_when_and_why_and_cannot_be_withdrawn_again(
    told, client, faults_of_html
):
    told.tell(
        sent(),
        TextSet(id="text-1", kind="note", text=WHY),
        ReturnWithdrawn(return_id="return-1", reason="text-1", **ABOUT),
    )
    page = client.get("/returns/return-1", headers=HTML).text

    assert "It was withdrawn and counts no longer." in page
    assert WHY in page
    assert PLACE not in page
    assert faults_of_html({"return": page}) == []
    assert client.get("/v1/returns/return-1").json()["withdrawn_because"] == WHY
    assert client.get(PLACE, headers=HTML).status_code == 409


def test_where_returns_are_not_withdrawn_there_is_no_way_to_the_page(told, make):
    told.tell(sent())
    client = make()

    assert PLACE not in client.get("/returns/return-1", headers=HTML).text
    assert client.get(PLACE, headers=HTML).status_code == 404
