"""The three doors for operators: ``/live``, ``/ready`` and ``/metrics``. None shows a figure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True)
class Health:
    """Whether one thing makes progress, and if not, what an operator should know."""

    ok: bool
    detail: str = ""


Check = Callable[[], Health]


def every(*checks: Check) -> Check:
    """Return a check that is well when all are; else it says what the first of the others says."""

    def check() -> Health:
        for health in (each() for each in checks):
            if not health.ok:
                return health
        return Health(ok=True)

    return check


class _Readiness(Collector):
    """Shows at each scrape what ``/ready`` would say."""

    def __init__(self, ready: Mapping[str, Check]) -> None:
        self._ready = ready

    def collect(self) -> Iterable[Metric]:
        ready = GaugeMetricFamily(
            "tartan_ready", "1 where a check of /ready says that all is well", labels=["check"]
        )
        for name, check in self._ready.items():
            ready.add_metric([name], check().ok)
        yield ready


def router(live: Check, ready: Mapping[str, Check], *, registry: CollectorRegistry) -> APIRouter:
    """Return the doors: live asks the process alone, ready names the culprit with a 503.

    ``/ready?only=redis`` lets the checks that are named decide, and says them all: whoever shares
    out requests asks for what an answer needs, not for all that should make progress.
    """
    doors = APIRouter(include_in_schema=False)
    registry.register(_Readiness(ready))

    @doors.get("/live")
    async def _live() -> JSONResponse:  # on the loop: a full thread pool is no reason to be killed
        health = live()
        return JSONResponse({"live": health.ok, "detail": health.detail}, 200 if health.ok else 503)

    @doors.get("/ready")
    def _ready(only: Annotated[tuple[str, ...], Query()] = ()) -> JSONResponse:
        checks = {name: check() for name, check in ready.items()}
        body = {name: {"ok": h.ok, "detail": h.detail} for name, h in checks.items()}
        ok = all(name in checks and checks[name].ok for name in only or checks)
        return JSONResponse(body, 200 if ok else 503)

    @doors.get("/metrics")
    def _metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return doors
