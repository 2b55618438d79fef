"""One set of figures in every format, and a door over an empty log to send them to."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.events import ReturnAccepted, TextSet
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.ingest.example import example_json
from services.ingest.http import router
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install
from tests.unit.ingest.ugly.edit import HEADER
from tests.unit.ingest.ugly.pack import book, table

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
CSV = {"content-type": "text/csv"}
XLSX = {"content-type": Format.XLSX.value}

ODD = {"FD01": 4700, "CP09": 4, "WF01": 201.2}
"""Figures that are asked about, small, or have a decimal."""
FAULTY = {"FD03": -815, "FD04": 900, "CN02": 102.5, "WF01": 201.25, "SE01": 99_999_999}


def as_json(**changes: float) -> str:
    example = example_json()
    for observation in example["observations"]:
        if observation["indicator"] in changes:
            observation["numerator"] = changes[observation["indicator"]]
    return json.dumps(example)


def as_csv(**changes: float) -> str:
    data = json.loads(as_json(**changes))
    lines = [
        ",".join(
            str(each.get(name, data.get(name, "")) if each.get(name) is not None or name in data
                else "")
            for name in HEADER.split(",")
        )
        for each in data["observations"]
    ]  # fmt: skip
    return "\r\n".join([HEADER, *lines]) + "\r\n"


def as_wide(**changes: float) -> str:
    data = json.loads(as_json(**changes))
    cells = {name: data[name] for name in ("authority", "collection", "period")}
    for each in data["observations"]:
        cells |= {f"{each['indicator']} {k}": v for k, v in each.items() if k != "indicator"}
    return ",".join(cells) + "\r\n" + ",".join(map(str, cells.values())) + "\r\n"


def as_workbook(**changes: float) -> bytes:
    rows = table(as_csv(**changes))
    for row in rows[1:]:
        changed = changes.get(row[3])
        row[4] = row[4] if changed is None else changed
    return book(rows=rows)


OF_THE_FILE = {"F003", "F009", "S039"}
"""Notices of how a file was read: they are the file's own, not the figures'."""


@dataclass
class Office:
    """A door of its own over an empty log, with the quarter before returned."""

    client: TestClient
    log: MemoryLog
    desk: Desk

    def digest(self) -> str:
        """Return the hash of the newest stored observations, notes by their words."""
        texts = {
            event.data.id: event.data.text
            for event in map(decode, (stored.record for stored in self.log.read(Topic.TEXTS)))
            if isinstance(event.data, TextSet)
        }
        events = [decode(stored.record).data for stored in self.log.read(Topic.RETURNS)]
        accepted = [each for each in events if isinstance(each, ReturnAccepted)][-1]
        stored = [
            {**each.model_dump(mode="json"), "note": texts.get(each.note)}
            for each in accepted.observations
        ]
        said = [each.model_dump(mode="json") for each in accepted.findings]
        assert len(stored) == 31
        own = [each for each in said if each["code"] not in OF_THE_FILE]
        text = json.dumps([stored, own], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def findings(self, sent: dict) -> list[tuple]:
        """Return what a check says of the figures, without where each file has them."""
        answer = self.client.post("/v1/validations", **sent)
        assert answer.status_code == 200, answer.text
        return [
            (each["code"], each["severity"], each["indicators"], each["detail"], each["fix"])
            for each in answer.json()["findings"]
            if each["code"] not in OF_THE_FILE
        ]


def open_office() -> Iterator[Office]:
    """Give a door over a log in which the quarter before was returned."""
    log = MemoryLog()
    desk = Desk(
        log,
        library=load_library(),
        nation="demo",
        now=lambda: NOW,
    )
    app = FastAPI()
    install(app)
    app.include_router(router(desk))
    client = TestClient(app)
    for period in ("2026-27-Q1", PERIOD):
        assert client.post(f"/v1/periods/{COLLECTION}/{period}/open").status_code == 200
    before = as_csv().replace(PERIOD, "2026-27-Q1")
    assert client.post("/v1/returns", content=before, headers=CSV).status_code == 202
    yield Office(client, log, desk)
    desk.close()
