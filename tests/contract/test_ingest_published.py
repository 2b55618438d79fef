"""Published files through the door: every row accounted for, every data set logged once."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.events import FiguresPublished
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.desk import Desk
from services.ingest.http import router
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install

NAME = "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv"
CSV = {"content-type": "text/csv"}


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def client(log) -> TestClient:
    app = FastAPI()
    install(app)
    now = lambda: datetime(2026, 10, 20, tzinfo=UTC)  # noqa: E731 - a clock that stands still
    app.include_router(router(Desk(log, library=load_library(), nation="england", now=now)))
    return TestClient(app)


@pytest.fixture(scope="module")
def content(shared) -> bytes:
    return (shared / "data" / "published" / NAME).read_bytes()


def logged(log: MemoryLog) -> list[FiguresPublished]:
    return [decode(stored.record).data for stored in log.read(Topic.RETURNS, limit=10_000)]


def test_every_row_of_a_file_is_used_or_set_aside_for_a_reason(client, content):
    answer = client.post("/v1/published", content=content, headers=CSV, params={"name": NAME})

    told = answer.json()
    assert answer.status_code == 200
    assert told["rows"] == len(content.decode("utf-8-sig").strip().splitlines()) - 1
    assert told["rows"] == told["used"] + sum(aside["rows"] for aside in told["set_aside"])
    assert all(aside["why"] for aside in told["set_aside"])


def test_each_data_set_of_a_file_is_one_event_and_is_listed(client, content, log):
    told = client.post("/v1/published", content=content, headers=CSV, params={"name": NAME}).json()

    listed = client.get("/v1/published").json()
    assert told["new"]
    assert [data_set.id for data_set in logged(log)] == told["new"]
    assert [item["id"] for item in listed["items"]] == sorted(told["new"])
    assert listed["next"] is None
    assert {item["file"] for item in listed["items"]} == {NAME}


def test_the_same_file_again_gives_no_event(client, content, log):
    first = client.post("/v1/published", content=content, headers=CSV, params={"name": NAME}).json()
    again = client.post("/v1/published", content=content, headers=CSV, params={"name": NAME}).json()

    assert (again["new"], again["known"]) == ([], first["new"])
    assert len(logged(log)) == len(first["new"])


def test_other_bytes_of_the_same_release_are_refused_until_they_have_their_own(
    client, content, log
):
    first = client.post("/v1/published", content=content, headers=CSV, params={"name": NAME}).json()
    corrected = content.rstrip() + b"\r\n"
    corrected = corrected if corrected != content else content.rstrip() + b"\n\n"

    refused = client.post("/v1/published", content=corrected, headers=CSV, params={"name": NAME})
    taken = client.post(
        "/v1/published",
        content=corrected,
        headers=CSV,
        params={"name": NAME, "release": "2026-01"},
    )

    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/release-taken"
    assert refused.json()["data_sets"] == first["new"]
    assert "release" in refused.json()["detail"]
    assert taken.status_code == 200
    assert len(taken.json()["new"]) == len(first["new"])


def test_the_name_of_a_file_comes_from_its_disposition_and_never_has_a_path(client, content, log):
    headers = {**CSV, "content-disposition": 'attachment; filename="../../etc/c1.csv"'}

    client.post("/v1/published", content=content, headers=headers)

    assert {data_set.file for data_set in logged(log)} == {"c1.csv"}


@pytest.mark.parametrize("sent", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_a_file_that_is_not_known_is_refused_with_what_was_looked_for(client, sent, log):
    response = client.post("/v1/published", content=sent, headers=CSV)

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/unknown-file"
    assert response.json()["errors"]
    assert logged(log) == []


def test_a_release_is_a_month(client, content):
    params = {"release": "soon"}

    response = client.post("/v1/published", content=content, headers=CSV, params=params)

    assert response.status_code == 422
