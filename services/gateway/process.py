"""The process ``tartan gateway``: every replica answers from Redis, one of them fills it."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.reference import load_library
from services.gateway.core.document import LAYOUT
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.projector import Projector, views_behind
from services.gateway.relay import Relay
from services.gateway.views import Views
from services.gateway.whole import WholeViews
from services.runtime.clock import Clock
from services.runtime.engine import Engine
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.log import KafkaLog
from services.runtime.meter import Meter, Stretch
from services.runtime.metric import Metrics
from services.runtime.operation import every
from services.runtime.process import Starter, make_app
from services.runtime.rebuild import Rebuild, with_progress
from services.runtime.redis.store import RedisStore
from services.runtime.settings import Settings
from services.runtime.tenant import Tenant
from services.runtime.watchdog import Progress, Watchdog

NAME = "gateway"


def create_app(settings: Settings, *, now: Clock) -> FastAPI:
    """Return the app; pages and API answer while Redis does, whether or not Kafka is there."""
    nation = settings.nation
    metrics = Metrics(CollectorRegistry())
    log = KafkaLog.of(nation, settings.kafka)
    store = RedisStore(settings.redis, nation=nation, layout=LAYOUT)
    feed = Feed(nation)
    views = Views(WholeViews(store), library=load_library(), nation=nation)
    lease = Lease(settings.kafka, f"{NAME}-{nation}")
    projector = Projector(log, store, now=now, metrics=metrics)

    def may_act() -> bool:
        return lease.holds(log.partition)

    tenant = Tenant(projector, may_act=may_act)
    engine = Engine([tenant], metrics=metrics)

    beside = KafkaLog.of(nation, settings.kafka)

    def behind() -> list[Stretch]:
        return views_behind(beside, store)

    meter = Meter(
        {NAME: behind},
        logs=lambda: [beside],
        metrics=metrics,
        now=now,
    )

    def excused() -> bool:
        return not may_act() or projector.rebuild.under_way or projector.failed is not None

    def project() -> None:
        log.listen(engine.wake)
        lease.start()
        engine.start()
        meter.start()
        watchdog.start()

    gate = Gate(settings.kafka)
    starter = Starter(gate, project)
    live = every(starter.live, engine.live, store.live, log.live)
    watchdog = Watchdog(
        {"lease": lease.health, "threads": live, NAME: Progress(behind, excused=excused)},
        may_go_on=lambda: gate.health().ok,
    )
    metrics.reachable.labels("kafka").set_function(lambda: gate.health().ok)
    metrics.reachable.labels("redis").set_function(store.reachable)
    metrics.lease.labels(f"{NAME}-{nation}").set_function(may_act)
    metrics.show_rebuild(NAME, lambda: projector.rebuild if may_act() else Rebuild())

    def start() -> None:
        store.listen(feed.hear)
        starter.start()

    def stop() -> None:
        starter.stop()
        watchdog.stop()
        meter.stop()
        engine.stop()
        lease.stop()
        store.close()
        log.close()
        beside.close()

    answer = Relay(settings.alerts_url, views).answer
    return make_app(
        title="Tartan: gateway",
        metrics=metrics,
        live=live,
        ready={
            "redis": store.health,
            "kafka": starter.health,
            "lease": lease.health,
            "projector": with_progress(lambda: engine.health(NAME), lambda: projector.rebuild),
            "parked": meter.parked,
        },
        start=start,
        stop=stop,
        drain=feed.close,
        furnish=lambda app: mount(app, views, feed=feed, answer=answer),
    )
