"""The compose file keeps its word: confined containers, loopback alone, settings that are real."""

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.ingest.example import example_json
from services.runtime.settings import Settings

SERVICES = ("ingest", "benchmark", "alerts", "gateway")
OWN = {"tartan", "tartan-proxy"}
PUBLIC = {
    "apache/kafka:4.1.0",
    "redis:7.0-bookworm",
    "prom/prometheus:v2.42.0",
    "prom/alertmanager:v0.25.0",
}
BASES = {"python:3.11-slim-bookworm", "debian:bookworm-slim"}


@pytest.fixture(scope="module")
def compose(root: Path) -> dict[str, Any]:
    return yaml.safe_load((root / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return compose["services"]


def test_no_container_has_a_right_that_it_does_not_need(services):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        # The public image of the broker writes its settings beside its programs.
        assert service.get("read_only") is True or service["image"] == "apache/kafka:4.1.0", name


def test_every_container_has_bounds_and_is_asked_how_it_is(services):
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        assert service["mem_limit"], name
        assert service["stop_grace_period"] in {"35s", "60s"}, name
        assert service["healthcheck"]["test"][0] == "CMD", name


def test_only_this_machine_reaches_what_is_published(services):
    published = {name: s["ports"] for name, s in services.items() if "ports" in s}

    assert set(published) == {"proxy", "prometheus", "alertmanager"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_plain_up_starts_the_whole_product_and_prometheus(services):
    optional = {name: s["profiles"] for name, s in services.items() if "profiles" in s}

    assert optional == {
        "kafka-2": ["cluster"],
        "kafka-3": ["cluster"],
        "controller-4": ["cluster"],
        "controller-5": ["cluster"],
        "controller-6": ["cluster"],
        "alertmanager": ["observability"],
    }


def test_each_call_is_one_that_the_command_takes(services):
    from services.embedded.command import _parser

    for name in SERVICES:
        call = services[name].get("command") or shlex.split(services[name]["entrypoint"][-1])[2:]
        assert call[0] == name
        assert _parser().parse_args(call).host == "0.0.0.0"


def test_each_service_is_asked_for_its_readiness_at_its_own_port(services):
    from services.embedded.command import _parser

    for name in SERVICES:
        port = _parser().parse_args([name]).port
        assert services[name]["healthcheck"]["test"] == ["CMD", "check", str(port)]


def test_every_image_is_our_own_recipe_or_a_public_one_under_its_version(services, root):
    assert {service["image"] for service in services.values()} == OWN | PUBLIC
    assert {name for name, s in services.items() if s["image"] == "tartan"} == set(SERVICES)
    for recipe in ("image", "proxy"):
        text = (root / "deploy" / recipe / "Dockerfile").read_text(encoding="utf-8")
        stages = set(re.findall(r" AS (\w+)", text))
        bases = set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) - stages
        assert bases <= BASES
        assert "\nUSER 10001:10001\n" in text


def test_an_image_bears_the_version_of_the_distribution(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for recipe in ("image", "proxy"):
        text = (root / "deploy" / recipe / "Dockerfile").read_text(encoding="utf-8")
        assert f'org.opencontainers.image.version="{project["version"]}"' in text


def test_every_setting_that_is_deployed_is_a_setting(root):
    deployed = [
        root / "docker-compose.yml",
        root / ".dockerignore",
        *(path for path in (root / "deploy").rglob("*") if path.is_file()),
    ]
    for path in deployed:
        named = set(re.findall(r"\bTARTAN_[A-Z_]+\b", path.read_text(encoding="utf-8")))
        assert named <= set(Settings.variables()), path


def test_ingest_alone_is_given_the_key_of_receipts_and_an_empty_one_unless_it_is_named(services):
    key = "${RECEIPT_KEY:-/dev/null}:/run/secrets/receipt-key.pem:ro"

    assert [name for name, s in services.items() if key in s.get("volumes", [])] == ["ingest"]
    environment = services["ingest"]["environment"]
    assert environment["TARTAN_RECEIPT_KEY"] == "/run/secrets/receipt-key.pem"


def settings_of_the_cluster(root: Path) -> dict[str, str]:
    lines = (root / "deploy" / "cluster.env").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")


def test_three_brokers_keep_a_record_on_two_of_them_at_least(root, compose):
    cluster = settings_of_the_cluster(root)

    assert cluster["COMPOSE_PROFILES"] == "cluster"
    assert cluster["TARTAN_KAFKA_REPLICAS"] == cluster["BROKER_COPIES"] == "3"
    assert cluster["BROKER_LEAST_COPIES"] == "2"
    brokers = [name for name in compose["services"] if name.startswith("kafka")]
    assert cluster["TARTAN_KAFKA_SERVERS"].split(",") == [f"{name}:9092" for name in brokers]
    assert len(brokers) == 3


def test_a_brokers_death_takes_no_controller_along_and_is_found_within_ingests_hold(root, compose):
    cluster = settings_of_the_cluster(root)
    controllers = {
        service["environment"]["KAFKA_NODE_ID"]: name
        for name, service in compose["services"].items()
        if service.get("environment", {}).get("KAFKA_PROCESS_ROLES") == "controller"
    }

    voters = dict(each.split("@") for each in cluster["BROKER_VOTERS"].split(","))
    assert voters == {node: f"{name}:9093" for node, name in controllers.items()}
    assert len(voters) == 3
    assert cluster["BROKER_ROLES"] == "broker"
    assert 2 * int(cluster["BROKER_SESSION_MS"]) <= 1000 * Settings.model_fields["hold"].default
    assert int(cluster["BROKER_HEARTBEAT_MS"]) * 4 <= int(cluster["BROKER_SESSION_MS"])


def test_the_lock_of_the_image_pins_what_the_lock_of_the_house_pins(root):
    def pins(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9._-]+==\S+", (root / name).read_text("utf-8"), re.MULTILINE)
        )

    house, tools = pins("requirements.lock"), {"pytest", "mypy", "ruff", "playwright", "uv"}
    for name in ("requirements-distributed.lock", "requirements-build.lock"):
        other = pins(name)
        known = {pin.split("==")[0] for pin in house}
        assert {pin for pin in other if pin.split("==")[0] in known} <= house
    assert not tools & {p.split("==")[0] for p in pins("requirements-distributed.lock")}
    assert len(pins("requirements-distributed.lock")) > 30


def test_the_example_is_the_one_that_the_api_shows(root):
    example = (root / "docs" / "example" / "return.json").read_text(encoding="utf-8")

    assert json.loads(example) == example_json()
