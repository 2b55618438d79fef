"""The process ``tartan ingest``: any number of replicas, each with a view of its own."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.published import shipped_figures
from schemas.reference import load_library
from services.ingest.desk import Desk
from services.ingest.http import ACCEPTED, WIDER, router
from services.ingest.keyring import mounted_keyring
from services.runtime.clock import Clock
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.succession import Succession
from services.runtime.metric import Metrics
from services.runtime.process import Starter, make_app
from services.runtime.settings import Settings
from services.runtime.turn import Patience

NAME = "ingest"
_STOCKING_SECONDS = 30.0
_ANSWER_SECONDS = 1.6
"""After which a request is refused unless another broker is taking over: two with all its way."""


def create_app(settings: Settings, *, now: Clock) -> FastAPI:
    """Return the app; the first replica gives a new log England's published figures.

    Raises SettingsError for keys of receipts that cannot be used.
    """
    library, nation = load_library(), settings.nation
    metrics = Metrics(CollectorRegistry())
    succession = Succession(settings.kafka)
    patience = Patience(_ANSWER_SECONDS, hold=settings.hold, hope=succession)
    log = KafkaLog.of(nation, settings.kafka, patience=_ANSWER_SECONDS, succession=succession)
    desk = Desk(log, library=library, nation=nation, now=now, patience=patience)

    def stock() -> None:
        patient = KafkaLog.of(nation, settings.kafka, patience=_STOCKING_SECONDS)
        try:
            first = Desk(patient, library=library, nation=nation, now=now)
            if not first.data_sets():
                first.stock(tuple(shipped_figures()))
        finally:
            patient.close()
        desk.catch_up()

    gate = Gate(settings.kafka)
    starter = Starter(gate, stock)
    metrics.requests.labels(*ACCEPTED)
    metrics.reachable.labels("kafka").set_function(lambda: gate.health().ok)

    def stop() -> None:
        starter.stop()
        desk.close()
        log.close()

    return make_app(
        router(desk, keyring=mounted_keyring(settings.receipt_key)),
        title="Tartan: ingest",
        metrics=metrics,
        live=starter.live,
        ready={"kafka": starter.health},
        start=starter.start,
        stop=stop,
        wider=WIDER,
    )
