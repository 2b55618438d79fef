"""The distributed product on this machine: a broker, a Redis, one process of each service.

It holds England's history (``tests.bench.england``), written to Kafka as it stands in the file.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaProducer

from schemas.reference import ENGLAND
from schemas.topics import Topic
from services.embedded.data import beside
from services.runtime.kafka.conversion import headers_of
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import prepare as make_topics
from services.runtime.log import Commit
from tests.bench import england, machine
from tests.bench.server import Server, launch, processor_seconds, resident

SERVICES = ("ingest", "benchmark", "alerts", "gateway")
_STARTING = 600.0


@dataclass(slots=True)
class Cluster:
    """What runs, by name; ``kafka`` says how its log is reached."""

    kafka: KafkaSettings
    redis: str
    folder: Path
    containers: dict[str, int]
    running: dict[str, Server] = field(default_factory=dict)

    def start(self, name: str, *words: str, known_as: str | None = None) -> Server:
        """Start a service; it is not waited for."""
        place = self.folder / (known_as or name)
        settings = {
            "TARTAN_KAFKA_SERVERS": self.kafka.servers,
            "TARTAN_KAFKA_PARTITIONS": str(self.kafka.partitions),
            "TARTAN_KAFKA_REPLICAS": str(self.kafka.replicas),
            "TARTAN_REDIS_URL": f"redis://{self.redis}/0",
            "TARTAN_DATA": str(place),
        }
        server = self.running[known_as or name] = launch(name, *words, settings=settings)
        return server

    def kill(self, name: str) -> None:
        """End a service on the spot."""
        server = self.running.pop(name)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()

    def spent(self) -> dict[str, float]:
        """Return the processor seconds of every part so far."""
        return {name: processor_seconds(pid) for name, pid in self._processes().items()}

    def memory(self) -> dict[str, tuple[float, float]]:
        """Return the resident megabytes of every part, now and at the highest."""
        found = {name: resident(pid) for name, pid in self._processes().items()}
        return {name: (round(now / 1e6), round(most / 1e6)) for name, (now, most) in found.items()}

    def _processes(self) -> dict[str, int]:
        services = {name: server.process.pid for name, server in self.running.items()}
        return services | self.containers

    def stop(self) -> None:
        """End every service."""
        for server in self.running.values():
            server.stop()
        self.running.clear()


@contextmanager
def running(data: Path, folder: Path) -> Iterator[Cluster]:
    """Give a broker on a folder of data and an empty Redis; services are started by the caller."""
    with (
        machine.kafka(data) as (address, broker),
        machine.redis() as (cabinet, store),
    ):
        settings = KafkaSettings(servers=address, partitions=4, replicas=1)
        cluster = Cluster(settings, cabinet, folder, {"kafka": broker, "redis": store})
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def with_england(folder: Path) -> Iterator[Cluster]:
    """Give the whole product with England's history in it, every service ready."""
    with running(folder / "kafka", folder) as cluster:
        fill(england.prepare(), cluster.kafka)
        for name in SERVICES:
            words = ("--instance", "bench", "--session", "6") if name == "benchmark" else ()
            cluster.start(name, *words)
        for server in cluster.running.values():
            server.wait_until_ready(seconds=_STARTING)
        yield cluster


def fill(directory: Path, settings: KafkaSettings) -> None:
    """Write the log of a data directory to Kafka, with the places of its consumers."""
    make_topics(settings)
    producer = KafkaProducer(
        bootstrap_servers=settings.addresses, compression_type="zstd", linger_ms=50
    )
    target = KafkaLog.of(ENGLAND, settings)
    with beside(directory) as log:
        for topic in Topic:
            place, after = place_of(topic, settings, partition=target.partition), 0
            while batch := log.read(topic, after=after):
                after = batch[-1].offset
                for stored in batch:
                    producer.send(
                        place.topic,
                        value=stored.record.value,
                        key=stored.record.key.encode(),
                        headers=headers_of(stored.record),
                        partition=place.partition,
                    )
        producer.flush()
        for core, topic in (("benchmark", Topic.RETURNS), ("alerts", Topic.ALERTS)):
            offset = log.committed(core, topic)
            target.append([], commit=Commit(core, topic, offset))
    producer.close()
    target.close()
