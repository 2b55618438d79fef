"""The distributed product as processes, each started again soon after it ended.

That is what compose's ``restart: unless-stopped`` and Kubernetes do; nothing else helps a service.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, sleep

from schemas.reference import DEMONSTRATION
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.redis.setting import RedisSettings
from tests.integration.service import SESSION, Service
from tests.machine import free_port

REPLICAS = ("ingest-1", "ingest-2", "benchmark-1", "benchmark-2", "alerts-1", "alerts-2",
            "gateway-1", "gateway-2")  # fmt: skip
_OPTIONS = {"benchmark": ("--session", str(SESSION))}
_LOOK_SECONDS = 0.1
_PAUSE_SECONDS = 0.5


@dataclass
class Room:
    """One replica's place: what it is started with, and the process that lives there."""

    name: str
    port: int
    service: Service
    died_at: float | None = None


@dataclass
class House:
    """All replicas. ``ends`` counts how processes ended that nobody here had killed."""

    kafka: KafkaSettings
    redis: RedisSettings
    folder: Path
    audiences: Path
    rooms: dict[str, Room] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    _killed: set[int] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _stop: Event = field(default_factory=Event)

    def ports(self, name: str) -> list[int]:
        """Return the ports of a service's replicas."""
        return [room.port for room in self.rooms.values() if room.name.startswith(name)]

    @contextmanager
    def inhabited(self) -> Iterator[None]:
        """Keep every replica alive for a block; all are gone behind it."""
        ports = {name: free_port() for name in REPLICAS}
        for name in REPLICAS:
            self.rooms[name] = Room(name, ports[name], self._start(name, ports))
        watcher = Thread(target=self._watch, args=(ports,), name="house", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self._stop.set()
            watcher.join(20)
            for room in self.rooms.values():
                if room.service.running.poll() is None:
                    room.service.end(signal.SIGKILL)

    def kill(self, name: str) -> None:
        """End a replica by signal 9."""
        self._signal(name, signal.SIGKILL)

    def freeze(self, name: str) -> None:
        """Let a replica stand still."""
        self._signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a replica go on."""
        self._signal(name, signal.SIGCONT)

    def unready(self) -> dict[str, str]:
        """Return the replicas that are not ready, each with what it says."""
        return {name: said for name, room in self.rooms.items() if (said := _complaint(room))}

    def wait_until_ready(self, *, seconds: float) -> float:
        """Wait until every replica is ready; return after how many seconds all were."""
        begun = monotonic()
        while unready := self.unready():
            assert monotonic() - begun < seconds, f"not ready after {seconds:.0f} s: {unready}"
            sleep(0.2)
        return monotonic() - begun

    def _start(self, name: str, ports: Mapping[str, int]) -> Service:
        service = name.partition("-")[0]
        self.starts += 1
        return Service(
            service,
            self.kafka,
            self.folder / name,
            *_OPTIONS.get(service, ()),
            port=ports[name],
            more={
                "TARTAN_NATION": DEMONSTRATION,
                "TARTAN_AUDIENCES": str(self.audiences),
                "TARTAN_REDIS_URL": self.redis.url,
                "TARTAN_REDIS_PREFIX": self.redis.prefix,
                "TARTAN_ALERTS_URL": f"http://127.0.0.1:{ports['alerts-1']}",
                # One volume for both, as an operator would have it.
                "TARTAN_DATA": str(self.folder / "data"),
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
        )

    def _signal(self, name: str, number: signal.Signals) -> None:
        with self._lock:
            running = self.rooms[name].service.running
            if running.poll() is None:
                if number == signal.SIGKILL:
                    self._killed.add(running.pid)
                with suppress(ProcessLookupError):
                    os.kill(running.pid, number)

    def _watch(self, ports: Mapping[str, int]) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for room in self.rooms.values():
                with self._lock:
                    self._look_after(room, ports)

    def _look_after(self, room: Room, ports: Mapping[str, int]) -> None:
        code = room.service.running.poll()
        if code is None:
            return
        if room.died_at is None:
            room.died_at = monotonic()
            if room.service.running.pid not in self._killed:
                self.ends[f"{room.name.partition('-')[0]} exit {code}"] += 1
        elif monotonic() - room.died_at > _PAUSE_SECONDS:
            room.service.close()
            room.service, room.died_at = self._start(room.name, ports), None


def _complaint(room: Room) -> str:
    if room.service.running.poll() is not None:
        return "ended"
    try:
        status, checks = room.service.ask("/ready")
    except (HTTPException, OSError, ValueError) as error:
        return type(error).__name__
    told = {name: check["detail"] for name, check in checks.items() if not check["ok"]}
    return str(told) if told or status != 200 else ""
