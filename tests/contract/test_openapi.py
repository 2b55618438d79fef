"""The API's description is whole, takes back nothing that was released, and is kept to."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract.openapi import document

HERE = Path(__file__).parent
CONFIGURATION = HERE / "schemathesis.toml"
RELEASED = HERE / "released"
PLACES = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
FEW = 15
"""How many requests each phase makes of an operation where nobody asks for more."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of today's document."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_text(json.dumps(document()), encoding="utf-8")
    return file


def test_the_description_is_what_openapi_3_1_says_one_is(described):
    found = OpenAPIV31SpecValidator(json.loads(described.read_bytes())).iter_errors()

    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in found] == []


def test_neither_redocly_nor_spectral_finds_anything_to_better(described, root):
    node = shutil.which("node", path=PLACES)
    if node is None or not (root / "node_modules" / "@redocly").is_dir():
        pytest.skip("Redocly and Spectral are not installed ('make test' installs them)")

    run = subprocess.run(
        [node, str(HERE / "openapi.mjs"), str(described)], capture_output=True, text=True
    )

    assert run.returncode == 0, run.stderr


def test_nothing_that_was_released_is_taken_back(described):
    oasdiff = shutil.which("oasdiff", path=PLACES)
    if oasdiff is None:
        pytest.skip("oasdiff is not installed ('make test' builds it where there is Go)")
    accepted = RELEASED / "accepted.txt"

    for released in sorted(RELEASED.glob("openapi-*.json")):
        run = subprocess.run(
            [
                *(oasdiff, "breaking", str(released), str(described)),
                *("--err-ignore", str(accepted), "--warn-ignore", str(accepted)),
                *("--fail-on", "WARN", "--color", "never"),
            ],
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, f"{released.name}: {run.stdout}{run.stderr}"


def test_the_description_of_the_newest_release_is_kept(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    kept = RELEASED / f"openapi-{project['version']}.json"

    assert kept.is_file(), f"write it: python -m tests.contract.openapi > {kept.name}"
    assert json.loads(kept.read_bytes())["info"]["version"] == project["version"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_whatever_is_sent_to_the_api_it_answers_as_it_describes(request, demonstration_copy):
    examples = request.config.getoption("--examples", default=0) or FEW
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            *("--config-file", str(CONFIGURATION)),
            *("run", f"{demonstration_copy}/openapi.json"),
            "--phases=examples,coverage,fuzzing,stateful",
            f"--max-examples={examples}",
            "--seed=20261122",
            "--exclude-path=/v1/events",  # a stream has no end; the browser tests follow it
            "--no-color",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    print(run.stdout[-1500:])
    assert run.returncode == 0, run.stdout[-8000:]


@pytest.mark.slow
def test_the_services_describe_one_api_each_schema_under_one_name_each_group_under_one_tag(
    demonstration,
):
    with urllib.request.urlopen(f"{demonstration}/openapi.json", timeout=30) as answer:
        served = json.load(answer)
    operations = [o for path in served["paths"].values() for o in path.values()]
    tags = {tag for operation in operations for tag in operation["tags"]}

    assert [name for name in served["components"]["schemas"] if "__" in name] == []
    assert tags == {tag["name"] for tag in served["tags"]}
    assert len({tag.lower() for tag in tags}) == len(tags)
    assert {(p, m) for p, o in served["paths"].items() for m in o} == {
        (p, m) for p, o in document()["paths"].items() for m in o
    }
