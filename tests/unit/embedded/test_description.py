"""Whoever reads the gateway's description finds the whole API in it."""

import json

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from schemas.reference import ENGLAND, load_library
from services.alerts.process import create_app as alerts_app
from services.embedded.description import describe_all
from services.gateway.process import create_app as gateway_app
from services.ingest.process import create_app as ingest_app
from services.runtime.clock import now
from services.runtime.settings import Settings


def operations(document: dict) -> set[tuple[str, str]]:
    return {(path, method) for path, methods in document["paths"].items() for method in methods}


@pytest.fixture(scope="module")
def gateway() -> FastAPI:
    """A gateway that describes all; nothing is started."""
    app = gateway_app(Settings(), now=now)
    return describe_all(app, library=load_library(), nation=ENGLAND, now=now)


def test_every_operation_of_every_service_is_described(gateway, tmp_path):
    apart = [
        ingest_app(Settings(), now=now),
        alerts_app(Settings(), outbox=tmp_path, now=now),
        gateway_app(Settings(), now=now),
    ]

    described = TestClient(gateway).get("/openapi.json").json()

    assert operations(described) == set().union(*(operations(app.openapi()) for app in apart))
    assert ("/v1/returns", "post") in operations(described)
    assert ("/v1/alerts/{alert}/answers", "post") in operations(described)


def test_every_schema_has_one_readable_name_and_is_there(gateway):
    document = TestClient(gateway).get("/openapi.json").json()
    named = set(document["components"]["schemas"])

    referred = {
        part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]
    }
    assert referred <= named
    assert [name for name in named if "__" in name] == []


def test_what_another_service_answers_is_still_not_answered_here(gateway):
    assert TestClient(gateway).post("/v1/validations", json={}).status_code == 404
