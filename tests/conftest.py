"""What every test may ask for. Tests take fixtures from here and import nothing."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
BY_FOLDER = {
    "integration": "integration",
    "e2e": "integration",
    "faults": "faults",
    "bench": "bench",
}
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


@contextmanager
def _served(data: Path, *options: str) -> Iterator[str]:
    """Run ``tartan serve`` on a free port of loopback; it must drain and end well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
