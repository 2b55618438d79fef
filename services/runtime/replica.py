"""A replica: one of several processes of a service for a nation, of which one acts at a time."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from schemas.topics import Topic
from services.runtime.clock import Clock
from services.runtime.consumer import CoreFailed
from services.runtime.engine import Engine, Worker
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.tail import Tail
from services.runtime.meter import Behind, Meter
from services.runtime.metric import Metrics
from services.runtime.operation import Check, Health, every
from services.runtime.process import Starter
from services.runtime.rebuild import Rebuild, with_progress
from services.runtime.settings import Settings
from services.runtime.tenant import Tenant
from services.runtime.watchdog import Progress, Watchdog


class Employed(Worker, Protocol):
    """A worker that says how far it has found its state again, and whether it stopped."""

    @property
    def rebuild(self) -> Rebuild: ...

    @property
    def failed(self) -> CoreFailed | None: ...


class Companion(Protocol):
    """What works beside the worker, in a thread of its own."""

    def start(self) -> None: ...

    def wake(self) -> None: ...

    def stop(self) -> None: ...

    def live(self) -> Health: ...


class Replica:
    """Has the nation's log and the lease, lets a worker work while it acts, and watches it.

    ``log`` is for the work, which is woken by what arrives. ``beside`` is the same log for whoever
    measures: it believes the brokers alone, and work never stands behind it.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        metrics: Metrics,
        now: Clock,
        heard: Collection[Topic] = tuple(Topic),
    ) -> None:
        """Remember where Kafka is; nothing is connected yet.

        The worker and its companions are woken by what arrives on the topics that are ``heard``.
        """
        self._name = name
        self._metrics = metrics
        self._now = now
        self._gate = Gate(settings.kafka)
        self._lease = Lease(settings.kafka, f"{name}-{settings.nation}")
        self.log = Tail(KafkaLog.of(settings.nation, settings.kafka, heard=heard))
        self.beside = KafkaLog.of(settings.nation, settings.kafka)
        metrics.reachable.labels("kafka").set_function(lambda: self._gate.health().ok)
        metrics.lease.labels(f"{name}-{settings.nation}").set_function(self.may_act)

    def may_act(self) -> bool:
        """Say whether this replica is the one that acts."""
        return self._lease.holds(self.log.partition)

    def employ(
        self,
        worker: Employed,
        *,
        behind: Behind,
        begin: Callable[[], None] = lambda: None,
        companions: Sequence[Companion] = (),
        live: Sequence[Check] = (),
    ) -> None:
        """Take the worker on; called once, before the start.

        ``behind`` says what the worker has still to deal with, ``begin`` is called each time before
        its first record, and ``live`` are checks of further threads.
        """
        tenant = Tenant(worker, may_act=self.may_act, begin=begin)
        self._worker = worker
        self._companions = companions
        self._engine = Engine([tenant], metrics=self._metrics)
        self._meter = Meter(
            {self._name: behind}, logs=lambda: [self.beside], metrics=self._metrics, now=self._now
        )
        self._starter = Starter(self._gate, self._begin)
        others = (*(each.live for each in companions), *live)
        self.live = every(self._starter.live, self._engine.live, *others, self.log.live)
        progress = Progress(behind, excused=self._is_excused)
        self._watchdog = Watchdog(
            {"lease": self._lease.health, "threads": self.live, self._name: progress},
            may_go_on=lambda: self._gate.health().ok,
        )
        self._metrics.show_rebuild(
            self._name, lambda: worker.rebuild if self.may_act() else Rebuild()
        )

    def ready(self, worker: str) -> dict[str, Check]:
        """Return the checks of /ready; that of the worker stands under the name given."""
        health = with_progress(
            lambda: self._engine.health(self._worker.name), lambda: self._worker.rebuild
        )
        return {
            "kafka": self._starter.health,
            "lease": self._lease.health,
            worker: health,
            "parked": self._meter.parked,
        }

    def start(self) -> None:
        """Begin as soon as Kafka answers."""
        self._starter.start()

    def stop(self) -> None:
        """Finish what is in hand, give up the lease and let go of the log."""
        self._starter.stop()
        self._watchdog.stop()
        self._meter.stop()
        for each in self._companions:
            each.stop()
        self._engine.stop()
        self._lease.stop()
        self.log.close()
        self.beside.close()

    def _begin(self) -> None:
        self.log.listen(self._wake)
        self._lease.start()
        self._engine.start()
        for each in self._companions:
            each.start()
        self._meter.start()
        self._watchdog.start()

    def _wake(self) -> None:
        self._engine.wake()
        for each in self._companions:
            each.wake()

    def _is_excused(self) -> bool:
        worker = self._worker
        return not self.may_act() or worker.rebuild.under_way or worker.failed is not None
