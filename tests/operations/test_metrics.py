"""docs/operations/metrics.md and the code name the same metrics, in the ways of Prometheus."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Metric

from services.runtime.metric import Metrics
from services.runtime.operation import Health, router

ROW = re.compile(r"^\| `(\w+)` \| ([^|]*) \|", re.MULTILINE)
UNITS = ("_seconds", "_bytes", "_records", "_info", "_total", "_fds")
WITHOUT_UNIT = {
    "tartan_ready", "tartan_dependency_up", "tartan_lease_held", "tartan_consumer_stopped",
    "tartan_notices_waiting", "tartan_notices_given_up",
}  # fmt: skip
SUFFIX = {"counter": "_total", "info": "_info"}


@pytest.fixture(scope="module")
def registered() -> dict[str, Metric]:
    """Every metric that a process registers, under the name that it is scraped by."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    metrics.show(metrics.parked, metrics.notices_waiting, metrics.notices_given_up)
    router(lambda: Health(ok=True), {"log": lambda: Health(ok=True)}, registry=registry)
    return {family.name + SUFFIX.get(family.type, ""): family for family in registry.collect()}


@pytest.fixture(scope="module")
def documented(root: Path) -> dict[str, set[str]]:
    """The labels of every metric that the document explains."""
    text = (root / "docs" / "operations" / "metrics.md").read_text(encoding="utf-8")
    rows = ROW.findall(text)
    assert len(rows) == len(dict(rows)), "a metric is explained twice"
    return {name: set(re.findall(r"(?:^|, )`(\w+)`", labels)) for name, labels in rows}


def test_every_metric_is_explained_and_every_explanation_has_a_metric(registered, documented):
    assert set(documented) == set(registered)


def test_the_labels_are_those_of_the_code(documented):
    metrics = Metrics(CollectorRegistry())
    declared = {
        family._name + SUFFIX.get(family._type, ""): set(family._labelnames)
        for family in vars(metrics).values()
        if hasattr(family, "_labelnames")
    }

    assert {name: documented[name] for name in declared} == declared


def test_a_name_says_its_unit_and_a_counter_that_it_is_a_total(registered):
    for name, family in registered.items():
        assert re.fullmatch(r"(tartan|process)(_[a-z]+)+", name)
        assert name.endswith(UNITS) or name in WITHOUT_UNIT
        assert name.endswith("_total") == (family.type == "counter")
        assert family.documentation


def test_no_metric_is_made_anywhere_else(root):
    made = {
        path.relative_to(root).as_posix()
        for path in sorted((root / "services").rglob("*.py"))
        if re.search(r'"tartan_[a-z_]+"', path.read_text(encoding="utf-8"))
    }

    assert made == {"services/runtime/metric.py", "services/runtime/operation.py"}
