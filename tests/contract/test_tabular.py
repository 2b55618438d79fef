"""The contract of the tidy table, read by the readers that others use: Frictionless and csvw."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.documents import CONTRACTS
from schemas.reference import load_library
from schemas.tabular import DIALECTS, FILE
from schemas.tidy import FIELDS, GUIDANCE, LARGEST, LONGEST_NOTE
from services.ingest.core.fault import Column
from services.ingest.core.template import COLUMNS
from services.ingest.desk import Desk
from services.ingest.example import example_csv
from services.ingest.http import router
from services.runtime.clock import now
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install

COLLECTIONS = ("early-help-quarterly", "regional-quarterly", "riia-quarterly")
TOOLS = Path(sys.executable).parent
HEADER, *ROWS = example_csv().splitlines()


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    install(app)
    app.include_router(router(Desk(MemoryLog(), library=load_library(), nation="demo", now=now)))
    return TestClient(app)


@pytest.fixture
def folder(tmp_path):
    """Puts a file beside its contracts, as a developer does, and returns the folder."""

    def put(*rows: str) -> Path:
        (tmp_path / FILE).write_text("\r\n".join([HEADER, *rows]) + "\r\n", encoding="utf-8")
        for name in DIALECTS:
            contract = (CONTRACTS / f"riia-quarterly.{name}").read_bytes()
            (tmp_path / name).write_bytes(contract)
        return tmp_path

    return put


def run(folder: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = TOOLS / tool
    if not program.is_file():
        pytest.skip(f"{tool} is not installed ('make setup' installs it)")
    return subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("frictionless", ("validate", "datapackage.json")),
        ("frictionless", ("validate", FILE, "--schema", "table-schema.json")),
        ("csvwvalidate", ("csv-metadata.json",)),
    ],
)
def test_the_example_of_a_return_holds_its_contract_in_every_dialect(folder, tool, arguments):
    done = run(folder(*ROWS), tool, *arguments)

    assert done.returncode == 0, done.stdout + done.stderr


FAULTS = {
    "numerator": ("FD01,2310", "FD01,-5"),
    "denominator": ("CP04,77,94", "CP04,77,ninety"),
    "indicator": (",FD03,", ",FD99,"),
    "symbol": (",x,the", ",q,the"),
    "authority": ("D01,riia-quarterly,2026-27-Q2,LA01", ",riia-quarterly,2026-27-Q2,LA01"),
    "period": ("2026-27-Q2,LA02", "quarter two,LA02"),
    "collection": ("riia-quarterly,2026-27-Q2,LA03", "weekly,2026-27-Q2,LA03"),
}


def faulty(*columns: str) -> list[str]:
    text = "\n".join(ROWS)
    for column in columns:
        right, wrong = FAULTS[column]
        assert right in text, column
        text = text.replace(right, wrong, 1)
    return text.split("\n")


def test_frictionless_finds_by_the_contract_what_is_wrong_with_each_column(folder):
    done = run(folder(*faulty(*FAULTS)), "frictionless", "validate", "datapackage.json", "--json")
    (task,) = json.loads(done.stdout)["tasks"]

    assert {error["fieldName"] for error in task["errors"]} == set(FAULTS)
    assert len(task["errors"]) == len(FAULTS)


@pytest.mark.parametrize("column", FAULTS)
def test_csvw_refuses_by_the_contract_what_is_wrong_with_a_column(folder, column):
    assert run(folder(*faulty(column)), "csvwvalidate", "csv-metadata.json").returncode != 0


def test_a_row_that_is_there_twice_breaks_the_contract(folder):
    twice = folder(*ROWS, ROWS[0])

    assert run(twice, "frictionless", "validate", "datapackage.json").returncode != 0
    assert run(twice, "csvwvalidate", "csv-metadata.json").returncode != 0


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("name", DIALECTS)
def test_the_api_serves_the_contracts_that_are_committed(client, collection, name):
    answer = client.get(f"/v1/contracts/{collection}/{name}")
    committed = CONTRACTS / f"{collection}.{name}"

    assert answer.json() == json.loads(committed.read_text(encoding="utf-8"))
    assert answer.headers["content-type"].endswith("+json")


def test_there_is_no_contract_of_a_collection_that_is_none(client):
    answer = client.get("/v1/contracts/weekly/datapackage.json")

    assert answer.status_code == 404
    assert "weekly" in answer.json()["detail"]


def test_the_contract_and_the_check_speak_of_the_same_columns_and_limits():
    assert [field.name for field in FIELDS] == list(Column)
    assert set(COLUMNS) == {*Column, *GUIDANCE}
    assert (LARGEST, LONGEST_NOTE) == (10_000_000, 2_000)


def test_every_collection_of_the_catalogue_has_its_contracts():
    indicators = load_library().catalogues[max(load_library().catalogues)].values()

    assert {indicator.collection for indicator in indicators} == set(COLLECTIONS)
