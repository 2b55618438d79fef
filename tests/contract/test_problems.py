"""Every refusal of the API is a problem document in plain words whose type can be read up."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from schemas.events import Severity
from schemas.reference import DEMONSTRATION, load_library
from schemas.rule import RULES
from services.embedded.app import create_app
from services.embedded.wiring import assemble
from services.gateway.pages.prose import PROBLEMS
from services.ingest.core.document import Format
from services.ingest.example import example_csv, example_json
from services.ingest.http import WIDER
from services.runtime.http import BODY_LIMIT
from services.runtime.log import LogDamaged, LogUnavailable, LogUncertain
from services.runtime.memory_log import MemoryLog
from services.runtime.settings import Settings
from tests.unit.ingest.ugly.page import GOLDEN

PERIOD = "/v1/periods/riia-quarterly/2026-27-Q2"
WRITTEN = ("application/json", "text/csv", Format.XLSX.value, "multipart/form-data", "image/png")
BODIES = (b"", b"{", b"[]", b'{"x": 1}', b"\x80\x81", b"\x00", b"upn,surname\nA1,B\n")
ODD = ("none", "☠", "-1", "9" * 70)
"""Values that no parameter has."""
WORDS_OF_MACHINES = re.compile(
    r"\binvalid\b|\bvalid (?:integer|string|dictionary|list|boolean|number)|(?-i:\bNone\b)"
    r"|exception|Traceback|\{|\bnull value\b|unprocessable|bad request",
    re.IGNORECASE,
)


class Sick(MemoryLog):
    """A log that fails in the way it is told to, until it is told otherwise."""

    ails: Exception | None = None

    def append(self, records, *, commit=None):
        if self.ails is not None:
            raise self.ails
        return super().append(records, commit=commit)


@pytest.fixture(scope="module")
def log() -> Sick:
    return Sick()


@pytest.fixture(scope="module")
def client(log, tmp_path_factory) -> Iterator[TestClient]:
    """The whole product in one app, with nothing in its log and nothing turning."""
    product = assemble(
        log,
        directory=tmp_path_factory.mktemp("product"),
        nation=DEMONSTRATION,
        library=load_library(),
        settings=Settings(),
        now=lambda: datetime(2026, 10, 20, 9, tzinfo=UTC),
    )
    yield TestClient(create_app(product), raise_server_exceptions=False)
    product.desk.close()


@pytest.fixture(scope="module")
def operations(client) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything that the API does, but for its endless stream."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path != "/v1/events"
    ]


def asked(client, operations) -> Iterator[Any]:
    """The answers to requests of which each has something wrong."""
    for method, path, operation in operations:
        queries = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
        for odd in ODD:
            place = re.sub(r"\{\w+\}", odd, path)
            yield client.request(method, place)
            yield client.request(method, place, params=dict.fromkeys(queries, odd))
        yield client.delete(re.sub(r"\{\w+\}", "none", path))
        for body in BODIES if method == "POST" else ():
            for media in WRITTEN:
                place = re.sub(r"\{\w+\}", "none", path)
                yield client.post(place, content=body, headers={"content-type": media})
        if method == "POST":
            yield client.post(path, content=b"x" * (WIDER.get(path, BODY_LIMIT) + 1))
    yield client.get("/v1/nothing", headers={"accept": "text/html"})
    yield client.get("/v2/returns")


def refused(client, log) -> Iterator[Any]:
    """The answers to requests that are whole and cannot be granted all the same."""
    yield client.post("/v1/returns", json=example_json())
    yield client.post(f"{PERIOD}/close")
    yield client.post(f"{PERIOD}/open", params={"due": "2026-08-01"})
    assert client.post(f"{PERIOD}/open").status_code == 200
    first = client.post("/v1/returns", json=example_json())
    assert first.status_code == 202
    corrected = json.dumps(example_json()).replace("2310", "2311")
    place = first.headers["location"]
    said = {"explanations": [{"indicator": "CP04", "text": "so"}, {"indicator": "none"}]}
    yield client.post(f"{place}/explanations", json=said)
    yield client.post(f"{place}/explanations", json={"explanations": []})
    for reason in ("", "x" * 2001, "The pupil A123456789012."):
        yield client.post(f"{place}/withdrawal", json={"reason": reason})
    second = client.post("/v1/returns", content=corrected, headers={"content-type": WRITTEN[0]})
    assert second.status_code == 202
    yield client.post("/v1/returns", json=example_json())
    yield client.post("/v1/returns", json=example_json(), params={"supersedes": "none"})
    yield client.post(f"{place}/withdrawal", json={"reason": "Counted twice."})
    yield client.post(f"{place}/explanations", json={"explanations": [{"text": "so"}]})
    for fault in (LogUnavailable("disk"), LogUncertain("disk"), LogDamaged("disk"), OSError("x")):
        log.ails = fault
        yield client.post("/v1/returns", content=example_csv().replace("2310", "2312"),
                          headers={"content-type": WRITTEN[1]})  # fmt: skip
    log.ails = None
    client.post(f"{PERIOD}/close")
    yield client.post(f"{PERIOD}/open")


def test_every_refusal_is_a_problem_document_in_plain_words_and_its_type_can_be_read(
    client, log, operations
):
    types, statuses = set(), set()

    for answer in (*asked(client, operations), *refused(client, log)):
        asking = f"{answer.request.method} {answer.request.url}: {answer.text[:300]}"
        assert answer.request.method != "DELETE" or answer.status_code == 405, asking
        if answer.status_code < 400:
            continue
        assert answer.headers["content-type"] == "application/problem+json", asking
        problem = answer.json()
        assert problem["status"] == answer.status_code, asking
        assert problem["instance"] == answer.request.url.path, asking
        for words in (problem["title"], problem["detail"], *details(problem)):
            assert not WORDS_OF_MACHINES.search(words), words
        for words in (problem["detail"], *details(problem)):
            assert words.endswith((".", "?")), words
        types.add(problem["type"])
        statuses.add(answer.status_code)

    assert {400, 404, 405, 409, 413, 415, 422, 500, 503} == statuses
    assert len(types) >= 16
    for name in types:
        page = client.get(name, headers={"accept": "text/html"})
        assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html"), name


def details(problem) -> list[str]:
    """What a problem says of each fault: what is wrong and, of a return, what to do."""
    return [
        words
        for error in problem.get("errors", [])
        for words in (error["detail"], error.get("fix"))
        if words
    ]


def test_a_type_that_a_service_names_has_a_page_and_every_page_is_of_one_that_is_named(root):
    named = set()
    for file in (root / "services").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        slugs = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        named |= slugs & PROBLEMS.keys() if file.name != "prose.py" else set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                slug = node.args[1]
                if isinstance(slug, ast.Constant):
                    assert slug.value in PROBLEMS, f"{file.name}:{node.lineno}"
    proxy = (root / "deploy" / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    named |= set(re.findall(r"/problems/([a-z-]+)", proxy))

    assert named == PROBLEMS.keys()
    assert all(words.endswith(".") for words in PROBLEMS.values())


def test_all_that_is_said_of_ugly_files_is_whole_sentences_in_plain_words():
    lines = [line for file in GOLDEN.glob("*.txt") for line in file.read_text().splitlines()]
    said = [
        match[1] for line in lines if (match := re.match(r"  (?:error|query|notice) (.+)", line))
    ]
    fixes = [line.strip() for line in lines if re.match(r"    (?!at )\S", line)]

    assert len(said) == len(fixes) > 200
    for words in (*said, *fixes):
        assert words.endswith((".", "?")), words
        assert not WORDS_OF_MACHINES.search(words), words
    assert {code for words in said if (code := words.partition(":")[0]) not in RULES} == set()


def test_no_text_of_the_product_calls_anything_invalid(root: Path):
    said = [
        f"{file.relative_to(root)}:{node.lineno}: {node.value[:60]}"
        for folder in ("schemas", "services")
        for file in (root / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"\binvalid\b", node.value, re.IGNORECASE)
    ]
    pages = [
        str(file.relative_to(root))
        for file in (root / "services" / "gateway" / "templates").rglob("*.html")
        if re.search(r"\binvalid\b", file.read_text(encoding="utf-8"), re.IGNORECASE)
    ]

    assert said + pages == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_says_what_to_do_next_and_a_notice_when_there_is_nothing(rule):
    first = rule.fix.split()[0].strip(",.")

    assert rule.title.endswith(".")
    assert not rule.fix.startswith("Nothing")
    assert rule.severity is not Severity.ERROR or (first, rule.fix.split()[1]) != ("Do", "nothing")
    assert not WORDS_OF_MACHINES.search(re.sub(r"\{\w+\}", "x", f"{rule.one} {rule.fix}"))
