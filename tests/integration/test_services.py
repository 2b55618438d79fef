"""The services as processes of their own: from a posted return to the director's notice."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from schemas.reference import load_library
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.redis.setting import RedisSettings
from tests.faults.history import write_return
from tests.integration.service import Service, environment, wait_for

pytestmark = pytest.mark.integration
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"
LIMIT_SECONDS = 2.0
"""Within which ingest says that Kafka is away."""


@pytest.fixture
def start(
    kafka_settings: KafkaSettings, redis_settings: RedisSettings, tmp_path: Path
) -> Iterator[Callable[..., Service]]:
    """Starts services and ends whatever still runs after the test."""
    started: list[Service] = []

    def start_(name: str, **more: str) -> Service:
        directory = tmp_path / f"{name}-{len(started)}"
        views = {
            "TARTAN_REDIS_URL": redis_settings.url,
            "TARTAN_REDIS_PREFIX": redis_settings.prefix,
        }
        started.append(Service(name, kafka_settings, directory, more=views | more))
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
    doors[0].send(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")

    body = write_return("383", PERIOD, families=430)
    first, receipt = doors[0].send("/v1/returns", body)
    again, same = doors[1].send("/v1/returns", body)
    wait_for(lambda: bool(letters(*offices)))
    told = letters(*offices)
    offices[0].end(signal.SIGKILL)
    second, _ = doors[1].send("/v1/returns", write_return("330", PERIOD, families=430))
    wait_for(lambda: len(letters(*offices)) == 2 * len(told))

    assert again == 200
    assert {first, second} <= {200, 202}
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


def rug(gateway: Service) -> dict:
    region = load_library().authority("383").region
    wanted = f"region={region}&period={PERIOD}&collection={COLLECTION}"
    return json.loads(gateway.get(f"/v1/rug?{wanted}"))


def has_returned(gateway: Service, authority: str) -> bool:
    """Say whether the gateway's rug shows a value of the authority."""
    try:
        found = json.loads(
            gateway.get(
                f"/v1/standings?authority={authority}&period={PERIOD}&collection={COLLECTION}"
            )
        )
    except HTTPError:
        return False
    return any(item["value"] is not None for item in found["items"])


def raised(gateway: Service, authority: str) -> str:
    """Return the id of an authority's alert, once the gateway shows one."""
    path = f"/v1/alerts?authority={authority}"
    wait_for(lambda: json.loads(gateway.get(path))["items"])
    return json.loads(gateway.get(path))["items"][0]["id"]


def fill_in(gateway: Service, alert: str, text: str) -> str:
    """Send the form under an alert as a browser does; return the page that follows."""
    page = f"http://127.0.0.1:{gateway.port}/alerts/{alert}"
    form = Request(page, data=urlencode({"kind": "answer", "text": text}).encode())
    form.add_header("Sec-Fetch-Site", "same-origin")
    with urlopen(form, timeout=20) as answer:
        return answer.read().decode()


def test_every_replica_of_the_gateway_shows_what_was_posted_and_redis_may_lose_it_all(
    start, redis, redis_settings
):
    door, worker, office = start("ingest"), start("benchmark"), start("alerts")
    alerts_url = f"http://127.0.0.1:{office.port}"
    gateways = [start("gateway", TARTAN_ALERTS_URL=alerts_url) for _ in range(2)]
    for service in (door, worker, office, *gateways):
        service.wait_until_ready()
    door.send(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")
    door.send("/v1/returns", write_return("383", PERIOD, families=430))
    for gateway in gateways:
        wait_for(lambda gateway=gateway: has_returned(gateway, "383"))

    wait_for(lambda: rug(gateways[0]) == rug(gateways[1]))
    wait_for(lambda: gateways[0].get("/alerts") == gateways[1].get("/alerts"))
    alert = raised(gateways[1], "383")
    for gateway in gateways:
        page = fill_in(gateway, alert, f"We counted twice, says {gateway.port}.")
        assert f"We counted twice, says {gateway.port}." in page

    redis.container.exec_run(["redis-cli", "FLUSHALL"])
    wait_for(lambda: has_returned(gateways[1], "383"), seconds=90)
    assert gateways[0].end(signal.SIGKILL) == -signal.SIGKILL
    door.send("/v1/returns", write_return("330", PERIOD, families=170))
    wait_for(lambda: has_returned(gateways[1], "330"), seconds=90)

    with redis.paused():
        assert not gateways[1].is_ready()
        status, problem = gateways[1].ask("/v1/rug")
        assert (status, problem["status"]) == (503, 503)
    gateways[1].wait_until_ready()
    assert gateways[1].end(signal.SIGTERM) == 0
