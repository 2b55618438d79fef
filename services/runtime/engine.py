"""Turns the cores over in one thread, in the order in which they feed one another."""

import logging
from collections.abc import Sequence
from threading import Event, Lock, Thread
from typing import Protocol

from services.runtime import collector
from services.runtime.consumer import CoreFailed
from services.runtime.log import LogError
from services.runtime.metric import Metrics
from services.runtime.operation import Health
from services.runtime.store import StoreError

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 1.0
_PAUSE_SECONDS = 0.5


class Worker(Protocol):
    """Something that deals with the records of the log behind its place."""

    @property
    def name(self) -> str:
        """The name under which operators see it."""

    def recover(self) -> None:
        """Find the state at the committed place."""

    def advance(self) -> int:
        """Deal with the next records; return how many, 0 at the end of the log."""


class Engine:
    """Runs workers until stopped. After an append it wakes at once.

    A worker that is stopped by a fault of its own stays so until the process is started again.
    """

    def __init__(self, workers: Sequence[Worker], *, metrics: Metrics) -> None:
        """Remember the workers in the order in which each feeds the next."""
        self._workers = workers
        self._metrics = metrics
        self._wake = Event()
        self._stop = Event()
        self._idle = Event()
        self._lock = Lock()
        self._broken: set[str] = set()
        self._loaded = False
        self._health = {worker.name: Health(ok=False, detail="starting") for worker in workers}
        self._thread = Thread(target=self._run, name="engine", daemon=True)
        for worker in workers:
            metrics.records.labels(worker.name)
            metrics.stopped.labels(worker.name)

    def start(self) -> None:
        """Begin to turn."""
        self._thread.start()

    def wake(self) -> None:
        """Say that the log has grown."""
        with self._lock:
            self._idle.clear()
            self._wake.set()

    def stop(self, *, seconds: float = 20.0) -> None:
        """Finish the records in hand and end."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def settle(self, *, seconds: float = 60.0) -> bool:
        """Wait until every worker has reached the end of the log; False if it took too long."""
        return self._idle.wait(seconds)

    def live(self) -> Health:
        """Say whether the thread turns, and every worker that only a new start would mend.

        One that is stopped at a record is not among them: it would stop there again.
        """
        if self._broken:
            detail = f"{', '.join(sorted(self._broken))}: stopped until this process starts again"
            return Health(ok=False, detail=detail)
        turning = self._thread.ident is None or self._thread.is_alive() or self._stop.is_set()
        return Health(ok=turning, detail="" if turning else "the engine's thread has ended")

    def health(self, name: str) -> Health:
        """Say whether the worker makes progress, and if not, why."""
        return self._health[name]

    def turn(self) -> int:
        """Let every worker deal with what it can; return how many records were dealt with."""
        dealt = 0
        for worker in self._workers:
            dealt += self._advance(worker)
        return dealt

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if self.turn() > 0:
                continue
            if all(health.ok for health in self._health.values()):
                self._rest()
            self._wake.wait(_IDLE_SECONDS)

    def _rest(self) -> None:
        if not self._loaded:
            self._loaded = True
            collector.spare_loaded()
        with self._lock:
            # What was appended after the last look has not been dealt with.
            if not self._wake.is_set():
                self._idle.set()

    def _advance(self, worker: Worker) -> int:
        total = 0
        if worker.name in self._broken:
            return total
        try:
            while not self._stop.is_set() and (dealt := worker.advance()):
                total += dealt
                self._metrics.records.labels(worker.name).inc(dealt)
        except CoreFailed as error:
            self._report(worker, Health(ok=False, detail=str(error)), stopped=1)
            return total
        except (LogError, StoreError) as error:
            extra = {"worker": worker.name, "for": type(error).__name__, "detail": str(error)}
            _log.warning("worker waits", extra=extra)
            self._report(worker, Health(ok=False, detail=str(error)), stopped=0)
            self._stop.wait(_PAUSE_SECONDS)
            return total
        except Exception as error:  # noqa: BLE001 - one worker's fault must not end the others
            _log.exception("worker failed", extra={"worker": worker.name})
            self._broken.add(worker.name)
            detail = f"stopped by an unforeseen fault ({type(error).__name__}): see the log lines"
            self._report(worker, Health(ok=False, detail=detail), stopped=1)
            return total
        self._report(worker, Health(ok=True), stopped=0)
        return total

    def _report(self, worker: Worker, health: Health, *, stopped: int) -> None:
        self._health[worker.name] = health
        self._metrics.stopped.labels(worker.name).set(stopped)
