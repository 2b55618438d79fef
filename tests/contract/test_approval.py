"""Once accepted a return is signed off or not, locked by the close, unlocked with a reason."""

import json
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.events import ReturnAccepted, ReturnSignedOff, ReturnUnlocked, SignOffRefused, TextSet
from schemas.reference import load_library
from schemas.sign_off import STATEMENT, STATEMENTS
from schemas.topics import Topic
from services.ingest.desk import Desk
from services.ingest.example import example_json
from services.ingest.http import router
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
WHY = "Contacts of September had been left out."


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def client(log) -> TestClient:
    def now() -> datetime:
        return datetime(2026, 10, 20, 9, tzinfo=UTC)

    app = FastAPI()
    install(app)
    app.include_router(router(Desk(log, library=load_library(), nation="demo", now=now)))
    client = TestClient(app)
    assert client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 200
    return client


@pytest.fixture
def close(client):
    return lambda: client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/close")


@pytest.fixture
def send(client):
    def send(referrals: int = 2310, *, place: str = "/v1/returns", overrun: bool = False, **params):
        example = example_json()
        for observation in example["observations"]:
            if observation["indicator"] == "FD01":
                observation["numerator"] = referrals
            if observation["indicator"] == "CP04" and overrun:
                observation["denominator"] += 40
        return client.post(place, content=json.dumps(example), params=params,
                           headers={"content-type": "application/json"})  # fmt: skip

    return send


@pytest.fixture
def say(client):
    def say(return_id: str, what: str, **said):
        said = said or ({"statement": STATEMENT} if what == "sign-off" else {"reason": WHY})
        return client.post(f"/v1/returns/{return_id}/{what}", json=said)

    return say


def events(log, topic: Topic = Topic.RETURNS) -> list:
    return [decode(stored.record) for stored in log.read(topic)]


def problem(answer, status: int, kind: str) -> dict:
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    return answer.json()


def test_a_return_is_signed_off_once_under_the_statement_that_was_agreed_to(send, say, log):
    return_id = send().json()["return_id"]
    first, again = say(return_id, "sign-off"), say(return_id, "sign-off")

    (said,) = [e for e in events(log) if isinstance(e.data, ReturnSignedOff)]
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert first.json()["id"] == said.id
    assert first.headers["location"] == f"/v1/returns/{return_id}"
    assert said.data == ReturnSignedOff(
        return_id=return_id, authority="D01", collection=COLLECTION, period=PERIOD,
        actor="local", statement=STATEMENT,
    )  # fmt: skip


def test_whoever_agrees_to_another_statement_is_told_the_words(send, say):
    said = problem(
        say(send().json()["return_id"], "sign-off", statement="yes"), 422, "another-statement"
    )

    assert (said["statement"], said["words"]) == (STATEMENT, STATEMENTS[STATEMENT])
    assert said["errors"][0]["pointer"] == "/statement"


def test_a_return_with_an_open_query_is_signed_off_once_it_is_explained(client, send, say):
    return_id = send(overrun=True).json()["return_id"]
    refused = problem(say(return_id, "sign-off"), 409, "queries-open")
    assert refused["indicators"] == ["CP04"]

    given = {"explanations": [{"indicator": "CP04", "text": "One was held twice."}]}
    client.post(f"/v1/returns/{return_id}/explanations", json=given)

    assert say(return_id, "sign-off").status_code == 202


def test_a_refusal_says_why_and_the_return_counts_on_until_it_is_signed_after_all(send, say, log):
    return_id = send().json()["return_id"]
    answers = [say(return_id, "refusal", reason=why).status_code for why in (WHY, WHY, "No.", WHY)]
    refused = [e for e in events(log) if isinstance(e.data, SignOffRefused)]
    texts = {e.data.id: e.data.text for e in events(log, Topic.TEXTS)}

    assert answers == [202, 200, 202, 202]
    assert [texts[e.data.reason] for e in refused] == [WHY, "No.", WHY]
    assert len({e.id for e in refused}) == 3
    assert all(WHY not in e.data.model_dump_json() for e in refused)
    assert say(return_id, "sign-off").status_code == 202
    problem(say(return_id, "refusal"), 409, "already-signed-off")


def test_only_the_version_that_stands_is_signed_off_and_it_takes_no_sign_off_along(send, say, log):
    first = send().json()["return_id"]
    say(first, "sign-off")
    second = send(2400, reason=WHY).json()["return_id"]

    for what in ("sign-off", "refusal", "unlock"):
        assert problem(say(first, what), 409, "version-conflict")["stands"] == second
    assert say(second, "sign-off").status_code == 202
    assert len([e for e in events(log) if isinstance(e.data, ReturnSignedOff)]) == 2


def test_what_was_signed_off_takes_another_version_with_a_reason_alone(send, say, log):
    first = send().json()["return_id"]
    say(first, "sign-off")
    checked = send(2400, place="/v1/validations").json()

    refused = problem(send(2400), 409, "reason-missing")
    assert "T274" in [finding["code"] for finding in checked["findings"]]
    assert "?reason=" in refused["detail"]
    assert refused["stands"] == first
    assert send().json()["return_id"] == first

    second = send(2400, reason=f" {WHY} ")
    accepted = events(log)[-1].data
    assert (second.status_code, second.json()["version"]) == (202, 2)
    assert isinstance(accepted, ReturnAccepted)
    assert TextSet(id=accepted.reason, kind="note", text=WHY) in [
        e.data for e in events(log, Topic.TEXTS)
    ]
    assert send(2500).status_code == 202  # what nobody signed needs none


@pytest.mark.parametrize("name", ["reason", "on_behalf"])
@pytest.mark.parametrize("words", [" ", "x" * 2001, "Pupil A123456789012."])
def test_words_that_cannot_be_kept_store_nothing_of_the_return(send, log, name, words):
    send()
    ends = [len(log.read(topic)) for topic in Topic]
    said = problem(send(**{name: words}), 422, "reason-unfit")
    problem(send(2400, **{name: words}), 422, "reason-unfit")

    assert said["errors"][0]["pointer"] == f"/query/{name}"
    assert "A123456789012" not in json.dumps(said)
    assert [len(log.read(topic)) for topic in Topic] == ends


def test_what_stands_at_the_close_is_locked_until_it_is_unlocked_for_one_version(
    client, send, say, close, log
):
    first = send().json()["return_id"]
    problem(say(first, "unlock"), 409, "not-locked")
    close()
    checked = send(2400, place="/v1/validations").json()

    refused = problem(send(2400), 409, "return-locked")
    assert [finding["code"] for finding in checked["findings"]] == ["T275"]
    assert f"/v1/returns/{first}/unlock" in refused["detail"]
    assert refused["stands"] == first
    assert send().status_code == 200
    problem(say(first, "withdrawal"), 409, "return-locked")
    assert say(first, "sign-off").status_code == 202

    answers = [say(first, "unlock").status_code, say(first, "unlock").status_code]
    assert answers == [202, 200]
    assert len([e for e in events(log) if isinstance(e.data, ReturnUnlocked)]) == 1
    second = send(2400, reason=WHY)
    assert (second.status_code, second.json()["version"]) == (202, 2)
    problem(send(2500, reason=WHY), 409, "return-locked")


def test_an_unlocked_return_may_be_withdrawn_and_the_next_one_comes_as_late(send, say, close):
    first = send().json()["return_id"]
    close()
    say(first, "unlock")

    assert say(first, "withdrawal").status_code == 202
    again = send(2400)
    assert (again.status_code, again.json()["outcome"]) == (202, "accepted_late")
    problem(say(again.json()["return_id"], "withdrawal"), 409, "return-locked")


def test_a_first_return_behind_the_close_is_taken_as_late_and_then_stands_locked(send, close):
    close()

    assert send().json()["outcome"] == "accepted_late"
    problem(send(2400), 409, "return-locked")


@pytest.mark.parametrize("what", ["sign-off", "refusal", "unlock"])
def test_what_was_never_accepted_and_a_body_that_says_more_are_problems(send, say, what):
    assert say("none", what).status_code == 404
    return_id = send().json()["return_id"]
    assert say(return_id, what, statement=STATEMENT, reason=WHY).status_code == 422


def test_what_is_sent_on_behalf_says_so_on_its_receipt_and_why_in_texts_alone(client, send, log):
    why = "Their network is down until Monday."
    receipt = send(on_behalf=why).json()
    place = f"/v1/returns/{receipt['return_id']}/receipt"
    plain = client.get(place, headers={"accept": "text/plain"}).text

    accepted = events(log)[-1].data
    texts = {e.data.id: e.data.text for e in events(log, Topic.TEXTS)}
    assert receipt["channel"] == accepted.channel == "on_behalf"
    assert texts[accepted.on_behalf] == why
    assert why not in json.dumps(receipt)
    assert "by the regional analyst in the authority's place" in plain
    assert send().json() == receipt
