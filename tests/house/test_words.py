"""The project speaks of itself alone."""

import re
import subprocess
from pathlib import Path

import pytest

# Put together from pieces, so that this file does not hold what it looks for.
WORKPLACE = re.compile(
    "|".join([
        r"/wo" + "rk/", r"/fa" + "rm/", r"/\.lib" + "rary", r"/tmp/" + "bash", r"/tmp/" + "brief",
        r"\b[Ii]ss" + r"ue #?\d+", r"\bthe C" + r"EO\b",
        r"\b(?:de" + "sign|br" + r"ief|ux|domain|statistics|streaming|style)\." + r"md\b",
    ])
)  # fmt: skip
MACHINE = re.compile(r"(?<![\w.])/(?:ro" + "ot|home|Users)/" + r"\w|[A-Z]:\\\\?Users")
REGISTRY = re.compile(
    r"https?://[^\s\"']*(?:/sim" + r"ple/|/mav" + r"en2|regi" + r"stry\.|pypi\.|npm" + r"js)"
    r"|\"res" + r"olved\": \"http|--(?:extra-)?in" + "dex-url"
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImpl" + "ementedError")
BESIDE = re.compile(r"\.\./sha" + "red")
# Tests and the scripts that build the released tables may read what stands beside the repository.
MAY_LOOK_BESIDE = re.compile(r"^(?:tests|tools)/|^\.ci/run$|^schemas/build[\w/]*\.py$")


@pytest.fixture(scope="session")
def texts(root: Path) -> dict[str, str]:
    """Every tracked text file by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this copy is not a git repository, so nothing says which files are tracked")
    found = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = root / name
        if path.is_file() and b"\0" not in (head := path.read_bytes())[:8000]:
            found[name] = head.decode("utf-8", errors="replace")
    assert len(found) > 20
    return found


def lines_with(pattern: re.Pattern[str], texts: dict[str, str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts.items()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_speaks_of_the_workplace_it_was_made_in(texts):
    assert lines_with(WORKPLACE, texts) == []


def test_no_file_names_a_place_on_one_machine(texts):
    assert lines_with(MACHINE, texts) == []


def test_no_file_holds_the_address_of_a_package_registry(texts):
    assert lines_with(REGISTRY, texts) == []


def test_nothing_is_left_for_later_in_the_source(texts):
    source = {name: text for name, text in texts.items() if name.endswith((".py", ".mjs", ".js"))}

    assert lines_with(UNFINISHED, source) == []


def test_only_tests_their_script_and_table_builders_look_beside_the_repository(texts):
    product = {name: text for name, text in texts.items() if not MAY_LOOK_BESIDE.match(name)}

    assert lines_with(BESIDE, product) == []


def test_the_patterns_find_what_they_are_for():
    assert WORKPLACE.search("see /wo" + "rk/main")
    assert MACHINE.search('open("/ho' + 'me/anna/x")')
    assert not MACHINE.search("GET /v1/home/x")
    assert REGISTRY.search('"res' + 'olved": "https://x"')
    assert REGISTRY.search("https://regi" + "stry.example.org/a")
    assert UNFINISHED.search("# TO" + "DO later")
    assert BESIDE.search("../sha" + "red/data")
