"""One description of the whole API, whichever service of the distributed product answers a part."""

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from schemas.reference import Library
from services.alerts.http import router as alerts_router
from services.alerts.office import Office
from services.ingest.desk import Desk
from services.ingest.http import router as ingest_router
from services.runtime.clock import Clock
from services.runtime.memory_log import MemoryLog

SUMMARY = """Send returns, read where each figure stands, answer alerts.

Every error is an RFC 9457 problem document. Sending the same bytes again is always safe."""


def describe_all(gateway: FastAPI, *, library: Library, nation: str, now: Clock) -> FastAPI:
    """Let the gateway's ``/openapi.json`` and reference describe ingest and alerts too.

    A reader has one address for all of them and need not know who answers. Nothing is answered
    here that was not before.
    """
    log = MemoryLog()
    ingest = ingest_router(Desk(log, library=library, nation=nation, now=now))
    alerts = alerts_router(Office(log, library, nation, now=now))
    document = get_openapi(
        title="Tartan",
        version=gateway.version,
        description=SUMMARY,
        routes=[*ingest.routes, *alerts.routes, *gateway.routes],
    )
    gateway.openapi = lambda: document  # type: ignore[method-assign] # FastAPI's own way to extend it
    return gateway
