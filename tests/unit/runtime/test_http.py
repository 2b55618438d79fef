"""What every door does before a service sees the request."""

import pytest
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from services.runtime.http import BodyLimit, Observed
from services.runtime.log import LogUnavailable, LogUncertain
from services.runtime.metric import Metrics
from services.runtime.operation import Health, every, router
from services.runtime.problem import Problem, install


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


@pytest.fixture
def client(metrics: Metrics) -> TestClient:
    app = FastAPI()
    install(app)
    app.add_middleware(BodyLimit, limit=100)
    app.add_middleware(Observed, metrics=metrics)

    @app.post("/echo/{name}")
    async def _echo(name: str, request: Request) -> dict[str, object]:
        body = await request.body()
        return {"size": len(body), "trace": request.state.traceparent}

    @app.get("/echo/{name}")
    def _look(name: str) -> str:
        return name

    @app.get("/fail/{kind}")
    def _fail(kind: str) -> None:
        faults: dict[str, Exception] = {
            "unavailable": LogUnavailable("disk"),
            "uncertain": LogUncertain("disk"),
            "problem": Problem(409, "version-conflict", "Another return stands", "Look first."),
            "bug": ZeroDivisionError("secret"),
        }
        raise faults[kind]

    app.include_router(
        router(
            lambda: Health(ok=True),
            {
                "log": lambda: Health(ok=True),
                "benchmark": lambda: Health(ok=False, detail="stopped"),
            },
            registry=metrics.registry,
        )
    )
    return TestClient(app, raise_server_exceptions=False)


def test_a_body_at_the_limit_passes_and_one_byte_more_is_refused(client):
    assert client.post("/echo/a", content=b"x" * 100).json()["size"] == 100

    refused = client.post("/echo/a", content=b"x" * 101)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "/problems/file-too-large"


def test_a_body_that_does_not_say_its_length_is_counted_as_it_comes(client):
    assert client.post("/echo/a", content=(b"x" * 40 for _ in range(3))).status_code == 413
    assert client.post("/echo/a", content=(b"x" * 40 for _ in range(2))).json()["size"] == 80


@pytest.mark.parametrize(
    ("kind", "status", "slug"),
    [
        ("unavailable", 503, "log-unavailable"),
        ("uncertain", 503, "outcome-unknown"),
        ("problem", 409, "version-conflict"),
        ("bug", 500, "unforeseen"),
    ],
)
def test_every_fault_is_a_problem_document_without_its_inner_words(client, kind, status, slug):
    answer = client.get(f"/fail/{kind}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"/problems/{slug}"
    assert "secret" not in answer.text
    assert "disk" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/none", 404), ("PUT", "/echo/a", 405)]
)
def test_the_frameworks_own_refusals_are_problem_documents_too(client, method, path, status):
    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert status != 405 or answer.headers["allow"] == "GET, POST"


def test_a_trace_is_kept_and_one_that_is_none_is_replaced(client):
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    kept = client.post("/echo/a", headers={"traceparent": given})
    made = client.post("/echo/a", headers={"traceparent": "nonsense"})

    assert kept.json()["trace"] == given
    assert kept.headers["x-request-id"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert made.json()["trace"] != "nonsense"


def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(client):
    client.post("/echo/asked-for")

    scrape = client.get("/metrics").text
    assert 'route="/echo/{name}",status="200"' in scrape
    assert "asked-for" not in scrape


def test_ready_names_the_culprit(client):
    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["benchmark"] == {"ok": False, "detail": "stopped"}
    assert answer.json()["log"]["ok"] is True
    assert client.get("/live").status_code == 200


def test_whoever_shares_out_requests_may_ask_for_what_an_answer_needs_alone(client):
    answer = client.get("/ready", params={"only": "log"})

    assert answer.status_code == 200
    assert answer.json()["benchmark"]["ok"] is False
    assert client.get("/ready", params={"only": ["log", "benchmark"]}).status_code == 503
    assert client.get("/ready", params={"only": "no such check"}).status_code == 503


def test_of_several_checks_the_first_that_is_not_well_speaks():
    well, ill = Health(ok=True), Health(ok=False, detail="ended")

    assert every(lambda: well, lambda: well)() == well
    assert every(lambda: well, lambda: ill, lambda: Health(ok=False, detail="late"))() == ill
