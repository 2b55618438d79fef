"""Records that nobody can read and cores that raise: parked or stopped at, shown, put right."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.codec import Record, encode
from schemas.events import Event, PeriodOpened, TextSet, TimePassed, derived_id
from schemas.topics import Producer, Topic
from services.embedded.command import main
from services.runtime.directory import LOG_FILE, DirectoryLock
from services.runtime.sqlite_log import SqliteLog
from tests.faults.client import Sender
from tests.faults.history import FIRST, write_return
from tests.faults.ledger import read_ledger

TIME = "2026-09-14T09:00:00.000Z"
GOOD = {
    Topic.RETURNS: PeriodOpened(collection="early-help-quarterly", period=FIRST, due="2026-11-30"),
    Topic.ALERTS: TimePassed(moment=TIME),
    Topic.TEXTS: TextSet(id="a-text", kind="note", text="words"),
}
KINDS = ("undecodable bytes", "unknown type", "wrong topic", "broken body", "no attributes")


def poison(topic: Topic, kind: str) -> Record:
    """Return a record that cannot be read, of a kind, fit for any topic."""
    payload = GOOD.get(topic, GOOD[Topic.RETURNS])
    event = Event(derived_id(topic, kind), "demo", Producer.INGEST, TIME, payload)
    good = replace(encode(event), topic=topic)
    match kind:
        case "undecodable bytes":
            return replace(good, headers=good.headers | own_type(topic), value=b"\xff\x00{")
        case "unknown type":
            return replace(good, headers=good.headers | {"ce_type": "weather.changed.v7"})
        case "wrong topic":
            other = "time.passed.v1" if topic is not Topic.ALERTS else "period.opened.v1"
            return replace(good, headers=good.headers | {"ce_type": other})
        case "broken body":
            return replace(good, headers=good.headers | own_type(topic), value=b'{"period":7}')
        case _:
            return replace(good, headers={})


def own_type(topic: Topic) -> dict[str, str]:
    """Return the name of a type that belongs on the topic."""
    names = {
        Topic.RETURNS: "period.opened.v1",
        Topic.STANDINGS: "standings.updated.v1",
        Topic.ALERTS: "signature.raised.v1",
        Topic.TEXTS: "text.set.v1",
        Topic.PARKED: "record.parked.v1",
    }
    return {"ce_type": names[topic]}


def append(data: Path, records: Iterable[Record]) -> list[tuple[Topic, int]]:
    """Put raw records into the log of a directory that nobody holds; return their places."""
    given = list(records)
    with DirectoryLock(data):
        log = SqliteLog(data / LOG_FILE)
        offsets = log.append(given)
        log.close()
    return [(record.topic, offset) for record, offset in zip(given, offsets, strict=True)]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def parked_records(sender: Sender) -> str:
    """Return the number that the metric shows."""
    text = sender.request("GET", "/metrics").body["text"]
    return next(line for line in text.splitlines() if line.startswith("tartan_parked_records "))


def test_poison_on_every_topic_is_parked_and_the_rest_goes_on(sender, receiver, capsys):
    data = sender.order.directory
    sender.stop()
    # One text replaces another under the same key: a compacted topic keeps the last alone.
    records = [poison(topic, kind) for topic in Topic for kind in KINDS]
    records = [
        replace(record, key=f"{record.key}-{number}") if record.topic is Topic.TEXTS else record
        for number, record in enumerate(records)
    ]
    places = append(data, records)

    body = write_return("D03", FIRST, families=430)
    accepted = sender.request("POST", "/v1/returns", body)
    sender.settle()

    assert accepted.status == 202
    ready = sender.request("GET", "/ready")
    assert ready.status == 200
    assert ready.body["parked"]["detail"].startswith(f"{len(places)} parked, the rest goes on")
    assert parked_records(sender) == f"tartan_parked_records {len(places)}.0"
    shown = sender.request("GET", f"/v1/standings?authority=D03&period={FIRST}").body["items"]
    assert len(shown) == 31
    assert receiver.hooks

    assert sender.stop()
    code, listed, _ = run(capsys, "parked", "list", "--data", data)
    assert code == 0
    assert len(listed.splitlines()) == len(places)
    assert {tuple(line.split()[:2]) for line in listed.splitlines()} == {
        (str(topic), str(offset)) for topic, offset in places
    }
    assert all(line.endswith("waits") for line in listed.splitlines())
    for (topic, offset), record in zip(places, records, strict=True):
        code, whole, _ = run(capsys, "parked", "show", topic, offset, "--data", data)
        assert code == 0
        assert json.loads(whole)["headers"] == record.headers
        code, _, why = run(capsys, "parked", "replay", topic, offset, "--data", data)
        assert code == 1
        assert "stays parked" in why
    assert read_ledger(data).verified[0] == 0


def test_what_is_parked_is_parked_once_whoever_starts_and_however_often(sender):
    data = sender.order.directory
    sender.stop()
    append(data, [poison(topic, "broken body") for topic in Topic])

    for _ in range(3):
        sender.settle()
        assert parked_records(sender) == f"tartan_parked_records {len(Topic)}.0"
        sender.stop()

    log = SqliteLog(data / LOG_FILE, read_only=True)
    parked = log.read(Topic.PARKED)
    log.close()
    assert len(parked) == len(Topic) + 1  # and the poison that lies on that topic itself


def test_a_core_that_raises_stops_alone_and_goes_on_once_the_record_is_parked(
    sender, receiver, capsys
):
    data = sender.order.directory
    sender.stop()
    faulty = Sender(sender.nursery, replace(sender.order, fails_at="signature.raised"), receiver)
    first = faulty.request("POST", "/v1/returns", write_return("D03", FIRST, families=430))
    ready = wait_unready(faulty)

    assert first.status == 202
    assert not ready["alerts"]["ok"]
    assert "alerts stopped at alerts.v1 offset" in ready["alerts"]["detail"]
    place = ready["alerts"]["detail"].partition("tartan parked park ")[2].split()
    assert all(ready[name]["ok"] for name in ("log", "benchmark", "gateway", "sender"))
    assert stopped_metric(faulty) == {"alerts": 1.0, "benchmark": 0.0, "gateway": 0.0}
    second = faulty.request("POST", "/v1/returns", write_return("D01", FIRST, families=180))
    assert second.status == 202
    wait_for_standings(faulty, "D01")
    assert faulty.ask("GET", "/live").status == 200

    faulty.stop()
    assert wait_unready(faulty)["alerts"]["detail"] == ready["alerts"]["detail"]
    assert receiver.hooks == []
    faulty.stop()

    code, said, _ = run(capsys, "parked", "park", *place, "--reason", "a fault", "--data", data)
    assert code == 0
    assert "every fold skips it" in said
    faulty.settle()
    assert faulty.ask("GET", "/ready").body["parked"]["detail"].startswith("1 parked")
    assert faulty.stop()
    code, _, why = run(capsys, "parked", "replay", *place, "--data", data)
    assert code == 1
    assert "only a core may say it again" in why
    assert read_ledger(data).verified[0] == 0


def test_a_release_that_mends_the_core_goes_on_from_where_it_stopped(sender, receiver):
    data = sender.order.directory
    sender.stop()
    faulty = Sender(sender.nursery, replace(sender.order, fails_at="return.accepted"), receiver)
    for code, families in (("D03", 430), ("D01", 180)):
        body = write_return(code, FIRST, families=families)
        assert faulty.request("POST", "/v1/returns", body).status == 202
    assert "benchmark stopped at returns.v1" in wait_unready(faulty)["benchmark"]["detail"]
    faulty.stop()

    sender.settle()

    assert sender.ask("GET", "/ready").status == 200
    for code in ("D01", "D03"):
        items = sender.request("GET", f"/v1/standings?authority={code}&period={FIRST}")
        assert len(items.body["items"]) == 31
    assert sender.stop()
    ledger = read_ledger(data)
    assert ledger.verified[0] == 0
    assert {notice for notice, _ in receiver.hooks} == {
        notice for notice, plan in ledger.planned().items() if plan.audience == "group"
    }


def test_a_return_that_was_parked_is_replayed_by_a_release_that_can_deal_with_it(
    sender, receiver, capsys
):
    data = sender.order.directory
    sender.stop()
    faulty = Sender(sender.nursery, replace(sender.order, fails_at="return.accepted"), receiver)
    taken = faulty.request("POST", "/v1/returns", write_return("D03", FIRST, families=430))
    place = wait_unready(faulty)["benchmark"]["detail"].partition("tartan parked park ")[2].split()
    faulty.stop()
    park = ("parked", "park", *place, "--reason", "a fault", "--data", data)
    assert run(capsys, *park)[0] == 0
    assert run(capsys, "parked", "replay", *place, "--data", data)[0] == 0

    sender.settle()

    shown = sender.request("GET", f"/v1/standings?authority=D03&period={FIRST}").body["items"]
    assert len(shown) == 31
    assert {item["made_from"]["return_id"] for item in shown} == {taken.body["return_id"]}
    assert sender.request("GET", "/ready").body["parked"]["detail"] == ""
    assert receiver.hooks
    assert sender.stop()
    _, listed, _ = run(capsys, "parked", "list", "--data", data)
    assert "dealt with" in listed
    assert read_ledger(data).verified[0] == 0


def wait_unready(sender: Sender) -> dict[str, dict[str, object]]:
    """Wait until all that is not ready is a core that has stopped; return what /ready says."""
    sender.be_up()
    for _ in range(2000):
        answer = sender.ask("GET", "/ready")
        waiting = [str(check["detail"]) for check in answer.body.values() if not check["ok"]]
        if waiting and all("stopped at" in detail for detail in waiting):
            assert answer.status == 503
            return answer.body
    raise TimeoutError


def wait_for_standings(sender: Sender, authority: str) -> None:
    path = f"/v1/standings?authority={authority}&period={FIRST}"
    for _ in range(2000):
        if sender.ask("GET", path).body["items"]:
            return
    raise TimeoutError


def stopped_metric(sender: Sender) -> dict[str, float]:
    """Return which consumers the metric shows as stopped."""
    text = sender.ask("GET", "/metrics").body["text"]
    lines = [line for line in text.splitlines() if line.startswith("tartan_consumer_stopped{")]
    return {line.split('"')[1]: float(line.split()[-1]) for line in lines}
