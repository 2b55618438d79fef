"""The product as ``docker compose up`` starts it: from a posted return to the signed webhook."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from standardwebhooks import Webhook

from schemas.reference import load_library
from tests.deploy.stack import OWN, SECRET, Stack, execute, find_compose
from tests.faults.history import write_return
from tests.integration.service import wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1500)]
COLLECTION, PERIOD, AUTHORITY = "riia-quarterly", "2026-27-Q1", "383"
LIMIT_SECONDS = 30
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A compose project of the test's own, built and taken down at the end."""
    compose = find_compose()
    if compose is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        pytest.skip("no Docker engine with compose on this machine (Debian: docker-compose)")
    region = load_library().authority(AUTHORITY).region
    directory = tmp_path_factory.mktemp("compose")
    with Stack(root, directory, compose=compose, region=region).up() as stack:
        yield stack


@pytest.fixture
def stack(project: Stack) -> Stack:
    """The project, every container of it well."""
    project.start()
    return project


def follow(stack: Stack) -> Iterator[str]:
    """The names of the live updates, as they come."""
    with urlopen(f"http://127.0.0.1:{stack.port}/v1/events", timeout=60) as updates:
        for line in updates:
            yield line.decode().strip()


def standings(stack: Stack, authority: str) -> list[dict]:
    query = urlencode({"authority": authority, "collection": COLLECTION, "period": PERIOD})
    status, found = stack.ask(f"/v1/standings?{query}")
    return found["items"] if status == 200 else []


def raised(stack: Stack) -> str:
    """The id of an authority's alert, once there is one."""
    path = f"/v1/alerts?authority={AUTHORITY}"
    wait_for(lambda: bool(stack.ask(path)[1]["items"]), seconds=120)
    return stack.ask(path)[1]["items"][0]["id"]


def test_a_return_posted_at_the_one_address_is_shown_and_told_with_a_signature(stack):
    status, published = stack.ask("/v1/published")
    assert (status, len(published["items"]) > 50) == (200, True)
    assert "/v1/validations" in stack.ask("/openapi.json")[1]["paths"]
    opened, period = stack.ask(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")
    updates = follow(stack)
    assert next(updates).startswith("retry:")

    taken, receipt = stack.ask("/v1/returns", write_return(AUTHORITY, PERIOD, families=430))

    assert (opened, period["state"]) == (200, "open")
    assert taken in {200, 202}
    assert any(line == "event: standings.updated" for line in updates)
    wait_for(lambda: any(item["value"] is not None for item in standings(stack, AUTHORITY)))
    assert stack.ask(f"/v1/returns/{receipt['return_id']}/receipt") == (200, receipt)
    assert receipt["signature"] is None
    _, verified = stack.ask(f"/v1/receipts/{receipt['return_id']}/verify")
    assert (verified["verifies"], verified["signed"]) == (False, False)
    assert "Not signed" in stack.ask(f"/returns/{receipt['return_id']}/receipt.txt")[1]
    region = load_library().authority(AUTHORITY).region
    query = urlencode({"region": region, "period": PERIOD, "collection": COLLECTION})
    shown, page = stack.ask(f"/rug?{query}", accept="text/html")
    assert shown == 200
    assert f"/authorities/{AUTHORITY}" in page
    alert = raised(stack)
    form = urlencode({"kind": "answer", "text": "We counted twice."}).encode()
    origin = {"Origin": f"http://127.0.0.1:{stack.port}", "accept": "text/html"}
    answered, page = stack.ask(f"/alerts/{alert}", form, type=FORM, **origin)
    assert (answered, "We counted twice." in page) == (200, True)
    wait_for(lambda: bool(stack.received()), seconds=120)
    told = stack.received()[0]
    assert Webhook(SECRET).verify(told["body"], {k.lower(): v for k, v in told["headers"].items()})
    assert json.loads(told["body"])["type"]


def test_every_container_of_ours_is_nobody_and_can_write_nowhere_but_where_it_must(stack):
    for container in stack.containers(*OWN):
        assert execute(container, "id", "-u") == (0, "10001\n")
        assert execute(container, "touch", "/opt/x")[0] != 0
        assert execute(container, "touch", "/tmp/x")[0] == 0
        rights = execute(
            container, "sh", "-c", "grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/1/status"
        )
        assert [line.split()[1].strip("0") for line in rights[1].splitlines()] == ["", "", "1"]
        assert container["HostConfig"]["ReadonlyRootfs"] is True
        assert execute(container, "sh", "-c", "command -v gcc || command -v pytest")[0] != 0


def test_prometheus_hears_every_replica_of_every_service(stack):
    def heard() -> set[str]:
        question = urlencode({"query": "up == 1"})
        address = f"http://127.0.0.1:{stack.prometheus}/api/v1/query?{question}"
        with urlopen(address, timeout=30) as answer:
            return {found["metric"]["job"] for found in json.load(answer)["data"]["result"]}

    wait_for(lambda: {"ingest", "benchmark", "alerts", "gateway"} <= heard(), seconds=120)


def test_two_replicas_share_the_work_and_one_of_them_may_die(stack):
    stack.start("--scale", "gateway=2", "--scale", "ingest=2", "--no-recreate")
    stack.ask(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")

    for service in ("gateway", "ingest"):
        first = stack.containers(service)[0]["Id"]
        subprocess.run(["docker", "kill", first], capture_output=True, check=True)

    wait_for(lambda: stack.ask("/v1/authorities")[0] == 200)
    wait_for(lambda: stack.ask("/v1/rules")[0] == 200)
    assert {stack.ask("/")[0] for _ in range(10)} == {200}
    assert stack.ask("/v1/returns", write_return("330", PERIOD, families=170))[0] in {200, 202}


def test_what_does_not_answer_is_named_in_plain_words_and_the_rest_goes_on(stack):
    stack.run("stop", "receiver")
    stack.run("stop", "ingest", "alerts")

    status, problem = stack.ask("/v1/returns", b"{}")
    silent, refusal = stack.ask("/v1/alerts/a1/answers", b'{"kind":"acknowledgement"}')
    shown, _ = stack.ask("/", accept="text/html")
    stack.run("stop", "gateway")
    away, page = stack.ask("/rug", accept="text/html")
    inside, _ = stack.ask("/metrics")

    assert (status, silent, shown, away, inside) == (503, 503, 200, 503, 404)
    assert problem["detail"].startswith("The service that takes returns does not answer.")
    assert "send the same again" in problem["detail"]
    assert refusal["detail"].startswith("The service that takes answers does not answer.")
    assert "<h1>Tartan does not answer at the moment</h1>" in page


def test_every_service_drains_when_it_is_told_to_stop(stack):
    stack.run("stop", "receiver")  # it shares alerts' network, and has to start anew with it
    begun = monotonic()
    stack.run("stop", *OWN)
    taken = monotonic() - begun

    assert taken < LIMIT_SECONDS
    assert {
        container["Name"]: container["State"]["ExitCode"] for container in stack.containers(*OWN)
    } == dict.fromkeys((container["Name"] for container in stack.containers(*OWN)), 0)
