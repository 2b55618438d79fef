"""The product as compose starts it, under a name and at ports of its own, for tests."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.integration.service import wait_for
from tests.machine import free_port

OWN = ("ingest", "benchmark", "alerts", "gateway", "proxy")
SECRET = "whsec_" + "dGFydGFuLXRhcnRhbi10YXJ0YW4tdGFydGFu"


def find_compose() -> list[str] | None:
    """Return the call of compose that this machine has, the newer first."""
    docker = shutil.which("docker")
    if (
        docker
        and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0
    ):
        return [docker, "compose"]
    found = shutil.which("docker-compose")
    return [found] if found else None


class Stack:
    """A running compose project; ``directory`` takes what the tests add to the file."""

    def __init__(self, root: Path, directory: Path, *, compose: list[str], region: str) -> None:
        self.port, self.prometheus = free_port(), free_port()
        self.name = f"tartan-test-{self.port}"
        more = directory / "more.yml"
        more.write_text(_more(root, directory, region=region), encoding="utf-8")
        self._call = [*compose, "-p", self.name, "--project-directory", str(root)]
        self._call += ["-f", str(root / "docker-compose.yml"), "-f", str(more)]
        self._environment = {
            **os.environ,
            "PORT": str(self.port),
            "PROMETHEUS_PORT": str(self.prometheus),
            # The older compose asks the engine itself: it needs no BuildKit and no newer client.
            "COMPOSE_DOCKER_CLI_BUILD": "0",
            "DOCKER_BUILDKIT": "0" if len(compose) == 1 else "1",
        }

    def run(self, *words: str, seconds: float = 600) -> str:
        """Run compose; return what it printed, AssertionError with its words if it fails."""
        done = subprocess.run(
            [*self._call, *words],
            env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=seconds,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def start(self, *options: str) -> None:
        """Bring it up and wait until every container says that it is well."""
        self.run("up", "-d", *options)
        try:
            wait_for(lambda: not self.unwell(), seconds=400)
        except AssertionError:
            logs = self.run("logs", "--tail", "30")
            raise AssertionError(f"not well: {self.unwell()}\n{logs[-6000:]}") from None

    def unwell(self) -> list[str]:
        """Return the containers that do not say that they are well."""
        states = {c["Name"]: c["State"] for c in self.containers()}
        return [
            name
            for name, state in states.items()
            if state.get("Health", {}).get("Status", state["Status"]) not in {"healthy", "running"}
        ]

    def containers(self, *services: str) -> list[dict[str, Any]]:
        """Return what the engine says of each container, of some services or of all."""
        ids = self.run("ps", "-a", "-q", *services).split() if self.is_new else self._ids(services)
        return inspect(*ids)

    @property
    def is_new(self) -> bool:
        """Whether this is the newer compose, whose ``ps`` leaves out what has ended."""
        return self._call[1] == "compose"

    def _ids(self, services: tuple[str, ...]) -> list[str]:
        return self.run("ps", "-q", *services).split()

    def ask(
        self,
        path: str,
        body: bytes | None = None,
        *,
        type: str = "application/json",
        **headers: str,
    ) -> tuple[int, Any]:
        """Ask through the proxy; return the status, and the JSON or the text of the answer."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers)
        if body is not None:
            request.add_header("Content-Type", type)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, _read(answer)
        except HTTPError as refusal:
            return refusal.code, _read(refusal)

    def received(self) -> list[dict[str, Any]]:
        """Return the webhooks that came, each with its headers and its body."""
        (receiver,) = self.containers("receiver")
        logs = subprocess.run(["docker", "logs", receiver["Id"]], capture_output=True, text=True)
        return [json.loads(line) for line in logs.stdout.splitlines() if line.startswith("{")]

    @contextmanager
    def up(self) -> Iterator["Stack"]:
        """Build what is to be built; take everything down at the end, whatever happened."""
        self.run("build", "gateway", "proxy")
        try:
            yield self
        finally:
            self.run("down", "-v", "--remove-orphans", "-t", "5")


def inspect(*containers: str) -> list[dict[str, Any]]:
    """Return what the engine says of containers."""
    done = subprocess.run(["docker", "inspect", *containers], capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def execute(container: dict[str, Any], *words: str) -> tuple[int, str]:
    """Run something inside a container; return its exit code and what it printed."""
    call = ["docker", "exec", container["Id"], *words]
    done = subprocess.run(call, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def _read(answer: Any) -> Any:
    body = answer.read().decode()
    return json.loads(body) if "json" in answer.headers["Content-Type"] else body


def _more(root: Path, directory: Path, *, region: str) -> str:
    """Return what is added: an audience with a webhook, and who receives it beside alerts."""
    audiences = directory / "audiences.toml"
    audiences.write_text(
        f'[[audience]]\nid = "group-1"\nregion = "{region}"\n'
        f'webhook = {{ url = "http://127.0.0.1:9999/", secret = "{SECRET}" }}\n',
        encoding="utf-8",
    )
    receiver = {
        "image": "tartan",
        "entrypoint": ["python", "/receiver.py"],
        "network_mode": "service:alerts",
        "volumes": [f"{root / 'tests' / 'deploy' / 'receiver.py'}:/receiver.py:ro"],
    }
    alerts = {
        "environment": {"TARTAN_AUDIENCES": "/audiences.toml"},
        "volumes": [f"{audiences}:/audiences.toml:ro"],
    }
    return json.dumps({"services": {"receiver": receiver, "alerts": alerts}})
