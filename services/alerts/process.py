"""The process ``tartan alerts``: every replica takes answers, one of them sends notices."""

from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.reference import load_library
from schemas.topics import Topic
from services.alerts.connection import connect, read_correspondence
from services.alerts.core.step import CORE
from services.alerts.http import router
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.runtime.clock import Clock
from services.runtime.consumer import Consumer
from services.runtime.meter import since_commit
from services.runtime.metric import Metrics
from services.runtime.process import make_app
from services.runtime.replica import Replica
from services.runtime.settings import Settings

NAME = "alerts"
_HEARD = frozenset({Topic.ALERTS, Topic.PARKED})


def create_app(settings: Settings, *, outbox: Path, now: Clock) -> FastAPI:
    """Return the app; it starts to work with the server and stops when that has drained.

    Raises AudienceFault or SmtpAddressFault for settings that cannot be used.
    """
    library, nation = load_library(), settings.nation
    correspondence = read_correspondence(settings, library=library, nation=nation)
    metrics = Metrics(CollectorRegistry())
    replica = Replica(NAME, settings, metrics=metrics, now=now, heard=_HEARD)
    office = Office(replica.log, library, nation, now=now)
    sender = Sender(
        office,
        connect(correspondence, outbox=outbox, now=now),
        base_url=settings.base_url,
        now=now,
        metrics=metrics,
        may_act=replica.may_act,
    )

    def begin() -> None:
        office.set_audiences(audience.told for audience in correspondence.audiences)

    replica.employ(
        Consumer(CORE, replica.log, now=now),
        behind=since_commit(CORE, replica.beside),
        begin=begin,
        companions=[sender],
    )
    return make_app(
        router(office),
        title="Tartan: alerts",
        metrics=metrics,
        live=replica.live,
        ready={**replica.ready(NAME), "sender": sender.health},
        start=replica.start,
        stop=replica.stop,
    )
