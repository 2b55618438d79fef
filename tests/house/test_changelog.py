"""The changelog keeps its form: dated releases, tagged lines, a word on contracts in each."""

import re
import tomllib
from pathlib import Path

import pytest

RELEASE = re.compile(r"^## \[(Unreleased|\d+\.\d+\.\d+)\](?: - (\d{4}-\d{2}-\d{2}))?$")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Contracts"}
TAGGED = re.compile(r"^- \[(?:FEATURE|CHANGE|ENHANCEMENT|BUGFIX|SECURITY)\] \S.*\.$")


@pytest.fixture(scope="module")
def releases(root: Path) -> dict[str, dict[str, list[str]]]:
    """Lines of each kind, by release, newest first."""
    found: dict[str, dict[str, list[str]]] = {}
    kind = None
    for line in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            release = RELEASE.match(line)
            assert release, f"not a release heading: {line}"
            assert (release[2] is None) == (release[1] == "Unreleased"), f"needs a date: {line}"
            found[release[1]] = {}
            kind = None
        elif line.startswith("### "):
            kind = line.removeprefix("### ")
            assert kind in KINDS, f"not a kind of change: {line}"
            list(found.values())[-1][kind] = []
        elif kind and line.startswith("  "):
            list(found.values())[-1][kind][-1] += f" {line.strip()}"
        elif kind and line.strip():
            list(found.values())[-1][kind].append(line)
    return found


def test_every_line_is_tagged_and_ends_as_a_sentence(releases):
    loose = [
        line
        for kinds in releases.values()
        for kind, lines in kinds.items()
        if kind != "Contracts"
        for line in lines
        if not TAGGED.match(line)
    ]

    assert loose == []


def test_every_release_says_what_became_of_the_contracts(releases):
    assert [name for name, kinds in releases.items() if kinds and not kinds.get("Contracts")] == []


def test_the_newest_release_is_the_version_of_the_distribution(releases, root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert next(name for name in releases if name != "Unreleased") == project["version"]
