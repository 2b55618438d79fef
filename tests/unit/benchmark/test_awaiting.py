"""Whose return is awaited: said when it changes, of periods that were opened with days to tell."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import PeriodOpened, ReturnsAwaited, ReturnWithdrawn
from services.benchmark.core.step import CORE
from tests.unit.benchmark.history import RIIA, History

Q1, Q2, Q3 = "2025-26-Q1", "2025-26-Q2", "2025-26-Q3"
DAYS = {"due": "2025-11-11", "remind": "2025-11-04", "chase": "2025-11-12"}


@pytest.fixture
def history() -> History:
    """Two authorities have returned the first quarter; the second is open, with days to tell."""
    history = History()
    history.open(Q1)
    for code in ("383", "380"):
        history.send(code, Q1)
    history.put(PeriodOpened(collection=RIIA, period=Q2, **DAYS))
    return history


def awaited(said) -> list[tuple[str, tuple[str, ...]]]:
    return [(e.period, e.authorities) for e in said if isinstance(e, ReturnsAwaited)]


def test_whoever_takes_part_is_awaited_from_the_opening_until_its_return_comes(history):
    assert awaited(history.said) == [(Q2, ("380", "383"))]
    assert awaited(history.send("383", Q2)) == [(Q2, ("380",))]
    assert awaited(history.send("383", Q2)) == []
    assert awaited(history.send("302", Q2)) == []
    assert awaited(history.send("380", Q2)) == [(Q2, ())]


def test_a_withdrawal_makes_its_authority_awaited_again(history):
    history.send("383", Q2)
    sent = history.events[-1].data
    about = {name: getattr(sent, name) for name in ("return_id", "authority", "collection")}

    assert awaited(history.put(ReturnWithdrawn(**about, period=Q2))) == [(Q2, ("380", "383"))]


def test_a_late_return_of_an_earlier_quarter_brings_its_authority_onto_the_list(history):
    assert awaited(history.send("302", Q1)) == [(Q2, ("302", "380", "383"))]


def test_behind_the_close_nobody_is_awaited(history):
    assert awaited(history.close(Q2)) == [(Q2, ())]
    assert awaited(history.send("383", Q2)) == []


def test_a_due_day_that_is_moved_is_said_and_said_once(history):
    later = {"due": "2025-11-25", "remind": "2025-11-18", "chase": "2025-11-26"}
    said = history.put(PeriodOpened(collection=RIIA, period=Q2, **later))

    assert said == [ReturnsAwaited(collection=RIIA, period=Q2, authorities=("380", "383"), **later)]
    assert history.put(PeriodOpened(collection=RIIA, period=Q2, **later)) == []


def test_of_periods_opened_by_a_release_without_such_days_nothing_is_said(history):
    history.open(Q3)
    history.send("383", Q3)

    assert Q3 not in [period for period, _ in awaited(history.said)]


@settings(max_examples=40, deadline=None)
@given(sent=st.lists(st.tuples(st.sampled_from(("302", "380", "383")), st.sampled_from((Q1, Q2)))))
def test_the_list_behind_any_returns_is_the_one_that_a_look_at_everybody_gives(sent):
    history = History()
    history.open(Q1)
    history.send("383", Q1)
    history.put(PeriodOpened(collection=RIIA, period=Q2, **DAYS))
    for code, period in sent:
        history.send(code, period)
    listed = awaited(history.said)[-1]

    moved = history.put(PeriodOpened(collection=RIIA, period=Q2, **DAYS | {"due": "2025-11-12"}))

    assert awaited(moved) == [listed]


def test_a_state_that_took_and_heard_the_same_goes_on_alike(history):
    rebuilt = CORE.empty(history.nation)
    for event in history.events:
        CORE.take(rebuilt, event)
    for payload in history.said:
        CORE.hear(rebuilt, payload)
    history.send("383", Q2)

    assert awaited(CORE.step(rebuilt, history.events[-1])) == [(Q2, ("380",))]
