"""The process ``tartan alerts``: every replica takes answers, one of them sends notices."""

from pathlib import Path

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.reference import load_library
from services.alerts.connection import connect, read_correspondence
from services.alerts.core.step import CORE
from services.alerts.http import router
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.runtime.clock import Clock
from services.runtime.consumer import Consumer
from services.runtime.engine import Engine
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.log import KafkaLog
from services.runtime.meter import Meter, since_commit
from services.runtime.metric import Metrics
from services.runtime.operation import every
from services.runtime.process import Starter, make_app
from services.runtime.rebuild import Rebuild, with_progress
from services.runtime.settings import Settings
from services.runtime.tenant import Tenant
from services.runtime.watchdog import Progress, Watchdog

NAME = "alerts"


def create_app(settings: Settings, *, outbox: Path, now: Clock) -> FastAPI:
    """Return the app; it starts to work with the server and stops when that has drained.

    Raises AudienceFault or SmtpAddressFault for settings that cannot be used.
    """
    library, nation = load_library(), settings.nation
    correspondence = read_correspondence(settings, library=library, nation=nation)
    metrics = Metrics(CollectorRegistry())
    log = KafkaLog.of(nation, settings.kafka)
    lease = Lease(settings.kafka, f"{NAME}-{nation}")

    def may_act() -> bool:
        return lease.holds(log.partition)

    def begin() -> None:
        office.set_audiences(audience.told for audience in correspondence.audiences)

    office = Office(log, library, nation, now=now)
    consumer = Consumer(CORE, log, now=now)
    tenant = Tenant(consumer, may_act=may_act, begin=begin)
    engine = Engine([tenant], metrics=metrics)
    sender = Sender(
        office,
        connect(correspondence, outbox=outbox, now=now),
        base_url=settings.base_url,
        now=now,
        metrics=metrics,
        may_act=may_act,
    )

    beside = KafkaLog.of(nation, settings.kafka)
    behind = since_commit(CORE, beside)
    meter = Meter(
        {NAME: behind},
        logs=lambda: [beside],
        metrics=metrics,
        now=now,
    )

    def excused() -> bool:
        return not may_act() or consumer.rebuild.under_way or consumer.failed is not None

    def wake() -> None:
        engine.wake()
        sender.wake()

    def work() -> None:
        log.listen(wake)
        lease.start()
        engine.start()
        sender.start()
        meter.start()
        watchdog.start()

    gate = Gate(settings.kafka)
    starter = Starter(gate, work)
    live = every(starter.live, engine.live, sender.live, log.live)
    watchdog = Watchdog(
        {"lease": lease.health, "threads": live, NAME: Progress(behind, excused=excused)},
        may_go_on=lambda: gate.health().ok,
    )
    metrics.reachable.labels("kafka").set_function(lambda: gate.health().ok)
    metrics.lease.labels(f"{NAME}-{nation}").set_function(may_act)
    metrics.show_rebuild(NAME, lambda: consumer.rebuild if may_act() else Rebuild())

    def stop() -> None:
        starter.stop()
        watchdog.stop()
        meter.stop()
        sender.stop()
        engine.stop()
        lease.stop()
        log.close()
        beside.close()

    return make_app(
        router(office),
        title="Tartan: alerts",
        metrics=metrics,
        live=live,
        ready={
            "kafka": starter.health,
            "lease": lease.health,
            NAME: with_progress(lambda: engine.health(NAME), lambda: consumer.rebuild),
            "sender": sender.health,
            "parked": meter.parked,
        },
        start=starter.start,
        stop=stop,
    )
