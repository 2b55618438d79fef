"""Wires the services of one process together: the only place that knows them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from schemas.codec import encode
from schemas.core import Core
from schemas.events import FiguresPublished
from schemas.reference import Library
from schemas.topics import Topic
from services.alerts.audience import Audience
from services.alerts.connection import connect, read_correspondence
from services.alerts.core.step import CORE as ALERTS
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.benchmark.core.state import ENGINE
from services.benchmark.core.step import CORE as BENCHMARK
from services.benchmark.method import missing_method
from services.gateway.feed import Feed
from services.gateway.projector import Projector, views_behind
from services.gateway.views import Views
from services.ingest.core.signature import Keyring
from services.ingest.desk import Desk
from services.ingest.keyring import own_keyring
from services.runtime.clock import Clock
from services.runtime.consumer import Consumer
from services.runtime.engine import Engine
from services.runtime.log import Log
from services.runtime.meter import Behind, Meter, since_commit
from services.runtime.metric import Metrics
from services.runtime.settings import Settings
from services.runtime.store import MemoryStore

OUTBOX = "outbox"


def cores() -> tuple[Core[Any], ...]:
    """Return every core, in the order in which each feeds the next."""
    return (BENCHMARK, ALERTS)


@dataclass(frozen=True, slots=True)
class Product:
    """The parts of one process over one log and one nation."""

    log: Log
    nation: str
    desk: Desk
    keyring: Keyring
    office: Office
    audiences: tuple[Audience, ...]
    sender: Sender
    workers: tuple[Consumer[Any] | Projector, ...]
    engine: Engine
    views: Views
    feed: Feed
    meter: Meter
    metrics: Metrics
    now: Clock

    def prepare(self, figures: Iterable[FiguresPublished]) -> None:
        """Give the log what it needs before anything else: a method, England, the audiences.

        Raises OlderThanLog if the log was written by newer arithmetic.
        """
        method = missing_method(self.log, self.nation, now=self.now)
        if method is not None:
            self.log.append([encode(method)])
        if not self.desk.data_sets():
            self.desk.stock(tuple(figures))
        self.office.set_audiences(audience.told for audience in self.audiences)

    def settle(self) -> None:
        """Deal with all that the log holds, in this thread; only before ``start``."""
        while self.engine.turn() or self.sender.run_once():
            pass

    def start(self) -> None:
        """Begin to turn and to send."""
        self.engine.start()
        self.sender.start()
        self.meter.start()

    def wake(self) -> None:
        """Say that the log has grown."""
        self.engine.wake()
        self.sender.wake()

    def stop(self) -> None:
        """Finish what is in hand and end."""
        self.feed.close()
        self.meter.stop()
        self.sender.stop()
        self.engine.stop()
        self.desk.close()


def assemble(
    log: Log, *, directory: Path, nation: str, library: Library, settings: Settings, now: Clock
) -> Product:
    """Make every part; nothing is read or sent yet. ``directory`` takes outbox and keys.

    Raises SettingsError for keys of receipts that cannot be used.
    """
    metrics = Metrics(CollectorRegistry(), engine=ENGINE)
    feed = Feed(nation)
    store = MemoryStore()
    store.listen(feed.hear)
    correspondence = read_correspondence(settings, library=library, nation=nation)
    audiences = correspondence.audiences
    office = Office(log, library, nation, now=now)
    connections = connect(correspondence, outbox=directory / OUTBOX, now=now)
    consumers = [Consumer(core, log, now=now) for core in cores()]
    projector = Projector(log, store, now=now, metrics=metrics)
    workers: tuple[Consumer[Any] | Projector, ...] = (*consumers, projector)
    for worker in workers:
        metrics.show_rebuild(worker.name, partial(attrgetter("rebuild"), worker))
    behind: dict[str, Behind] = {core.name: since_commit(core, log) for core in cores()}
    behind[projector.name] = partial(views_behind, log, store)
    return Product(
        log=log,
        nation=nation,
        desk=Desk(log, library=library, nation=nation, now=now),
        keyring=own_keyring(settings.receipt_key, directory=directory),
        office=office,
        audiences=audiences,
        sender=Sender(office, connections, base_url=settings.base_url, now=now, metrics=metrics),
        workers=workers,
        engine=Engine(workers, metrics=metrics),
        views=Views(store, library=library, nation=nation),
        feed=feed,
        meter=Meter(behind, logs=lambda: [log], metrics=metrics, now=now),
        metrics=metrics,
        now=now,
    )


def nation_of(log: Log) -> str | None:
    """Return the nation that a log is of, None while it is empty."""
    first = next(iter(log.read(Topic.RETURNS, limit=1)), None)
    return first.record.key if first is not None else None
