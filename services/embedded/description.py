"""One description of the whole API, whichever service of the distributed product answers a part."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from schemas.reference import Library
from services.alerts.http import router as alerts_router
from services.alerts.office import Office
from services.ingest.desk import Desk
from services.ingest.http import router as ingest_router
from services.runtime.clock import Clock
from services.runtime.memory_log import MemoryLog

_SUMMARY = """Send returns, read where each figure stands, answer alerts.

Every error is an RFC 9457 problem document. Sending the same bytes again is always safe."""
_GROUPS = {
    "Returns": "Check, send, explain, correct and withdraw returns, and read what became of them.",
    "Receipts": "Prove that a return was taken, and which bytes it was.",
    "Templates": "Returns that wait for their figures, and what the table of one looks like.",
    "Rules": "What a return is checked by.",
    "Periods": "Open and close the periods of a collection.",
    "Collections": "Who has returned, and who has not.",
    "Published figures": "Files of Explore Education Statistics, and what England lends a period.",
    "Standings": "Where each figure stands.",
    "Data sets": "What was returned as files for the regional group. Not for publication.",
    "Alerts": "What was raised, who was told, and what they answered.",
    "Reference": "The released tables: authorities, indicators, signatures.",
    "Live updates": "What is new, as it comes.",
}


def describe_all(gateway: FastAPI, *, library: Library, nation: str, now: Clock) -> FastAPI:
    """Let the gateway's ``/openapi.json`` and reference describe ingest and alerts too.

    A reader has one address for all of them and need not know who answers. Nothing is answered
    here that was not before.
    """
    log = MemoryLog()
    ingest = ingest_router(Desk(log, library=library, nation=nation, now=now))
    alerts = alerts_router(Office(log, library, nation, now=now))
    return describe(gateway, [*ingest.routes, *alerts.routes, *gateway.routes])


def describe(app: FastAPI, routes: Sequence[BaseRoute]) -> FastAPI:
    """Let an app's ``/openapi.json`` describe routes as the API of the product."""

    @cache
    def document() -> dict[str, Any]:
        described = get_openapi(
            title="Tartan",
            version=app.version,
            description=_SUMMARY,
            routes=routes,
            tags=[{"name": name, "description": said} for name, said in _GROUPS.items()],
            servers=[{"url": "/"}],
            license_info={"name": "MIT", "identifier": "MIT"},
        )
        # Who may ask is decided before the product: it has no scheme of its own to describe.
        return {**described, "security": []}

    app.openapi = document  # type: ignore[method-assign] # FastAPI's own way to extend it
    return app
