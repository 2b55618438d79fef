"""Prometheus's own tools, from the image that the distributed product runs."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.machine import lacks_docker

IMAGES = {"promtool": "prom/prometheus:v2.42.0", "amtool": "prom/alertmanager:v0.25.0"}


@pytest.fixture(scope="session")
def tool(root: Path) -> Callable[..., str]:
    """Runs promtool or amtool over the repository, seen at the same paths; what it says if well."""
    lacking = lacks_docker()
    if lacking:
        pytest.skip(lacking)

    def run(name: str, *call: str) -> str:
        command = ["docker", "run", "--rm", "-v", f"{root}:{root}:ro", "-w", str(root)]
        done = subprocess.run(
            [*command, "--entrypoint", name, IMAGES[name], *call],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run
