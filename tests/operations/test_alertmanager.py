"""One cause is one message: Alertmanager holds back what only follows from another alert."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.integration.service import wait_for
from tests.machine import free_port

pytestmark = pytest.mark.integration
IMAGE = "prom/alertmanager:v0.25.0"


class Alertmanager:
    """A real one with the product's own configuration; it is told of alerts and asked for them."""

    def __init__(self, address: str) -> None:
        self.address = f"{address}/api/v2"

    def is_up(self) -> bool:
        try:
            with urlopen(f"{self.address}/status", timeout=5):
                return True
        except OSError:
            return False

    def tell(self, *alerts: dict[str, str]) -> None:
        body = json.dumps([{"labels": labels} for labels in alerts]).encode()
        request = Request(f"{self.address}/alerts", data=body)
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=20):
            pass

    def heard(self) -> dict[str, bool]:
        """Return which alerts it knows, and whether somebody hears of each."""
        with urlopen(f"{self.address}/alerts", timeout=20) as answer:
            found = json.load(answer)
        return {alert["labels"]["alertname"]: not alert["status"]["inhibitedBy"] for alert in found}


@pytest.fixture
def alertmanager(tool: Callable[..., str], root: Path) -> Iterator[Alertmanager]:
    tool("amtool", "check-config", "deploy/alertmanager/alertmanager.yml")
    port = free_port()
    mount = f"{root}/deploy/alertmanager:/etc/alertmanager:ro"
    call = ["docker", "run", "-d", "--rm", "--network", "host", "-v", mount, IMAGE]
    options = [
        "--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/tmp/data",
        "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    started = subprocess.run([*call, *options], capture_output=True, text=True, check=True)
    try:
        running = Alertmanager(f"http://127.0.0.1:{port}")
        wait_for(running.is_up)
        yield running
    finally:
        subprocess.run(["docker", "kill", started.stdout.strip()], capture_output=True, check=False)


def test_what_follows_from_an_outage_of_kafka_is_held_back_and_nothing_else_is(alertmanager):
    alertmanager.tell(
        {"alertname": "TartanKafkaUnreachable", "severity": "critical", "job": "ingest"},
        {"alertname": "TartanNotReady", "severity": "warning", "job": "gateway", "check": "kafka"},
        {"alertname": "TartanLagOld", "severity": "critical", "consumer": "alerts"},
        {"alertname": "TartanParkedRecords", "severity": "warning"},
        {"alertname": "TartanServiceDown", "severity": "critical", "job": "ingest"},
    )

    wait_for(lambda: len(alertmanager.heard()) == 5)
    assert alertmanager.heard() == {
        "TartanKafkaUnreachable": True,
        "TartanNotReady": False,
        "TartanLagOld": False,
        "TartanParkedRecords": True,
        "TartanServiceDown": True,
    }


def test_a_consumer_that_stopped_speaks_for_its_own_lag_and_for_no_others(alertmanager):
    alertmanager.tell(
        {"alertname": "TartanConsumerStopped", "job": "alerts", "consumer": "alerts"},
        {"alertname": "TartanNotReady", "job": "gateway", "check": "redis"},
        {"alertname": "TartanLagOld", "consumer": "alerts"},
    )

    wait_for(lambda: len(alertmanager.heard()) == 3)
    assert alertmanager.heard() == {
        "TartanConsumerStopped": True,
        "TartanNotReady": True,
        "TartanLagOld": False,
    }


def test_every_alert_that_is_held_back_or_holds_back_is_one_that_exists(root):
    config = yaml.safe_load((root / "deploy/alertmanager/alertmanager.yml").read_text())
    rules = yaml.safe_load((root / "deploy/prometheus/rules/alert.yml").read_text())
    known = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    matchers = [
        matcher
        for rule in config["inhibit_rules"]
        for matcher in (*rule["source_matchers"], *rule["target_matchers"])
        if matcher.startswith("alertname")
    ]
    named = {name for matcher in matchers for name in matcher.split('"')[1].split("|")}

    assert named <= known
