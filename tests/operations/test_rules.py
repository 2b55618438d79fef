"""Every alert has a case that fires, one that does not, and a page that says what to do."""

import argparse
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from services.embedded.command import _parser
from services.runtime.metric import Metrics
from services.runtime.operation import Health, router

CHAPTERS = ["What it means", "See more", "What to do", "How to know that it is over"]
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACEHOLDERS = {"TOPIC": "returns.v1", "OFFSET": "7", "NATION": "england"}


@pytest.fixture(scope="module")
def prometheus(root: Path) -> Path:
    return root / "deploy" / "prometheus"


@pytest.fixture(scope="module")
def alerts(prometheus: Path) -> dict[str, dict[str, Any]]:
    """Every alerting rule by its name."""
    rules = yaml.safe_load((prometheus / "rules" / "alert.yml").read_text(encoding="utf-8"))
    found = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len(found) == len({rule["alert"] for rule in found})
    return {rule["alert"]: rule for rule in found}


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[str, str]:
    """Every runbook by the alert that it is for."""
    folder = root / "docs" / "operations" / "runbooks"
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("Tartan*.md"))
    }


def test_prometheus_and_alertmanager_take_their_files(tool):
    assert "SUCCESS" in tool("promtool", "check", "config", "deploy/prometheus/prometheus.yml")
    said = tool("amtool", "check-config", "deploy/alertmanager/alertmanager.yml")
    assert "1 receivers" in said


def test_every_alert_fires_and_is_silent_as_its_cases_say(tool):
    assert "SUCCESS" in tool("promtool", "test", "rules", "tests/operations/alert_test.yml")


def test_every_alert_has_a_case_that_fires_and_one_that_does_not(root, alerts):
    text = (root / "tests" / "operations" / "alert_test.yml").read_text(encoding="utf-8")
    asked: dict[str, set[bool]] = {}
    for case in yaml.safe_load(text)["tests"]:
        (question,) = case["promql_expr_test"]
        (name,) = re.findall(r'alertname="(\w+)"', question["expr"])
        fires = bool(question["exp_samples"])
        assert case["name"].startswith(f"{name} {'fires' if fires else 'is silent'}: ")
        asked.setdefault(name, set()).add(fires)

    assert asked == {name: {True, False} for name in alerts}


def test_every_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on(alerts):
    for name, rule in alerts.items():
        assert rule["labels"] == {"severity": rule["labels"]["severity"]}
        assert rule["labels"]["severity"] in {"critical", "warning"}
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url"}
        assert len(notes["summary"]) <= 90
        assert notes["description"].endswith((".", "words."))
        assert notes["runbook_url"] == f"docs/operations/runbooks/{name}.md"


def test_every_alert_has_a_page_with_the_same_chapters_and_every_page_an_alert(alerts, pages):
    assert set(pages) == set(alerts)
    for name, text in pages.items():
        assert text.startswith(f"# {name}\n")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == CHAPTERS


def test_the_index_of_pages_and_the_list_of_metrics_name_every_alert(root, alerts):
    index = (root / "docs" / "operations" / "runbooks" / "README.md").read_text(encoding="utf-8")
    metrics = (root / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")

    assert set(re.findall(r"\((Tartan\w+)\.md\)", index)) == set(alerts)
    assert set(re.findall(r"runbooks/(Tartan\w+)\.md", metrics)) == set(alerts)
    for name, rule in alerts.items():
        assert f"| [{name}]({name}.md) | {rule['labels']['severity']} |" in index


def test_rules_name_metrics_that_a_process_has(prometheus):
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    metrics.show(metrics.parked, metrics.notices_waiting, metrics.notices_given_up)
    router(lambda: Health(ok=True), {"log": lambda: Health(ok=True)}, registry=registry)
    suffixes = {"counter": ["_total"], "info": ["_info"], "histogram": ["_bucket"]}
    known = {
        family.name + suffix
        for family in registry.collect()
        for suffix in suffixes.get(family.type, [""])
    }
    texts = [path.read_text(encoding="utf-8") for path in sorted(prometheus.glob("rules/*.yml"))]
    rules = [
        r for text in texts for group in yaml.safe_load(text)["groups"] for r in group["rules"]
    ]
    recorded = {rule["record"] for rule in rules if "record" in rule}
    named = {
        name
        for rule in rules
        for name in re.findall(r"\b(?:tartan|process)[_:][a-z0-9_:]+\b", rule["expr"])
    }

    assert named - recorded - known == set()
    assert recorded <= named | {"tartan:freshness_seconds:p50_5m", "tartan:consumer_lag_records"}


def test_prometheus_finds_every_service_of_the_compose_file_by_its_name(root, prometheus):
    config = yaml.safe_load((prometheus / "prometheus.yml").read_text(encoding="utf-8"))
    compose = yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    scraped = {}
    for job in config["scrape_configs"]:
        (found,) = job["dns_sd_configs"]
        assert found["names"] == [job["job_name"]]
        assert found["type"] == "A"
        scraped[job["job_name"]] = found["port"]

    assert scraped == {"ingest": 8001, "benchmark": 8002, "alerts": 8003, "gateway": 8004}
    assert set(scraped) < set(compose)
    for name, port in scraped.items():
        assert compose[name]["healthcheck"]["test"] == ["CMD", "check", str(port)]


def calls(pages: dict[str, str], program: str) -> list[list[str]]:
    """Return how pages call a program, placeholders filled in."""
    found = []
    for text in pages.values():
        for block in COMMANDS.findall(text):
            for line in block.splitlines():
                words = [PLACEHOLDERS.get(word, word) for word in shlex.split(line, comments=True)]
                if words[:1] == [program]:
                    found.append(words[1:])
    return found


def test_every_tartan_command_on_a_page_is_one_that_exists(pages):
    asked = [call for call in calls(pages, "tartan") if call]
    assert asked
    for call in asked:
        assert isinstance(_parser().parse_args(call), argparse.Namespace)


def test_every_compose_command_on_a_page_names_services_that_exist(root, pages):
    text = (root / "docker-compose.yml").read_text(encoding="utf-8")
    services = set(yaml.safe_load(text)["services"])
    actions = {"ps", "logs", "restart", "stop", "start", "up", "exec"}
    asked = calls(pages, "docker")
    assert asked
    for call in asked:
        assert call[0] == "compose"
        assert call[1] in actions
        words = [word for word in call[2:] if not word.startswith("-")]
        named = words[:1] if call[1] == "exec" else words
        assert set(named) <= services, call


def test_the_words_that_pages_use_are_those_that_the_index_gives(root, pages):
    index = (root / "docs" / "operations" / "runbooks" / "README.md").read_text(encoding="utf-8")
    (words,) = COMMANDS.findall(index)
    subprocess.run(["bash", "-n"], input=words, text=True, check=True)
    given = set(re.findall(r"^(\w+)\(\)", words, re.MULTILINE))
    used = {
        shlex.split(line, comments=True)[0]
        for text in pages.values()
        for block in COMMANDS.findall(text)
        for line in block.splitlines()
    }

    assert given == {"ready", "ask", "tartan"}
    assert used <= given | {"docker"}
    for call in calls(pages, "ready"):
        assert call in (["ingest"], ["benchmark"], ["alerts"], ["gateway"])
