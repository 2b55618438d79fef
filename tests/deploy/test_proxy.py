"""The proxy's table says what the services say, and the proxy takes a little more than they do."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.alerts.process import create_app as alerts_app
from services.gateway.process import create_app as gateway_app
from services.ingest.http import WIDER
from services.ingest.process import create_app as ingest_app
from services.runtime.clock import now
from services.runtime.http import BODY_LIMIT
from services.runtime.settings import Settings

RULE = re.compile(r'^    "(~?)([A-Z\[^].*)" (ingest|alerts|gateway);$', re.MULTILINE)
MIB = 1024 * 1024
Route = Callable[[str, str], str]


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "deploy" / "proxy"


@pytest.fixture(scope="module")
def rules(folder: Path) -> list[tuple[str, str]]:
    """Each line of the table: what it fits, as a regular expression, and who answers."""
    text = (folder / "routes.conf").read_text(encoding="utf-8")
    found = [
        (asked if is_pattern else f"^{re.escape(asked)}$", service)
        for is_pattern, asked, service in RULE.findall(text)
    ]
    assert len(found) == text.count(";") - 1, "a line of the table is not understood here"
    assert "    default gateway;" in text
    return found


@pytest.fixture(scope="module")
def route(rules: list[tuple[str, str]]) -> Route:
    """Which service the proxy asks, as nginx reads its table."""

    def ask(method: str, path: str) -> str:
        asked = f"{method} {path}"
        return next((who for what, who in rules if re.search(what, asked)), "gateway")

    return ask


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """Every operation of the API: the service that has it, its method, a path that it answers."""
    settings, outbox = Settings(), tmp_path_factory.mktemp("outbox")
    apps = {
        "ingest": ingest_app(settings, now=now),
        "alerts": alerts_app(settings, outbox=outbox, now=now),
        "gateway": gateway_app(settings, now=now),
    }
    found = [
        (service, method.upper(), re.sub(r"\{\w+\}", "a1", path))
        for service, app in apps.items()
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    ]
    assert len(found) > 25
    return found


def test_every_operation_is_asked_of_the_service_that_has_it(operations, route):
    assert [
        f"{method} {path}: {service}'s, asked of {route(method, path)}"
        for service, method, path in operations
        if route(method, path) != service
    ] == []


def test_every_line_of_the_table_leads_to_an_operation(operations, rules):
    asked = [f"{method} {path}" for _, method, path in operations]

    assert [what for what, _ in rules if not any(re.search(what, each) for each in asked)] == []


def test_every_page_is_asked_of_the_gateway(rules, route):
    assert all(re.search(r"/v1/", what.replace("\\", "")) for what, _ in rules)
    assert {route("GET", path) for path in ("/", "/rug", "/alerts/a1", "/returns/a1")} == {
        "gateway"
    }
    assert route("POST", "/alerts/a1") == "gateway"


def limits(text: str) -> Iterator[int]:
    yield from (int(size) * MIB for size in re.findall(r"client_max_body_size (\d+)m;", text))


def test_a_body_that_is_too_large_is_refused_in_the_services_own_words(folder):
    ordinary, wide = limits((folder / "nginx.conf").read_text(encoding="utf-8"))

    assert list(WIDER) == ["/v1/published"]
    assert BODY_LIMIT < ordinary < 2 * BODY_LIMIT
    assert WIDER["/v1/published"] < wide < 2 * WIDER["/v1/published"]


def test_each_service_is_asked_at_the_port_that_it_listens_on(folder):
    from services.embedded.command import _parser

    text = (folder / "start").read_text(encoding="utf-8")
    asked = {name: int(port) for name, port in re.findall(r"(\w+)\$domain:(\d+);", text)}

    assert set(asked) == {"ingest", "alerts", "gateway"}
    assert asked == {name: _parser().parse_args([name]).port for name in asked}


def test_the_problem_that_the_proxy_names_has_its_page(folder):
    from services.gateway.pages.prose import PROBLEMS

    named = re.findall(r"/problems/([a-z-]+)", (folder / "nginx.conf").read_text(encoding="utf-8"))

    assert len(named) == 3
    assert set(named) <= set(PROBLEMS)
