"""All processes of the product, the embedded one too, under the eyes of a real Prometheus."""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from tests.integration.service import Service, wait_for
from tests.machine import free_port

IMAGE = "prom/prometheus:v2.42.0"
AT_ONCE = "5s"
"""In place of the few minutes that most alerts wait before they fire."""


class Prometheus:
    """The product's own configuration and rules, asked every second, over processes of a test."""

    def __init__(self, source: Path, folder: Path, processes: dict[str, Service]) -> None:
        self.port = free_port()
        self._folder = folder
        self.container = ""
        (folder / "rules").mkdir(parents=True)
        for path in source.glob("rules/*.yml"):
            text = path.read_text(encoding="utf-8")
            text = re.sub(r"^( +for: )[125]m$", rf"\g<1>{AT_ONCE}", text, flags=re.MULTILINE)
            (folder / "rules" / path.name).write_text(text, encoding="utf-8")
        config = yaml.safe_load((source / "prometheus.yml").read_text(encoding="utf-8"))
        config["global"] = dict.fromkeys(("scrape_interval", "evaluation_interval"), "1s")
        config["global"]["scrape_timeout"] = "1s"
        del config["alerting"]
        jobs = {job["job_name"] for job in config["scrape_configs"]} | {"tartan"}
        assert jobs == set(processes)
        config["scrape_configs"] = [
            {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{process.port}"]}]}
            for name, process in processes.items()
        ]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)

    def start(self) -> None:
        """Start it, in the network of this machine, where the processes are."""
        call = ["docker", "run", "-d", "--rm", "--network", "host", "-v", f"{self._folder}:/w:ro"]
        options = ["--config.file=/w/prometheus.yml", f"--web.listen-address=127.0.0.1:{self.port}"]
        started = subprocess.run(
            [*call, IMAGE, *options, "--storage.tsdb.path=/tmp/data"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.container = started.stdout.strip()
        wait_for(self.is_ready)

    def is_ready(self) -> bool:
        """Say whether it answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """End it."""
        if self.container:
            subprocess.run(["docker", "kill", self.container], capture_output=True, check=False)

    def ask(self, expression: str) -> list[dict]:
        """Return the series of an expression now; HTTPError if it does not parse."""
        return self._get("query", query=expression)["result"]

    def names(self) -> set[str]:
        """Return the name of every metric that it has seen."""
        return set(self._get("label/__name__/values"))

    def firing(self) -> set[str]:
        """Return the alerts that fire now."""
        found = self.ask('ALERTS{alertstate="firing"}')
        return {series["metric"]["alertname"] for series in found}

    def told(self) -> list[str]:
        """Return what alerts that fire or are about to say of themselves."""
        found = self._get("alerts")["alerts"]
        return [words for alert in found for words in alert["annotations"].values()]

    def _get(self, path: str, **question: str) -> dict:
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urlencode(question)}"
        with urlopen(address, timeout=20) as answer:
            return json.load(answer)["data"]
