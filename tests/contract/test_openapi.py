"""The running product keeps to the API that it describes, whatever it is sent."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).parent / "schemathesis.toml"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_is_sent_to_the_api_it_answers_as_it_describes(
    demonstration_copy,
):
    run = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "--config-file",
            str(CONFIGURATION),
            "run",
            f"{demonstration_copy}/openapi.json",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=15",
            "--seed=20261122",
            "--exclude-path=/v1/events",  # a stream has no end; the browser tests follow it
            "--no-color",
        ],
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-8000:]
