"""The app that every shell builds: what is put into it is counted and traced like its routes."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from services.runtime.metric import Metrics
from services.runtime.operation import Health
from services.runtime.process import make_app


class Doorkeeper:
    """Answers everything by itself, as the page of an error is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await PlainTextResponse("closed", 503)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def furnish(app: FastAPI) -> None:
    app.add_middleware(Doorkeeper)


def test_what_is_furnished_has_a_trace_and_is_counted_and_begins_and_ends_with_the_server():
    done: list[str] = []
    metrics = Metrics(CollectorRegistry())
    app = make_app(
        title="Tartan: test",
        metrics=metrics,
        live=lambda: Health(ok=True),
        ready={},
        start=lambda: done.append("start"),
        stop=lambda: done.append("stop"),
        furnish=furnish,
    )

    with TestClient(app) as client:
        answer = client.get("/rug")

    assert answer.status_code == 503
    assert len(answer.headers["x-request-id"]) == 32
    counted = metrics.registry.get_sample_value(
        "tartan_http_requests_total", {"method": "GET", "route": "none", "status": "503"}
    )
    assert counted == 1
    assert done == ["start", "stop"]
