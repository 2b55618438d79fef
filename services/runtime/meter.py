"""The meter: measures every few seconds how far consumers are behind, in a thread of its own.

A scrape asks nothing of a log that may be away: it is told what was measured last, and what waited
then has grown older since.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import isnan, nan
from threading import Event, Thread

from schemas.core import Core, State
from schemas.topics import Topic
from services.runtime.clock import Clock, moment
from services.runtime.log import Log, LogError, Stored
from services.runtime.metric import Metrics
from services.runtime.operation import Health
from services.runtime.reader import Reader
from services.runtime.store import StoreError

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a topic is still to be dealt with: everything behind ``after``."""

    log: Log
    topic: Topic
    after: int


Behind = Callable[[], Iterable[Stretch]]
"""Says what a consumer has still to deal with; may raise LogError or StoreError."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """Records still to be dealt with, and when the oldest of them was said; None if none waits."""

    records: float = 0
    oldest: datetime | None = None


_UNKNOWN = Backlog(nan)


def waits(parked: int) -> str:
    """Return what /ready says of records that wait for an operator."""
    return f"{parked} parked, the rest goes on: tartan parked list" if parked else ""


def since_commit(core: Core[State], log: Log) -> Behind:
    """Return what is behind a core's committed place, whichever process has committed it."""
    return lambda: [Stretch(log, core.reads, log.committed(core.name, core.reads))]


class Meter:
    """Keeps the gauges of lag and of parked records; every replica of a service says the same."""

    def __init__(
        self,
        behind: Mapping[str, Behind],
        *,
        logs: Callable[[], Iterable[Log]],
        metrics: Metrics,
        now: Clock,
    ) -> None:
        """Show for each consumer what is behind it; unknown until it was measured once.

        ``logs`` are those whose parked records are counted.
        """
        self._behind = dict(behind)
        self._backlogs = dict.fromkeys(behind, _UNKNOWN)
        self._logs = logs
        self._readers: dict[Log, Reader] = {}
        self._now = now
        self._parked: float = nan
        self._stop = Event()
        self._thread = Thread(target=self._run, name="meter", daemon=True)
        for name in behind:
            metrics.lag.labels(name).set_function(partial(self._records, name))
            metrics.lag_seconds.labels(name).set_function(partial(self._seconds, name))
        metrics.show(metrics.parked)
        metrics.parked.set_function(lambda: self._parked)

    def parked(self) -> Health:
        """Say how many records wait for an operator: no reason to be out of service."""
        waiting = 0 if isnan(self._parked) else int(self._parked)
        return Health(ok=True, detail=waits(waiting))

    def start(self) -> None:
        """Begin to measure."""
        self._thread.start()

    def stop(self) -> None:
        """Measure no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_PAUSE_SECONDS)

    def look(self) -> None:
        """Measure once; what cannot be asked just now stays as it was. Raises nothing."""
        try:
            self._look()
        except Exception:  # noqa: BLE001 - a number that is missing is no reason to stop a service
            _log.exception("lag not measured")
            self._backlogs = dict.fromkeys(self._behind, _UNKNOWN)
            self._parked = nan

    def _look(self) -> None:
        for name, behind in self._behind.items():
            with suppress(LogError, StoreError):
                self._backlogs[name] = self._measure(behind())
        with suppress(LogError):
            self._parked = sum(self._reader(log).count_parked() for log in self._logs())

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(_PAUSE_SECONDS)

    def _reader(self, log: Log) -> Reader:
        if log not in self._readers:
            self._readers[log] = Reader(log, now=self._now)
        return self._readers[log]

    def _measure(self, stretches: Iterable[Stretch]) -> Backlog:
        records, times = 0, []
        for stretch in stretches:
            waiting = stretch.log.end(stretch.topic) - stretch.after
            first = stretch.log.read(stretch.topic, after=stretch.after, limit=1) if waiting else ()
            if waiting > 0 and first:
                records += waiting
                times.append(self._said(first[0]))
        return Backlog(records, min(times, default=None))

    def _said(self, stored: Stored) -> datetime:
        """Return when a record was said; now, if nobody can read that."""
        try:
            said = moment(stored.record.headers["ce_time"])
        except (KeyError, ValueError):
            return self._now()
        return said if said.tzinfo is not None else self._now()

    def _records(self, name: str) -> float:
        return self._backlogs[name].records

    def _seconds(self, name: str) -> float:
        backlog = self._backlogs[name]
        if backlog.oldest is None:
            return 0.0 if backlog.records == 0 else nan
        return max(0.0, (self._now() - backlog.oldest).total_seconds())
