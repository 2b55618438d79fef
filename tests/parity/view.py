"""The views of a history: those that a projector keeps while it dies, and those folded anew."""

from collections.abc import Callable
from random import Random
from typing import Any

from prometheus_client import CollectorRegistry

from services.gateway.projector import Projector
from services.runtime.clock import Clock
from services.runtime.log import Log
from services.runtime.metric import Metrics
from services.runtime.store import MemoryStore, Store


class Viewer:
    """Keeps a store abreast of a log, now and then, and dies whenever chance wills.

    A successor is another process: it has a store object of its own.
    """

    def __init__(
        self, log: Log, open_store: Callable[[], Store], clock: Clock, chance: Random
    ) -> None:
        self._log = log
        self._open_store = open_store
        self._clock = clock
        self._chance = chance
        self.lives = 0
        self._be_born()

    def look(self) -> None:
        """Take in some of what is new, or nothing."""
        while self._chance.random() < 0.5 and self._turn():
            pass

    def settle(self) -> None:
        """Take in everything."""
        while self._turn():
            pass

    def _turn(self) -> int:
        if self._chance.random() < 0.2:
            self._be_born()
        return self._projector.advance()

    def _be_born(self) -> None:
        self.lives += 1
        metrics = Metrics(CollectorRegistry())
        self._projector = Projector(self._log, self._open_store(), now=self._clock, metrics=metrics)


def fold_anew(log: Log, *, now: Clock) -> dict[str, Any]:
    """Return the documents that the log gives when it is folded from its first record."""
    store = MemoryStore()
    projector = Projector(log, store, now=now, metrics=Metrics(CollectorRegistry()))
    while projector.advance():
        pass
    return documents(store)


def documents(store: Store) -> dict[str, Any]:
    """Return everything that a store holds."""
    return {key: store.get(key) for key in store.keys("")}
