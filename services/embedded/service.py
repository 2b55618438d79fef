"""One service of the distributed product, as a process of its own; settings from ``TARTAN_…``."""

import argparse
from collections.abc import Callable

from fastapi import FastAPI

from schemas.reference import load_library
from services.alerts.process import NAME as ALERTS
from services.alerts.process import create_app as alerts_app
from services.embedded.description import describe_all
from services.embedded.wiring import OUTBOX
from services.gateway.process import NAME as GATEWAY
from services.gateway.process import create_app as gateway_app
from services.ingest.process import NAME as INGEST
from services.ingest.process import create_app as ingest_app
from services.runtime import journal, server
from services.runtime.clock import now
from services.runtime.settings import Settings, SettingsError

LEAST_SESSION = 6.0
"""Seconds. Brokers take no less (``group.min.session.timeout.ms``); Faust would wait for ever."""


def benchmark(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run benchmark's worker until it is told to stop."""
    # Imported here: Faust takes a second to load, and the embedded product never needs it.
    from services.benchmark.membership import Membership
    from services.benchmark.process import run
    from services.benchmark.worker import NAME

    if arguments.session < LEAST_SESSION:
        raise SettingsError(f"--session {arguments.session:g}: a broker takes 6 seconds or more.")
    server.require_private(arguments.host, stated=settings.private_network)
    journal.configure(settings.log_level, service=NAME)
    membership = Membership(session=arguments.session, instance=arguments.instance)
    run(settings.kafka, membership, host=arguments.host, port=arguments.port)
    return 0


def ingest(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the door for returns until it is told to stop."""
    return _serve(INGEST, arguments, settings, lambda: ingest_app(settings, now=now))


def alerts(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run the door for answers, and send notices where no other replica does."""
    outbox = settings.data / OUTBOX
    return _serve(ALERTS, arguments, settings, lambda: alerts_app(settings, outbox=outbox, now=now))


def gateway(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run API and pages, and fill the views where no other replica does."""
    return _serve(GATEWAY, arguments, settings, lambda: _gateway_app(settings))


def _gateway_app(settings: Settings) -> FastAPI:
    app = gateway_app(settings, now=now)
    return describe_all(app, library=load_library(), nation=settings.nation, now=now)


def _serve(
    name: str, arguments: argparse.Namespace, settings: Settings, create: Callable[[], FastAPI]
) -> int:
    server.require_private(arguments.host, stated=settings.private_network)
    journal.configure(settings.log_level, service=name, nation=settings.nation)
    app = create()
    return server.serve(
        app,
        host=arguments.host,
        port=arguments.port,
        on_exit=app.state.drain,
        announce=lambda address: print(f"Tartan is at {address}", flush=True),
    )
