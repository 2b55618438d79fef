"""The script of the demonstration: who sends what and when, before anything reads it."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, load_library
from services.embedded.demonstration.action import Action, ClosePeriod, OpenPeriod, Submit
from services.embedded.demonstration.england import England, read_england
from services.embedded.demonstration.script import CATALOGUE, write_script
from services.embedded.demonstration.story import load_story

Rows = dict[str, dict[str, Any]]
Returned = Mapping[tuple[str, str], Rows]

DIGEST = """
from hashlib import sha256
from schemas.published import shipped_figures
from schemas.reference import load_library
from services.embedded.demonstration.script import write_script
from services.embedded.demonstration.story import load_story
script = write_script(shipped_figures(), story=load_story(), library=load_library())
print(sha256(repr(script).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def script() -> tuple[Action, ...]:
    return write_script(shipped_figures(), story=load_story(), library=load_library())


@pytest.fixture(scope="module")
def england() -> England:
    return read_england(shipped_figures(), indicators=load_library().catalogue(CATALOGUE))


def rows_of(action: Submit) -> Rows:
    """The observations of a body by indicator, read without the product's own reader."""
    if action.media_type == "application/json":
        return {row["indicator"]: row for row in json.loads(action.body)["observations"]}
    rows = csv.DictReader(io.StringIO(action.body.decode(), newline=""))
    return {row["indicator"]: {k: v for k, v in row.items() if v} for row in rows}


@pytest.fixture(scope="module")
def returned(script: tuple[Action, ...]) -> Returned:
    """What stands at the end, both collections together, by authority and quarter."""
    found: dict[tuple[str, str], Rows] = defaultdict(dict)
    for action in script:
        if isinstance(action, Submit):
            found[action.authority, action.period] |= rows_of(action)
    return found


def test_two_generations_are_the_same_to_the_last_byte(
    script: tuple[Action, ...], root: Path
) -> None:
    elsewhere = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=root,
        env={"PYTHONHASHSEED": "17"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    assert hashlib.sha256(repr(script).encode()).hexdigest() == elsewhere


def test_everything_happens_in_order_between_summer_2024_and_november_2026(
    script: tuple[Action, ...],
) -> None:
    moments = [action.at for action in script]
    assert moments == sorted(moments)
    assert datetime(2024, 7, 1, tzinfo=UTC) <= moments[0]
    assert moments[-1] <= datetime(2026, 11, 20, 23, 59, tzinfo=UTC)


def test_ten_quarters_are_opened_the_day_after_and_all_but_the_newest_are_closed(
    script: tuple[Action, ...],
) -> None:
    opened = {(a.collection, a.period): a for a in script if isinstance(a, OpenPeriod)}
    closed = {(a.collection, a.period) for a in script if isinstance(a, ClosePeriod)}
    assert len(opened) == 20
    assert {period for _, period in set(opened) - closed} == {"2026-27-Q2"}
    newest = opened["riia-quarterly", "2026-27-Q2"]
    assert (newest.at.date(), newest.due) == (date(2026, 10, 1), date(2026, 11, 11))


def test_no_real_authority_sends_anything(script: tuple[Action, ...]) -> None:
    library = load_library()
    senders = {action.authority for action in script if isinstance(action, Submit)}
    assert senders == set(library.senders(DEMONSTRATION))
    assert senders.isdisjoint(library.authorities())


def test_returns_come_as_json_and_as_csv(script: tuple[Action, ...]) -> None:
    forms = [action.media_type for action in script if isinstance(action, Submit)]
    assert min(forms.count("application/json"), forms.count("text/csv")) > 50


def test_every_return_names_every_indicator_of_its_collection(
    script: tuple[Action, ...],
) -> None:
    library = load_library()
    for action in script:
        if isinstance(action, Submit):
            asked = library.collection(action.collection, version=CATALOGUE)
            assert tuple(rows_of(action)) == asked


@pytest.mark.parametrize(
    ("stock", "starts", "ends"), [("CP05", "CP06", "CP07"), ("LA01", "LA02", "LA03")]
)
def test_a_stock_is_what_it_was_with_what_came_and_without_what_went(
    returned: Returned, stock: str, starts: str, ends: str
) -> None:
    checked = 0
    for (authority, period), rows in returned.items():
        before = returned.get((authority, str(Period.parse(period).previous())))
        if before is None:
            continue
        count = {code: int(rows[code]["numerator"]) for code in (stock, starts, ends)}
        then = int(before[stock]["numerator"])
        assert count[stock] == then + count[starts] - count[ends]
        checked += 1
    assert checked == 11 * 9 - 1


def test_counts_of_the_same_thing_agree(returned: Returned) -> None:
    same = {"FD04": "FD03", "FD07": "FD03", "AS03": "AS02", "CP04": "CP03", "CP08": "CP06"}
    for rows in returned.values():
        for share, count in same.items():
            assert rows[share]["denominator"] == rows[count]["numerator"]
        assert int(rows["CP09"]["numerator"]) <= int(rows["CP08"]["numerator"])
        assert int(rows["CP05"]["numerator"]) <= int(rows["CN01"]["numerator"])


def test_figures_lie_around_those_of_the_real_authority(
    returned: Returned, england: England
) -> None:
    library = load_library()
    for code, authority in library.senders(DEMONSTRATION).items():
        people = england.people[str(authority.drawn_from)]
        for indicator in ("FD03", "CN01", "LA01", "CP05"):
            figure = float(returned[code, "2025-26-Q1"][indicator]["numerator"])
            yearly = 4.0 if indicator == "FD03" else 1.0
            rate = figure * yearly / people * 10_000
            everywhere = sorted(england.values[indicator].values())
            assert everywhere[0] <= rate <= everywhere[-1], (code, indicator)
        real = england.value("WF01", str(authority.drawn_from))
        posts = float(returned[code, "2025-26-Q1"]["WF01"]["numerator"])
        assert real is not None
        assert posts == pytest.approx(real, rel=0.1)


def test_quarters_differ_by_chance_and_season_dips_in_summer(returned: Returned) -> None:
    authorities = load_library().senders(DEMONSTRATION)
    by_quarter = [
        sum(int(returned[code, f"2025-26-Q{part}"]["FD03"]["numerator"]) for code in authorities)
        for part in (1, 2, 3, 4)
    ]
    assert min(by_quarter) == by_quarter[1]
    for code in authorities:
        counts = {returned[code, f"2025-26-Q{part}"]["FD03"]["numerator"] for part in (1, 2, 3, 4)}
        assert len(counts) > 1


def test_three_returns_are_late_and_one_has_not_come(
    script: tuple[Action, ...],
) -> None:
    due = {a.period: a.due for a in script if isinstance(a, OpenPeriod)}
    first: dict[tuple[str, str], date] = {}
    for action in script:
        if isinstance(action, Submit) and action.collection == "riia-quarterly":
            first.setdefault((action.authority, action.period), action.at.date())
    late = {key for key, day in first.items() if day > due[key[1]]}
    assert late == {("D02", "2025-26-Q1"), ("D10", "2025-26-Q3"), ("D10", "2026-27-Q1")}
    absent = {
        (code, period)
        for code in load_library().senders(DEMONSTRATION)
        for period in due
        if (code, period) not in first
    }
    assert absent == {("D11", "2026-27-Q2")}


def test_only_the_one_mistake_is_corrected(script: tuple[Action, ...]) -> None:
    corrections = [a for a in script if isinstance(a, Submit) and a.corrects]
    assert [(a.authority, a.collection, a.period) for a in corrections] == [
        ("D01", "regional-quarterly", "2025-26-Q4")
    ]
    right = rows_of(corrections[0])
    wrong = next(
        rows_of(a)
        for a in script
        if isinstance(a, Submit)
        and not a.corrects
        and (a.authority, a.collection, a.period) == ("D01", "regional-quarterly", "2025-26-Q4")
    )
    differing = {code for code in right if right[code] != wrong[code]}
    assert differing == {"CP12"}
    assert (wrong["CP12"]["numerator"], right["CP12"]["numerator"]) == ("49", "94")
