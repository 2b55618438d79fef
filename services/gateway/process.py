"""The process ``tartan gateway``: every replica answers from Redis, one of them fills it."""

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.reference import load_library
from services.gateway.core.document import LAYOUT
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.projector import Projector
from services.gateway.relay import Relay
from services.gateway.views import Views
from services.gateway.whole import WholeViews
from services.runtime.clock import Clock
from services.runtime.engine import Engine
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.log import KafkaLog
from services.runtime.metric import Metrics
from services.runtime.operation import every
from services.runtime.process import Starter, make_app
from services.runtime.redis.store import RedisStore
from services.runtime.settings import Settings
from services.runtime.tenant import Tenant

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
    tenant = Tenant(projector, may_act=lambda: lease.holds(log.partition))
    engine = Engine([tenant], metrics=metrics)

    def project() -> None:
        log.listen(engine.wake)
        lease.start()
        engine.start()

    starter = Starter(Gate(settings.kafka), project)

    def start() -> None:
        store.listen(feed.hear)
        starter.start()

    def stop() -> None:
        starter.stop()
        engine.stop()
        lease.stop()
        store.close()
        log.close()

    answer = Relay(settings.alerts_url, views).answer
    return make_app(
        title="Tartan: gateway",
        metrics=metrics,
        live=every(starter.live, engine.live, store.live, log.live),
        ready={
            "redis": store.health,
            "kafka": starter.health,
            "lease": lease.health,
            "projector": lambda: engine.health(NAME),
        },
        start=start,
        stop=stop,
        drain=feed.close,
        furnish=lambda app: mount(app, views, feed=feed, answer=answer),
    )
