"""The tools agree with one another: locks, targets and their help, decisions and their form."""

import json
import re
import tomllib
from pathlib import Path

import pytest

HEADINGS = ["Status", "Context", "Decision", "Consequences", "Alternatives considered"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_package_that_is_declared_is_locked_with_hashes(project, root):
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[a-z0-9])", lock)
    locked = {normal(re.match(r"[A-Za-z0-9._-]+", pin)[0]) for pin in pins if "==" in pin}
    declared = {
        normal(re.match(r"[A-Za-z0-9._-]+", line)[0])
        for lines in [project["dependencies"], *project["optional-dependencies"].values()]
        for line in lines
    } - {project["name"]}

    assert declared - locked == set()
    assert [
        pin.splitlines()[0] for pin in pins if "==" in pin and "--hash=sha256:" not in pin
    ] == []


def test_every_npm_package_is_pinned_as_it_is_locked(root):
    package = json.loads((root / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    pinned = package["dependencies"] | package["devDependencies"]

    assert package["private"] is True
    assert pinned == {name: lock[f"node_modules/{name}"]["version"] for name in pinned}
    assert [name for name, entry in lock.items() if name and "integrity" not in entry] == []


def test_every_extra_names_a_part_of_the_house(project):
    assert set(project["optional-dependencies"]) == {
        "ingest", "benchmark", "alerts", "gateway", "embedded",
        "kafka", "redis", "faust", "distributed", "dev",
    }  # fmt: skip


def test_every_command_that_the_readme_shows_can_be_made(root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    helped = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    shown = set(re.findall(r"\bmake ([a-z]+)", (root / "README.md").read_text(encoding="utf-8")))

    assert {"setup", "run", "test", "check"} <= helped
    assert {"run", "test"} <= shown
    assert shown - helped == set()


def test_decisions_are_numbered_without_gaps(root):
    numbers = [int(path.name[:4]) for path in sorted((root / "docs" / "adr").glob("[0-9]*.md"))]

    assert numbers == list(range(len(numbers)))
    assert len(numbers) > 10


def test_every_decision_has_the_five_headings_and_fits_on_a_page(root):
    for path in sorted((root / "docs" / "adr").glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, path.name
        assert len(text.split()) <= 700, path.name
