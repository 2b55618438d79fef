"""The services as processes of their own: from a posted return to the director's notice."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from services.runtime.kafka.setting import KafkaSettings
from tests.faults.history import write_return
from tests.integration.service import Service, environment, wait_for

pytestmark = pytest.mark.integration
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"
LIMIT_SECONDS = 2.0
"""Within which ingest says that Kafka is away."""


@pytest.fixture
def start(kafka_settings: KafkaSettings, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services and ends whatever still runs after the test."""
    started: list[Service] = []

    def start_(name: str) -> Service:
        started.append(Service(name, kafka_settings, tmp_path / f"{name}-{len(started)}"))
        return started[-1]

    yield start_
    for service in started:
        if service.running.poll() is None:
            service.end(signal.SIGKILL)


def letters(*services: Service) -> list[str]:
    return sorted(
        path.name for service in services for path in service.directory.glob("outbox/**/*.eml")
    )


def ask(kafka: KafkaSettings, *question: str) -> tuple[int, str]:
    """Ask the log on Kafka with the ``tartan`` command; return its exit code and its words."""
    call = [sys.executable, "-m", "services.embedded.command", *question, "--kafka", kafka.servers]
    done = subprocess.run(
        call, env=environment(kafka), capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_posted_return_reaches_the_directors_once_whichever_replica_takes_it_or_dies(
    start, kafka_settings
):
    doors = [start("ingest"), start("ingest")]
    offices = [start("alerts"), start("alerts")]
    worker = start("benchmark")
    for service in (*doors, *offices, worker):
        service.wait_until_ready()
    doors[0].post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")

    body = write_return("383", PERIOD, families=480)
    first, receipt = doors[0].post("/v1/returns", body)
    again, same = doors[1].post("/v1/returns", body)
    wait_for(lambda: bool(letters(*offices)))
    told = letters(*offices)
    offices[0].end(signal.SIGKILL)
    second, _ = doors[1].post("/v1/returns", write_return("330", PERIOD, families=480))
    wait_for(lambda: len(letters(*offices)) == 2 * len(told))

    assert (first, again, second) == (202, 200, 202)
    assert receipt == same
    assert len(set(letters(*offices))) == len(letters(*offices))
    for question, answer in {
        ("verify",): "benchmark: ",
        ("events", "--topic", "standings.v1"): '"type":"standings.updated.v1"',
        ("parked", "list"): "Nothing is parked.",
    }.items():
        code, printed = ask(kafka_settings, *question)
        assert code == 0, printed
        assert answer in printed
    assert worker.end(signal.SIGTERM) == offices[1].end(signal.SIGTERM) == 0


def test_ingest_says_within_two_seconds_that_nothing_can_be_stored_and_takes_it_later(start, kafka):
    door = start("ingest")
    door.wait_until_ready()
    door.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")
    body = write_return("383", PERIOD, families=170)

    with kafka.paused():
        for _ in range(3):
            begun = monotonic()
            status, problem = door.post("/v1/returns", body)
            assert monotonic() - begun < LIMIT_SECONDS
            assert (status, problem["title"]) == (503, "Nothing can be stored at the moment")
        wait_for(lambda: not door.is_ready(), seconds=30)
    door.wait_until_ready()

    assert door.post("/v1/returns", body)[0] == 202
