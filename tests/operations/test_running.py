"""What an operator sees of the running product: doors, metrics, panels, alerts, logs, its end."""

import json
import re
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from services.ingest.example import FIGURES
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import prepare
from tests.faults.history import write_return
from tests.integration.service import Service, wait_for
from tests.operations.watched import Prometheus

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(900)]
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"
SERVICES = ("ingest", "benchmark", "alerts", "gateway")
SECRETS = {"word": "quoxilwhimble", "figure": "90917", "token": "tok-5f3c9e77"}
"""What is posted and must be seen nowhere but where figures and words belong."""
EMPTY_WHEN_WELL = {
    'sum by (job, status) (tartan:http_requests:rate5m{status=~"5.."})',
    "tartan:http_failures:ratio_rate5m",
    'ALERTS{alertname=~"Tartan.*",alertstate="firing"}',
}
"""Expressions of panels that show nothing while nothing is wrong."""
DRAIN_SECONDS = 30


@dataclass(kw_only=True)
class Running:
    """The processes by their names, and who watches them."""

    processes: dict[str, Service]
    prometheus: Prometheus

    def text(self, name: str) -> str:
        return self.processes[name].get("/metrics")

    def is_told(self, name: str) -> bool:
        metric = 'tartan_freshness_seconds_count{to="notice"}'
        return any(
            line.startswith(metric) and float(line.split()[-1]) > 0
            for line in self.text(name).splitlines()
        )


def settings_of(kafka: Any, prefix: str) -> KafkaSettings:
    settings = KafkaSettings(servers=kafka.address, prefix=prefix, partitions=2, replicas=1)
    prepare(settings)
    return settings


@pytest.fixture(scope="module")
def running(
    kafka: Any, redis: Any, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Every process, watched, after returns were posted and notices sent; all drain at the end."""
    folder = tmp_path_factory.mktemp("operations")
    settings = settings_of(kafka, f"watched{next(kafka.numbers)}.")
    views = {
        "TARTAN_REDIS_URL": f"redis://{redis.address}/0",
        "TARTAN_REDIS_PREFIX": settings.prefix,
    }
    processes = {name: Service(name, settings, folder / name, more=views) for name in SERVICES}
    processes["tartan"] = Service("serve", settings, folder / "tartan")
    prometheus = Prometheus(root / "deploy" / "prometheus", folder / "prometheus", processes)
    try:
        for process in processes.values():
            process.wait_until_ready(seconds=180)
        prometheus.start()
        found = Running(processes=processes, prometheus=prometheus)
        for door in (processes["ingest"], processes["tartan"]):
            post(door)
        for name in ("alerts", "tartan"):
            wait_for(lambda name=name: found.is_told(name), seconds=120)
        yield found
        codes = {name: process.end(signal.SIGTERM) for name, process in processes.items()}
        assert codes == dict.fromkeys(processes, 0)
    finally:
        prometheus.stop()
        for process in processes.values():
            if process.running.poll() is None:
                process.end(signal.SIGKILL)


def post(door: Service) -> None:
    """Send two returns that raise alerts, one of them again, a recognisable one and a bad one."""
    door.send(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")
    for authority in ("383", "330", "383"):
        status, _ = door.send("/v1/returns", write_return(authority, PERIOD, families=430))
        assert status in {200, 202}
    odd = json.loads(write_return("301", PERIOD, families=180))
    for observation in odd["observations"]:
        if observation["indicator"] == "FD01":
            observation |= {"numerator": int(SECRETS["figure"]), "note": SECRETS["word"]}
    assert FIGURES["FD01"][0] != int(SECRETS["figure"])
    status, receipt = door.send("/v1/returns", json.dumps(odd).encode())
    assert status == 202, receipt
    odd["observations"][0]["numerator"] = SECRETS["word"]
    refused, _ = door.post(f"/v1/returns?supersedes={SECRETS['token']}", json.dumps(odd).encode())
    assert refused == 422


def test_every_process_has_the_three_doors_and_every_metric_that_it_is_said_to_have(running, root):
    document = (root / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
    letters = {"ingest": "I", "benchmark": "B", "alerts": "A", "gateway": "G", "tartan": "E"}
    rows = re.findall(
        r"^\| `((?:tartan|process)_\w+)` \|(?:[^|]*\|){2}([^|]*)\|", document, re.MULTILINE
    )
    assert len(rows) > 20
    for name, letter in letters.items():
        assert running.processes[name].ask("/live")[0] == 200
        assert running.processes[name].ask("/ready")[0] == 200
        shown = {
            re.split(r"[{ ]", line)[0]
            for line in running.text(name).splitlines()
            if not line.startswith("#")
        }
        shown = {
            re.sub(r"_(bucket|sum|count)$", "", m) for m in shown if not m.endswith("_created")
        }
        said = {metric for metric, who in rows if who.strip() == "all" or letter in who.split()}
        assert shown == said, name


def test_no_label_of_any_metric_names_an_authority_or_an_indicator(running):
    for name in running.processes:
        values = set(re.findall(r'="([^"]*)"', running.text(name)))
        assert not values & {"383", "330", "301", *FIGURES}


def test_every_metric_that_a_rule_names_is_there(running, root):
    files = (root / "deploy" / "prometheus" / "rules").glob("*.yml")
    rules = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in files]
    asked = [r["expr"] for found in rules for group in found["groups"] for r in group["rules"]]
    named = {name for text in asked for name in re.findall(r"\b(?:tartan|process)_\w+\b", text)}
    assert len(named) > 10

    wait_for(lambda: named <= running.prometheus.names())


def test_every_panel_has_something_to_show_or_is_empty_because_all_is_well(running, root):
    path = root / "deploy" / "grafana" / "dashboards" / "tartan.json"
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    asked += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    assert set(asked) > EMPTY_WHEN_WELL

    for expression in set(asked) - EMPTY_WHEN_WELL:
        wait_for(lambda expression=expression: bool(running.prometheus.ask(expression)))
    for expression in EMPTY_WHEN_WELL:
        running.prometheus.ask(expression)


def test_every_question_on_a_page_is_one_that_prometheus_understands(running, root):
    files = (root / "docs" / "operations" / "runbooks").glob("*.md")
    pages = "".join(path.read_text(encoding="utf-8") for path in files)
    asked = set(re.findall(r"ask '([^']+)'", pages))
    assert len(asked) > 15

    for question in asked:
        if re.search(r"[=<>] ?\d|5\.\.|failures", question):
            running.prometheus.ask(question)  # it may well be that nothing is so
        else:
            wait_for(lambda question=question: bool(running.prometheus.ask(question)))


def test_nothing_fires_while_all_is_well_and_what_fits_does_while_kafka_is_away(running, kafka):
    prometheus = running.prometheus
    wait_for(lambda: not prometheus.firing(), seconds=120)

    with kafka.paused():
        wait_for(lambda: "TartanKafkaUnreachable" in prometheus.firing(), seconds=180)
        assert prometheus.firing() <= {
            "TartanKafkaUnreachable", "TartanNotReady", "TartanLeaseUnheld", "TartanLagOld",
            "TartanRestartLoop", "TartanServiceDown",
        }  # fmt: skip
        down = {series["metric"]["job"] for series in prometheus.ask("up == 0")}
        assert down <= {"benchmark"}, "a scrape asks nothing of Kafka, so it is answered"
        assert not [words for words in prometheus.told() if "<no value>" in words or "%!" in words]
    for process in running.processes.values():
        process.wait_until_ready(seconds=180)
    wait_for(lambda: not prometheus.firing(), seconds=180)


def test_what_people_sent_stands_in_no_log_line_and_no_metric(running):
    for name, process in running.processes.items():
        (path,) = process.directory.glob("*.log")
        seen = path.read_text(encoding="utf-8") + running.text(name)
        assert [kind for kind, value in SECRETS.items() if value in seen] == []


def test_every_log_line_says_when_how_bad_who_and_what(running):
    lines = [
        json.loads(line)
        for process in running.processes.values()
        for path in process.directory.glob("*.log")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert lines
    for line in lines:
        assert {"time", "level", "logger", "message", "service"} <= set(line)
        assert line["service"] == "benchmark" or line["nation"] == "england"


@pytest.fixture
def start(kafka: Any, redis: Any, tmp_path: Path) -> Iterator[Callable[[str], Service]]:
    """Starts services over a log of the test's own."""
    settings = settings_of(kafka, f"drained{next(kafka.numbers)}.")
    views = {
        "TARTAN_REDIS_URL": f"redis://{redis.address}/0",
        "TARTAN_REDIS_PREFIX": settings.prefix,
    }
    started: list[Service] = []

    def start_(name: str) -> Service:
        started.append(Service(name, settings, tmp_path / name, more=views))
        return started[-1]

    yield start_
    for service in started:
        if service.running.poll() is None:
            service.end(signal.SIGKILL)


def test_a_service_told_to_stop_answers_the_request_under_way_and_ends_with_0(start):
    services = {name: start(name) for name in SERVICES}
    for service in services.values():
        service.wait_until_ready(seconds=180)
    services["ingest"].send(f"/v1/periods/{COLLECTION}/{PERIOD}/open", b"{}")
    paths = {
        "ingest": ("/v1/returns", write_return("383", PERIOD, families=430), 202),
        "alerts": ("/v1/alerts/none/answers", b'{"kind":"answer","text":"We counted twice."}', 404),
        "gateway": ("/alerts/none", b"kind=answer&text=We+counted+twice.", None),
    }

    for name, (path, body, status) in paths.items():
        with begin(services[name], path, body) as request:
            services[name].running.send_signal(signal.SIGTERM)
            told = monotonic()
            request.sendall(body[-1:])
            answer = request.recv(65536).decode(errors="replace")
            assert answer.startswith("HTTP/1.1 "), name
            assert status is None or f" {status} " in answer.splitlines()[0], answer
        assert services[name].end(signal.SIGTERM) == 0
        assert monotonic() - told < DRAIN_SECONDS
    told = monotonic()
    assert services["benchmark"].end(signal.SIGTERM) == 0
    assert monotonic() - told < DRAIN_SECONDS


def begin(service: Service, path: str, body: bytes) -> socket.socket:
    """Send a request but for its last byte."""
    request = socket.create_connection(("127.0.0.1", service.port), timeout=60)
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    head = [
        f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{service.port}", f"Content-Type: {kind}",
        f"Content-Length: {len(body)}", "Sec-Fetch-Site: same-origin", "", "",
    ]  # fmt: skip
    request.sendall("\r\n".join(head).encode() + body[:-1])
    wait_for(lambda: service.ask("/live")[0] == 200)
    return request
