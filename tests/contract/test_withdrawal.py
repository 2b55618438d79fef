"""A return is withdrawn with a reason: once, only while it stands, and its words can be erased."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.events import ReturnWithdrawn, TextSet
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.desk import Desk
from services.ingest.example import example_json
from services.ingest.http import router
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
WHY = "It holds the figures of quarter 1."


class Clock:
    moment = datetime(2026, 10, 20, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(log, clock) -> TestClient:
    app = FastAPI()
    install(app)
    app.include_router(router(Desk(log, library=load_library(), nation="demo", now=clock)))
    client = TestClient(app)
    assert client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 200
    return client


@pytest.fixture
def send(client):
    def send(referrals: int = 2310, **params):
        example = example_json()
        for observation in example["observations"]:
            if observation["indicator"] == "FD01":
                observation["numerator"] = referrals
        return client.post("/v1/returns", content=json.dumps(example), params=params,
                           headers={"content-type": "application/json"})  # fmt: skip

    return send


@pytest.fixture
def withdraw(client):
    def withdraw(return_id: str, reason: str = WHY):
        return client.post(f"/v1/returns/{return_id}/withdrawal", json={"reason": reason})

    return withdraw


def events(log, topic: Topic) -> list:
    return [decode(stored.record) for stored in log.read(topic)]


def test_a_return_is_withdrawn_with_a_reason_that_stands_in_texts_alone(send, withdraw, log):
    receipt = send().json()
    answer = withdraw(receipt["return_id"], f"  {WHY} ")

    said = events(log, Topic.RETURNS)[-1]
    text = events(log, Topic.TEXTS)[-1].data
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/returns/{receipt['return_id']}"
    assert isinstance(said.data, ReturnWithdrawn)
    assert said.data.return_id == receipt["return_id"]
    assert text == TextSet(id=said.data.reason, kind="note", text=WHY)
    assert WHY not in said.data.model_dump_json()
    assert answer.json() == {
        "id": said.id,
        "return_id": receipt["return_id"],
        "authority": "D01",
        "collection": COLLECTION,
        "period": PERIOD,
        "version": 1,
        "at": "2026-10-20T09:00:00.000Z",
        "next_step": "Nothing of it counts any more, and its authority is awaited again. Send the "
        "right return in the same way as before. To send the very same file after all, add "
        f"?supersedes={said.id}.",
    }


def test_withdrawing_it_again_gives_the_same_answer_and_no_event(send, withdraw, log, clock):
    return_id = send().json()["return_id"]
    first = withdraw(return_id)
    ends = len(log.read(Topic.RETURNS)), len(log.read(Topic.TEXTS))
    clock.moment += timedelta(days=3)

    again = withdraw(return_id, "Another reason.")

    assert (again.status_code, again.json()) == (200, first.json())
    assert withdraw(return_id, " ").status_code == 422
    assert (len(log.read(Topic.RETURNS)), len(log.read(Topic.TEXTS))) == ends


def test_a_version_that_was_superseded_is_not_withdrawn_and_what_stands_is_named(
    send, withdraw, log
):
    first, second = send().json()["return_id"], send(2400).json()["return_id"]
    answer = withdraw(first)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/version-conflict")
    assert problem["stands"] == second
    assert second in problem["detail"]
    assert not any(isinstance(e.data, ReturnWithdrawn) for e in events(log, Topic.RETURNS))

    assert withdraw(second).status_code == 202
    gone = withdraw(first).json()
    assert (gone["status"], gone["stands"]) == (409, None)


def test_after_a_withdrawal_a_return_is_the_next_version_and_compared_with_nothing(
    send, withdraw, client
):
    first = send().json()["return_id"]
    withdrawal = withdraw(first).json()["id"]

    refused, second = send().json(), send(2400).json()

    assert (refused["status"], refused["stands"]) == (409, withdrawal)
    assert (second["version"], second["supersedes"], second["changed"]) == (2, None, None)
    withdraw(second["return_id"])
    stands = send(2400).json()["stands"]
    assert send(2400, supersedes=stands).json()["version"] == 3


def test_two_returns_of_one_quarter_can_be_withdrawn_one_after_the_other(send, withdraw, log):
    for families in (2310, 2400):
        assert withdraw(send(families).json()["return_id"]).status_code == 202

    ids = [e.id for e in events(log, Topic.RETURNS) if isinstance(e.data, ReturnWithdrawn)]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("  ", "There is no reason."),
        ("x" * 2001, "2,001 characters"),
        ("The pupil A123456789012 was counted twice.", "belongs to a single child"),
    ],
)
@pytest.mark.parametrize("before", [(), ("Counted twice.",)], ids=["standing", "withdrawn"])
def test_a_reason_that_cannot_be_kept_is_refused_and_nothing_is_stored(
    send, withdraw, log, reason, said, before
):
    return_id = send().json()["return_id"]
    for words in before:
        withdraw(return_id, words)
    ends = len(log.read(Topic.RETURNS)), len(log.read(Topic.TEXTS))
    answer = withdraw(return_id, reason)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/reason-unfit")
    assert said in answer.json()["detail"]
    assert "A123456789012" not in answer.text
    assert (len(log.read(Topic.RETURNS)), len(log.read(Topic.TEXTS))) == ends


def test_what_was_never_accepted_and_a_body_without_a_reason_are_problems(client, send, withdraw):
    assert withdraw("none").status_code == 404
    return_id = send().json()["return_id"]
    assert client.post(f"/v1/returns/{return_id}/withdrawal", json={}).status_code == 422
    assert (
        client.post(
            f"/v1/returns/{return_id}/withdrawal", json={"reason": WHY, "by": "me"}
        ).status_code
        == 422
    )
    assert client.get(f"/v1/returns/{return_id}/receipt").status_code == 200
