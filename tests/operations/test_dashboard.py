"""The dashboard is one that Grafana can take: whole, without overlaps, each panel with its unit."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

UNITS = {"s", "short", "bytes", "percentunit", "reqps", "ops"}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


@pytest.fixture(scope="module")
def dashboard(root: Path) -> dict[str, Any]:
    path = root / "deploy" / "grafana" / "dashboards" / "tartan.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def shown(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels that show something."""
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert len(panels) > 20
    return panels


def test_it_asks_the_prometheus_that_the_reader_chooses(dashboard, shown):
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"], variable["query"]) == (
        "datasource", "datasource", "prometheus",
    )  # fmt: skip
    asking = [*shown, *(target for panel in shown for target in panel["targets"])]
    asking += dashboard["annotations"]["list"]
    assert all(part["datasource"] == SOURCE for part in asking)


def test_every_panel_has_an_id_of_its_own_a_unit_and_words(dashboard, shown):
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    assert len({panel["title"] for panel in dashboard["panels"]}) == len(ids)
    for panel in shown:
        assert panel["type"] in {"stat", "timeseries"}
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        references = [target["refId"] for target in panel["targets"]]
        assert references
        assert len(set(references)) == len(references)
        assert all(target["legendFormat"] for target in panel["targets"])


def test_no_panel_stands_upon_another_or_beside_the_page(dashboard):
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_first_row_says_whether_all_is_well(dashboard):
    first, *rest = [panel["title"] for panel in dashboard["panels"] if panel["type"] == "row"]

    assert first == "Is it well?"
    assert [title.split(":")[0] for title in rest] == [
        "Freshness", "Lag", "Throughput", "Notices", "Errors", "Resources",
    ]  # fmt: skip


def test_grafana_is_given_the_dashboard_and_a_source_for_it(root):
    folder = root / "deploy" / "grafana" / "provisioning"
    dashboards = yaml.safe_load((folder / "dashboards" / "tartan.yml").read_text(encoding="utf-8"))
    sources = yaml.safe_load(
        (folder / "datasources" / "prometheus.yml").read_text(encoding="utf-8")
    )

    assert dashboards["providers"][0]["type"] == "file"
    assert sources["datasources"][0]["type"] == "prometheus"
