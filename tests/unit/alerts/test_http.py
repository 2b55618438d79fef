"""The door for answers."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import AnswerGiven, TextSet
from schemas.topics import Topic
from services.alerts.http import router
from services.runtime.log import LogUnavailable
from services.runtime.problem import install

PLACE = "/v1/alerts/alert-1/answers"
ANSWER = {"kind": "answer", "text": "We know why."}


@pytest.fixture
def desk(make_desk, grounds):
    desk = make_desk()
    desk.tell(grounds)
    return desk


@pytest.fixture
def client(desk):
    app = FastAPI()
    install(app)
    app.include_router(router(desk.office, actor=lambda request: request.headers["x-actor"]))
    with TestClient(app, headers={"x-actor": "person-1"}, raise_server_exceptions=False) as client:
        yield client


def test_an_answer_is_accepted_with_its_id(client, desk):
    response = client.post(PLACE, json=ANSWER)

    (given,) = desk.said(AnswerGiven)
    assert response.status_code == 202
    assert response.json() == {"answer": given.answer, "alert": "alert-1", "kind": "answer"}
    assert response.headers["Location"] == "/v1/alerts/alert-1"
    assert given.actor == "person-1"


def test_the_same_answer_again_is_the_same_answer(client, desk):
    first = client.post(PLACE, json=ANSWER)
    again = client.post(PLACE, json=ANSWER)

    assert (again.status_code, again.json()) == (200, first.json())
    assert len(desk.said(AnswerGiven)) == 1


def test_an_acknowledgement_needs_no_words(client, desk):
    assert client.post(PLACE, json={"kind": "acknowledgement"}).status_code == 202
    assert desk.said(TextSet, Topic.TEXTS) == []


@pytest.mark.parametrize(
    ("place", "body", "status", "slug"),
    [
        ("/v1/alerts/alert-9/answers", ANSWER, 404, "unknown-alert"),
        (PLACE, {"kind": "answer", "text": "  "}, 422, "answer-needs-text"),
        (PLACE, {"kind": "answer"}, 422, "answer-needs-text"),
        (PLACE, {"kind": "applause", "text": "x"}, 422, "request-not-understood"),
        (PLACE, {**ANSWER, "txet": "x"}, 422, "request-not-understood"),
        (PLACE, {"kind": "answer", "text": "x" * 8001}, 422, "answer-too-long"),
        (f"/v1/alerts/{'x' * 65}/answers", ANSWER, 422, "request-not-understood"),
    ],
)
def test_what_cannot_be_taken_is_a_problem_that_says_why(client, desk, place, body, status, slug):
    response = client.post(place, json=body)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == f"/problems/{slug}"
    assert desk.said(AnswerGiven) == []


def test_a_body_that_is_no_text_is_a_problem_that_says_what_to_send(client, desk):
    headers = {"content-type": "application/json"}

    response = client.post(PLACE, content=b"\x80\x81", headers=headers)

    assert response.status_code == 400
    assert response.json()["type"] == "/problems/body-unreadable"
    assert desk.said(AnswerGiven) == []


def test_when_the_log_is_away_nothing_is_taken(client, desk):
    desk.log.fail = lambda event: LogUnavailable("away")

    response = client.post(PLACE, json=ANSWER)

    assert response.status_code == 503
    assert "Retry-After" in response.headers


def test_without_identities_the_actor_is_whoever_sits_at_this_machine(desk):
    app = FastAPI()
    app.include_router(router(desk.office))
    TestClient(app).post(PLACE, json=ANSWER)

    assert desk.said(AnswerGiven)[0].actor == "local"
