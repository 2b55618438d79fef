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
from services.runtime.metric import Metrics
from services.runtime.process import make_app
from services.runtime.redis.store import RedisStore
from services.runtime.replica import Replica
from services.runtime.settings import Settings

NAME = "gateway"


def create_app(settings: Settings, *, now: Clock) -> FastAPI:
    """Return the app; pages and API answer while Redis does, whether or not Kafka is there."""
    nation = settings.nation
    metrics = Metrics(CollectorRegistry())
    store = RedisStore(settings.redis, nation=nation, layout=LAYOUT)
    metrics.reachable.labels("redis").set_function(store.reachable)
    feed = Feed(nation)
    views = Views(WholeViews(store), library=load_library(), nation=nation)
    replica = Replica(NAME, settings, metrics=metrics, now=now)
    replica.employ(
        Projector(replica.log, store, now=now, metrics=metrics),
        behind=lambda: views_behind(replica.beside, store),
        live=[store.live],
    )

    def start() -> None:
        store.listen(feed.hear)
        replica.start()

    def stop() -> None:
        replica.stop()
        store.close()

    answer = Relay(settings.alerts_url, views).answer
    ingest = Relay(settings.ingest_url, views)
    return make_app(
        title="Tartan: gateway",
        metrics=metrics,
        live=replica.live,
        ready={"redis": store.health, **replica.ready("projector")},
        start=start,
        stop=stop,
        drain=feed.close,
        furnish=lambda app: mount(
            app,
            views,
            feed=feed,
            answer=answer,
            explain=ingest.explain,
            checks=ingest,
            receipts=ingest,
            withdraw=ingest.withdraw,
            send=ingest.send,
            approvals=ingest,
        ),
    )
