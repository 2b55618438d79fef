"""What every test may ask for. Tests take fixtures from here and import nothing."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.machine import (
    KAFKA,
    NO_CONTAINERS,
    REDIS,
    broker_options,
    free_port,
    lacks_docker,
)

ROOT = Path(__file__).resolve().parent.parent
BY_FOLDER = {
    "integration": "integration",
    "e2e": "integration",
    "faults": "faults",
    "bench": "bench",
    "chaos": "chaos",
}
ALONE = {"kafka", "redis", "stack", "tool"}
"""Fixtures whose tests have containers, which want the machine for themselves."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# A busy machine is no fault of the code: no example has a deadline. On CI the examples are fixed.
settings.register_profile(
    "house", parent=settings.get_profile("ci" if "CI" in os.environ else "default"), deadline=None
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by the folder it lies in and by what it asks for: the product, a browser."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in BY_FOLDER:
            item.add_marker(BY_FOLDER[folder])
        asks_for = set(getattr(item, "fixturenames", ()))
        if {"demonstration", "demonstration_data"} & asks_for:
            item.add_marker("integration")
        if "chromium" in asks_for:
            item.add_marker("browser")
        if ALONE & asks_for:
            item.add_marker("alone")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published figures and independent vectors that stands beside the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "vectors").is_dir():
        pytest.skip("the published figures and vectors (../shared) are not beside the repository")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that the machine has; CHROMIUM names another one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A browser for one module: its driver runs a loop, beside which no asyncio test can run."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def openssl() -> str:
    """The path of an openssl that the machine has."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("no openssl on this machine (Debian: apt-get install openssl)")
    return found


@pytest.fixture(scope="session")
def axe() -> str:
    """The text of axe-core's script, to be run in a page under test."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip("axe-core is not installed ('make test' installs it)")
    return script.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def faults_of_html() -> Callable[[Mapping[str, str]], list[str]]:
    """A function from pages by name to what html-validate finds wrong with them."""
    places = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node = shutil.which("node", path=places)
    if node is None or not (ROOT / "node_modules" / "html-validate").is_dir():
        pytest.skip("html-validate is not installed ('make test' installs it)")

    def check(pages: Mapping[str, str]) -> list[str]:
        done = subprocess.run(
            [node, str(ROOT / "tests" / "e2e" / "html.mjs")],
            input=json.dumps(dict(pages)),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return check


@pytest.fixture(scope="session")
def demonstration_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the demonstration region; copy it before changing anything."""
    data = tmp_path_factory.mktemp("demonstration") / "data"
    with _served(data, "--demo"):
        pass
    return data


@pytest.fixture(scope="session")
def demonstration(demonstration_data: Path) -> Iterator[str]:
    """The address of the running product with the demonstration region; change nothing there."""
    with _served(demonstration_data) as url:
        yield url


@pytest.fixture
def demonstration_copy(demonstration_data: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a product of the test's own with the demonstration region, to be changed."""
    shutil.copytree(demonstration_data, tmp_path / "data")
    with _served(tmp_path / "data") as url:
        yield url


@dataclass(kw_only=True)
class Machine:
    """A server in a container, which can be made to stand still."""

    address: str
    container: Any
    numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let it stand still for a block, its connections open."""
        self.container.pause()
        try:
            yield
        finally:
            self.container.unpause()


@dataclass(kw_only=True)
class Broker(Machine):
    """A Kafka of one broker.

    ``guarded`` is the address that takes TLS and a password alone: the user tartan's is "let me
    in". ``certificate`` is what it shows there, which vouches for itself.
    """

    guarded: str
    certificate: Path


@pytest.fixture(scope="session")
def kafka(certificate: tuple[Path, Path]) -> Iterator[Broker]:
    """An Apache Kafka that is empty at first and that the whole run shares."""
    _need_docker()
    testcontainers = pytest.importorskip("testcontainers.core.container", reason=NO_CONTAINERS)
    port, guarded = free_port(), free_port()
    keys = _in_one_file(*certificate)
    container = testcontainers.DockerContainer(KAFKA).with_volume_mapping(str(keys), "/keys.pem")
    container.with_bind_ports(9092, port).with_bind_ports(9095, guarded)
    for name, value in _kafka_options(port, guarded).items():
        container.with_env(f"KAFKA_{name}", value)
    with container:
        broker = container.get_wrapped_container()
        for _ in range(300):
            if b"Kafka Server started" in broker.logs():
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"Kafka did not start:\n{broker.logs().decode()[-2000:]}")
        yield Broker(
            address=f"127.0.0.1:{port}",
            container=broker,
            guarded=f"127.0.0.1:{guarded}",
            certificate=keys,
        )


def _need_docker() -> None:
    """Skip where no Docker engine answers."""
    lacking = lacks_docker()
    if lacking:
        pytest.skip(lacking)
    # Its reaper is an image of its own; containers end with the run's fixtures.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate of loopback's, good for two days."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    key, own = folder / "key.pem", folder / "certificate.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", names, "-keyout", key, "-out", own],
        capture_output=True, check=True,
    )  # fmt: skip
    return key, own


def _in_one_file(key: Path, certificate: Path) -> Path:
    """Return a file of both that a container's user may read, as a broker wants it."""
    both = key.parent / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    both.chmod(0o644)
    return both


def _kafka_options(port: int, guarded: int) -> dict[str, str]:
    options = broker_options(port, heap="400m")
    return options | {
        "LISTENERS": f"{options['LISTENERS']},GUARDED://:9095",
        "ADVERTISED_LISTENERS": (
            f"{options['ADVERTISED_LISTENERS']},GUARDED://127.0.0.1:{guarded}"
        ),
        "LISTENER_SECURITY_PROTOCOL_MAP": (
            f"{options['LISTENER_SECURITY_PROTOCOL_MAP']},GUARDED:SASL_SSL"
        ),
        "LISTENER_NAME_GUARDED_SSL_KEYSTORE_TYPE": "PEM",
        "LISTENER_NAME_GUARDED_SSL_KEYSTORE_LOCATION": "/keys.pem",
        "LISTENER_NAME_GUARDED_SASL_ENABLED_MECHANISMS": "PLAIN",
        "LISTENER_NAME_GUARDED_PLAIN_SASL_JAAS_CONFIG": (
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
            ' user_tartan="let me in";'
        ),
        "LOG_CLEANER_BACKOFF_MS": "500",
    }


@pytest.fixture
def kafka_settings(kafka: Broker) -> Any:
    """Settings of the running Kafka, with topics of the test's own that nobody has written to."""
    from services.runtime.kafka.setting import KafkaSettings
    from services.runtime.kafka.topic import prepare

    settings = KafkaSettings(
        servers=kafka.address, prefix=f"test{next(kafka.numbers)}.", partitions=2, replicas=1
    )
    prepare(settings)
    return settings


@dataclass(kw_only=True)
class Cabinet(Machine):
    """A Redis, which can be emptied."""

    def run(self, *command: str) -> str:
        """Run ``redis-cli`` inside; return what it printed."""
        code, output = self.container.exec_run(["redis-cli", *command])
        assert code == 0, output
        return output.decode().strip()


@pytest.fixture(scope="session")
def redis() -> Iterator[Cabinet]:
    """A Redis that is empty at first and that the whole run shares."""
    _need_docker()
    containers = pytest.importorskip("testcontainers.community.redis", reason=NO_CONTAINERS)
    port = free_port()
    with containers.RedisContainer(REDIS).with_bind_ports(6379, port) as container:
        yield Cabinet(address=f"127.0.0.1:{port}", container=container.get_wrapped_container())


@pytest.fixture
def redis_settings(redis: Cabinet) -> Any:
    """Settings of the running Redis, with keys of the test's own."""
    from services.runtime.redis.setting import RedisSettings

    return RedisSettings(url=f"redis://{redis.address}/0", prefix=f"test{next(redis.numbers)}")


@contextmanager
def _served(data: Path, *options: str) -> Iterator[str]:
    """Run ``tartan serve`` on a free port of loopback; it must drain and end well."""
    port = free_port()
    command = [sys.executable, "-m", "services.embedded.command", "serve", *options]
    output = data.parent / "output.txt"
    with output.open("wb") as stream:
        server = subprocess.Popen(
            [*command, "--data", str(data), "--port", str(port)],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/ready", server, output)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        assert server.wait(30) == 0, output.read_text(encoding="utf-8")[-2000:]


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], output: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if all(check["ok"] for check in json.load(answer).values()):
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the product did not get ready:\n{output.read_text(encoding='utf-8')[-2000:]}")
