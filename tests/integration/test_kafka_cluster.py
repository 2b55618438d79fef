"""Three brokers: one dies under load and no sender sees it; more are away, and that is said."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from schemas.codec import decode
from schemas.events import ReturnAccepted
from schemas.reference import load_library
from schemas.topics import Topic
from services.runtime.kafka.client import make_admin
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import name_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import prepare
from services.runtime.log import LogError
from tests.faults.history import write_return
from tests.integration.service import Service, environment, wait_for
from tests.machine import KAFKA, NO_CONTAINERS, free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"
BROKERS, CONTROLLERS = (1, 2, 3), (4, 5, 6)
PACE_SECONDS = 0.25
LIMIT_SECONDS = 2.0
ACCEPTED = 202
FAILOVER = {
    "BROKER_SESSION_TIMEOUT_MS": "2000",
    "BROKER_HEARTBEAT_INTERVAL_MS": "400",
    "CONTROLLER_QUORUM_FETCH_TIMEOUT_MS": "1000",
    "CONTROLLER_QUORUM_ELECTION_TIMEOUT_MS": "500",
    "CONTROLLER_QUORUM_ELECTION_BACKOFF_MAX_MS": "500",
    "CONTROLLER_QUORUM_REQUEST_TIMEOUT_MS": "1000",
    "SOCKET_CONNECTION_SETUP_TIMEOUT_MS": "500",
    "SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS": "1000",
}
"""As docs/operations/kafka.md and docker-compose.yml say. The services run as they are shipped."""


@dataclass
class Cluster:
    """Three brokers and three controllers, which can be killed and started."""

    ports: dict[int, int]
    containers: dict[int, Any]
    numbers: Iterator[int] = field(default_factory=count)

    def settings(self, **changed: object) -> KafkaSettings:
        """Return settings with topics of their own."""
        servers = ",".join(f"127.0.0.1:{port}" for port in self.ports.values())
        options = {"servers": servers, "prefix": f"three{next(self.numbers)}.", "partitions": 2}
        return KafkaSettings.model_validate(options | changed)

    def kill(self, *brokers: int) -> None:
        """Let brokers die of signal 9."""
        for broker in brokers:
            self.containers[broker].kill("SIGKILL")

    def start(self, *brokers: int) -> None:
        """Start brokers again, with what they had on disk."""
        for broker in brokers:
            self.containers[broker].start()

    @contextmanager
    def paused(self, *brokers: int) -> Iterator[None]:
        """Let brokers stand still for a block: they take connections and say nothing."""
        for broker in brokers:
            self.containers[broker].pause()
        try:
            yield
        finally:
            for broker in brokers:
                self.containers[broker].unpause()

    def leader(self, settings: KafkaSettings, partition: int) -> tuple[int, list[int]]:
        """Return who leads the partition of returns, and who is in sync; KafkaError."""
        admin = make_admin(settings, patience=10)
        try:
            (topic,) = admin.describe_topics([name_of(Topic.RETURNS, settings)])
        finally:
            admin.close()
        (found,) = [p for p in topic["partitions"] if p["partition_index"] == partition]
        return found["leader_id"], sorted(found["isr_nodes"])

    def controller(self, settings: KafkaSettings) -> int:
        """Return which controller is the active one; KafkaError."""
        admin = make_admin(settings, patience=10)
        try:
            quorum = admin.describe_metadata_quorum()
        finally:
            admin.close()
        return int(quorum["topics"][0]["partitions"][0]["leader_id"])

    def are_in_sync(self, settings: KafkaSettings, partition: int) -> bool:
        """Say whether all three have what was appended."""
        try:
            return self.leader(settings, partition)[1] == list(BROKERS)
        except (KafkaError, ValueError):
            return False


@pytest.fixture(scope="module")
def cluster(kafka: Any) -> Iterator[Cluster]:  # the broker of the run proves Docker
    containers = pytest.importorskip("testcontainers.core.container", reason=NO_CONTAINERS)
    networks = pytest.importorskip("testcontainers.core.network", reason=NO_CONTAINERS)
    ports = {broker: free_port() for broker in BROKERS}
    started = []
    with networks.Network() as network:
        try:
            for node in (*CONTROLLERS, *BROKERS):
                container = containers.DockerContainer(KAFKA)
                container.with_network(network).with_network_aliases(f"kafka-{node}")
                if node in ports:
                    container.with_bind_ports(9092, ports[node])
                for name, value in options_of(node, ports.get(node)).items():
                    container.with_env(f"KAFKA_{name}", value)
                started.append(container.start())
            found = [each.get_wrapped_container() for each in started]
            cluster = Cluster(ports, dict(zip((*CONTROLLERS, *BROKERS), found, strict=True)))
            wait_for(lambda: stands(cluster.settings()), seconds=180)
            yield cluster
        finally:
            for container in started:
                container.stop()


def stands(settings: KafkaSettings) -> bool:
    """Say whether the topics are there with replicas enough, made if need be."""
    try:
        prepare(settings)
    except LogError:
        return False
    return True


def options_of(node: int, port: int | None) -> dict[str, str]:
    every = {
        "NODE_ID": str(node),
        "CONTROLLER_QUORUM_VOTERS": ",".join(f"{n}@kafka-{n}:9093" for n in CONTROLLERS),
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "LISTENER_SECURITY_PROTOCOL_MAP": (
            "CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT"
        ),
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "3",
        "OFFSETS_TOPIC_NUM_PARTITIONS": "3",
        "MIN_INSYNC_REPLICAS": "2",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        **FAILOVER,
    }
    if port is None:
        own = {"PROCESS_ROLES": "controller", "LISTENERS": "CONTROLLER://:9093"}
        return every | own | {"HEAP_OPTS": "-Xmx160m"}
    return every | {
        "PROCESS_ROLES": "broker",
        "LISTENERS": "OUTSIDE://:9092,INSIDE://:9094",
        "ADVERTISED_LISTENERS": f"OUTSIDE://127.0.0.1:{port},INSIDE://kafka-{node}:9094",
        "INTER_BROKER_LISTENER_NAME": "INSIDE",
        "HEAP_OPTS": "-Xmx320m",
    }


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services and ends what still runs after the test."""
    started: list[Service] = []

    def start_(name: str, kafka: KafkaSettings, **more: str) -> Service:
        directory = tmp_path / f"{name}-{len(started)}"
        started.append(Service(name, kafka, directory, more=more))
        return started[-1]

    yield start_
    for service in started:
        if service.running.poll() is None:
            service.end(signal.SIGKILL)


class Sender(Thread):
    """Posts one return after another at a steady pace, each another version, and keeps account."""

    def __init__(self, door: Service) -> None:
        super().__init__(daemon=True)
        self._door = door
        self._stop_asked = Event()
        self.answers: list[tuple[int, float, str]] = []
        self.refusals: list[str] = []

    def run(self) -> None:
        codes = sorted(load_library().senders("england"))
        for number in count():
            body = write_return(codes[number % 40], PERIOD, families=160 + number // 40)
            began = monotonic()
            status, receipt = self._door.post("/v1/returns", body, timeout=120)
            spent = monotonic() - began
            self.answers.append((status, spent, receipt.get("return_id", "")))
            if status != ACCEPTED:
                self.refusals.append(f"{status} after {spent:.1f} s: {receipt.get('detail')}")
            if self._stop_asked.wait(PACE_SECONDS):
                return

    def wait_for_more(self, more: int) -> None:
        """Wait until so many more were answered."""
        wanted = len(self.answers) + more
        wait_for(lambda: len(self.answers) >= wanted, seconds=180)

    def end(self) -> None:
        """Send no more, and wait for the last answer."""
        self._stop_asked.set()
        self.join(180)


def test_any_one_broker_dies_under_load_and_no_sender_sees_it(cluster, start):
    settings = cluster.settings()
    wait_for(lambda: stands(settings), seconds=180)
    door = start("ingest", settings)
    start("benchmark", settings)
    door.wait_until_ready(seconds=240)
    door.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}", timeout=60)
    log = KafkaLog.of("england", settings, patience=30)
    sender = Sender(door)
    sender.start()
    sender.wait_for_more(5)

    leader = cluster.leader(settings, log.partition)[0]
    follower = next(broker for broker in BROKERS if broker != leader)
    for node in (leader, follower, cluster.controller(settings)):
        cluster.kill(node)
        sender.wait_for_more(8)
        cluster.start(node)
        wait_for(lambda: cluster.are_in_sync(settings, log.partition), seconds=180)
    sender.end()

    assert sender.refusals == []
    stand = Counter(
        event.data.return_id
        for stored in log.read(Topic.RETURNS, limit=10**6)
        if isinstance((event := decode(stored.record)).data, ReturnAccepted)
    )
    assert stand == Counter(return_id for _, _, return_id in sender.answers)
    end = log.end(Topic.RETURNS)
    wait_for(lambda: log.committed("benchmark", Topic.RETURNS) >= end, seconds=240)
    code, printed = verify(settings)
    assert code == 0, printed
    log.close()


def verify(kafka: KafkaSettings) -> tuple[int, str]:
    call = [sys.executable, "-m", "services.embedded.command", "verify", "--kafka", kafka.servers]
    done = subprocess.run(
        call, env=environment(kafka), capture_output=True, text=True, timeout=240, check=False
    )
    return done.returncode, done.stdout + done.stderr


def is_told_in_time(door: Service, body: bytes) -> None:
    for _ in range(3):
        began = monotonic()
        status, problem = door.post("/v1/returns", body)
        assert (status, problem["status"]) == (503, 503), json.dumps(problem)
        assert monotonic() - began < LIMIT_SECONDS


def test_a_leader_that_stands_still_is_waited_for_and_brokers_that_all_do_are_not(cluster, start):
    settings = cluster.settings()
    wait_for(lambda: stands(settings), seconds=180)
    door = start("ingest", settings)
    door.wait_until_ready(seconds=240)
    wait_for(lambda: door.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")[0] == 200)
    log = KafkaLog.of("england", settings, patience=30)

    with cluster.paused(cluster.leader(settings, log.partition)[0]):
        answered = door.post("/v1/returns", write_return("383", PERIOD, families=170))
    wait_for(lambda: cluster.are_in_sync(settings, log.partition), seconds=180)
    with cluster.paused(*BROKERS):
        is_told_in_time(door, write_return("383", PERIOD, families=171))

    assert answered[0] == ACCEPTED, answered
    wait_for(lambda: door.post("/v1/returns", write_return("383", PERIOD, families=171))[0] == 202)
    log.close()


def test_two_brokers_die_and_senders_are_told_in_time_until_they_are_back(cluster, start):
    settings = cluster.settings()
    wait_for(lambda: stands(settings), seconds=180)
    door = start("ingest", settings)
    door.wait_until_ready(seconds=240)
    wait_for(lambda: door.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")[0] == 200)
    body = write_return("383", PERIOD, families=170)

    cluster.kill(2, 3)
    is_told_in_time(door, body)
    cluster.start(2, 3)

    wait_for(lambda: door.post("/v1/returns", body)[0] in (200, 202), seconds=180)
    door.wait_until_ready(seconds=180)


def is_taken(ask: Callable[[], object]) -> bool:
    """Say whether the brokers took it; one that has not heard of a topic yet knows no settings."""
    try:
        ask()
    except (KafkaError, ValueError):
        return False
    return True


def test_too_few_replicas_in_sync_are_named_with_their_topics(cluster):
    settings = cluster.settings(patience=20)
    wait_for(lambda: stands(settings), seconds=180)
    admin = make_admin(settings, patience=30)
    change = ConfigResource(
        ConfigResourceType.TOPIC,
        name_of(Topic.RETURNS, settings),
        configs={"min.insync.replicas": "3"},
    )
    wait_for(lambda: is_taken(lambda: admin.alter_configs([change])))
    admin.close()
    gate = Gate(settings)
    wait_for(gate.knock, seconds=120)

    cluster.kill(1)
    wait_for(lambda: not gate.knock() and "in sync" in gate.health().detail, seconds=120)
    said = gate.health().detail
    cluster.start(1)

    assert f"{name_of(Topic.RETURNS, settings)} (2 of 3)" in said
    assert "Start the brokers that are away" in said
    assert name_of(Topic.ALERTS, settings) not in said
    wait_for(gate.knock, seconds=180)
