"""The history that everything is measured on: the same everywhere, and one that ingest takes."""

import json
from datetime import UTC, datetime

import pytest

from schemas.reference import ENGLAND, load_library
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.memory_log import MemoryLog
from tests.bench import __main__ as bench
from tests.bench import chance, england
from tests.bench.figure import Figure, at


def test_a_draw_depends_on_its_name_alone():
    assert [chance.below(1000, "england", "383", n) for n in range(4)] == [421, 294, 692, 814]
    assert chance.below(1000, "england", "383", 0) != chance.below(1000, "england", "384", 0)


def test_counts_lie_about_their_mean_and_parts_within_their_whole():
    counts = [chance.count(40_000, "count", n) for n in range(2_000)]
    parts = [chance.part(30, 900_000, "part", n) for n in range(2_000)]

    assert 39.5 < sum(counts) / len(counts) < 40.5
    assert 26.8 < sum(parts) / len(parts) < 27.2
    assert max(parts) <= 30


@pytest.mark.slow
def test_ingest_takes_every_return_of_the_history_and_asks_about_few():
    desk = Desk(
        MemoryLog(),
        library=load_library(),
        nation=ENGLAND,
        now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
    )
    story = england.moments()
    assert len({moment.at for moment in story if moment.what == "return"}) > 1_200
    asked = taken = 0
    for moment in story:
        if moment.period > "2024-25-Q4":
            continue
        if moment.what == "open":
            desk.open_period(england.COLLECTION, moment.period)
        elif moment.what == "return":
            taken += 1
            said = desk.submit(moment.body, format=moment.format).version
            asked += any(finding.severity == "query" for finding in said.findings)

    assert taken >= 2 * 153
    assert asked < taken / 10


def test_both_forms_of_a_return_say_the_same():
    figures = [("FD01", 12, None), ("CP04", 0, 0), ("WF02", 1.5, 20.0)]
    as_json = json.loads(england.write_json("383", "2026-27-Q2", figures))
    as_csv = england.write_csv("383", "2026-27-Q2", figures).decode().splitlines()

    assert as_json["observations"][1] == {"indicator": "CP04", "symbol": "z"}
    assert as_csv[2] == "383,riia-quarterly,2026-27-Q2,CP04,,,z,"
    assert as_csv[3] == "383,riia-quarterly,2026-27-Q2,WF02,1.5,20.0,,"
    assert Format.CSV == "text/csv"


def test_a_missed_budget_is_said_and_fails(monkeypatch, capsys):
    figure = Figure("rug", 60.0, "ms", "the page is made anew", limit=50, peer="x", beside=30.0)
    monkeypatch.setattr(bench, "measure", lambda parts: iter([figure]))

    assert bench.main(["pages"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["within"], said["share"], said["ratio"]) == (False, 1.2, 2.0)


def test_a_part_that_does_not_exist_is_named(capsys):
    assert bench.main(["rugs"]) == 2
    assert "rugs" in capsys.readouterr().err


def test_a_percentile_is_one_of_the_numbers():
    assert at(0.99, list(range(1, 101))) == 100
    assert at(0.5, [3.0, 1.0, 2.0]) == 2.0
