"""An open query, through the whole core: what rests on the figure is shown and never pushed."""

import pytest

from schemas.events import AlertSeverity, Finding, QueryExplained, Severity, SignatureEvent
from schemas.periods import Period
from services.benchmark.core.facts import Fact, Function
from services.benchmark.core.firm import Firm
from tests.unit.benchmark.history import begun, percentage

LEEDS = "383"
BEFORE = ("2024-25-Q1", "2024-25-Q2", "2024-25-Q3", "2024-25-Q4")
AFTER = ("2025-26-Q1", "2025-26-Q2", "2025-26-Q3", "2025-26-Q4", "2026-27-Q1")
QUERY = (Finding(code="Q200", severity=Severity.QUERY, indicator="FD04"),)
ORDINARY, BEYOND_BELIEF = (585, 2600), (2500, 2600)


def reds(said):
    return [p for p in said if isinstance(p, SignatureEvent) and p.signature == "RED:FD04"]


def query_of(history, period):
    return history.standing(LEEDS, period, "FD04").open_query


@pytest.fixture
def queried():
    """Four ordinary quarters, then one beyond belief that nobody has explained."""
    history = begun(periods=BEFORE)
    for period in BEFORE:
        history.send(LEEDS, period, FD04=ORDINARY)
    history.open(AFTER[0])
    history.send(LEEDS, AFTER[0], FD04=BEYOND_BELIEF, findings=QUERY)
    return history


def test_a_queried_figure_pushes_nobody_in_any_quarter_whose_value_contains_it(queried):
    for period in AFTER[1:]:
        queried.open(period)
        queried.send(LEEDS, period, FD04=ORDINARY)
    told = reds(queried.said)
    assert {p.period for p in told} == set(AFTER[:4])
    assert {p.severity for p in told} == {AlertSeverity.WATCH}
    assert {p.push for p in told} == {False}
    assert {p.push_reason for p in told} == {"a_figure_has_an_open_query"}
    assert any("A query on FD04 is open" in caveat for caveat in told[-1].caveats)


def test_a_query_marks_every_comparison_value_that_contains_its_figure_and_no_other(queried):
    for period in AFTER[1:]:
        queried.open(period)
        queried.send(LEEDS, period, FD04=ORDINARY)
    assert [query_of(queried, period) for period in AFTER] == [True, True, True, True, False]
    assert not query_of(queried, BEFORE[3])


def test_a_note_on_the_queried_quarter_lets_the_newest_one_push(queried):
    queried.open(AFTER[1])
    queried.send(LEEDS, AFTER[1], FD04=ORDINARY)
    said = queried.send(LEEDS, AFTER[0], FD04=BEYOND_BELIEF)
    assert not query_of(queried, AFTER[1])
    (red,) = [p for p in reds(said) if p.period == AFTER[1]]
    assert (red.severity, red.push) == (AlertSeverity.CONCERN, True)


def test_an_explanation_lets_a_figure_speak_that_was_only_watched(queried):
    assert query_of(queried, AFTER[0])

    said = queried.explain(LEEDS, AFTER[0], "FD04")

    assert not query_of(queried, AFTER[0])
    (red,) = reds(said)
    assert (red.period, red.severity, red.push) == (AFTER[0], AlertSeverity.CONCERN, True)


def test_an_explanation_of_an_earlier_quarter_lets_the_newest_one_push(queried):
    queried.open(AFTER[1])
    queried.send(LEEDS, AFTER[1], FD04=ORDINARY)
    assert query_of(queried, AFTER[1])

    said = queried.explain(LEEDS, AFTER[0], "FD04")

    assert not query_of(queried, AFTER[1])
    assert [p.push for p in reds(said) if p.period == AFTER[1]] == [True]


def test_an_explanation_is_said_once_and_moves_nobody_else(queried):
    first = queried.explain(LEEDS, AFTER[0], "FD04")

    assert {p.authority for p in first} == {LEEDS}
    assert queried.explain(LEEDS, AFTER[0], "FD04") == []
    assert queried.explain(LEEDS, AFTER[0], "CP04") == []


def test_an_explanation_of_a_return_that_no_longer_stands_changes_nothing(queried):
    earlier = queried.events[-1].data
    queried.send(LEEDS, AFTER[0], FD04=BEYOND_BELIEF, findings=QUERY)
    late = QueryExplained(
        return_id=earlier.return_id,
        authority=LEEDS,
        collection=earlier.collection,
        period=AFTER[0],
        indicator="FD04",
        codes=("Q200",),
        text="text-1",
    )

    assert queried.put(late) == []
    assert query_of(queried, AFTER[0])


def test_a_query_whose_explanation_came_with_the_return_is_not_open():
    answered = (
        Finding(code="Q200", severity=Severity.NOTICE, indicator="FD04", explanation="text-1"),
    )
    history = begun(periods=BEFORE)
    for period in BEFORE:
        history.send(LEEDS, period, FD04=ORDINARY)
    history.open(AFTER[0])
    said = history.send(LEEDS, AFTER[0], FD04=BEYOND_BELIEF, findings=answered)

    assert not query_of(history, AFTER[0])
    assert [p.push for p in reds(said)] == [True]


def test_a_figure_taken_back_takes_its_query_with_it(queried):
    queried.open(AFTER[1])
    queried.send(LEEDS, AFTER[1], FD04=ORDINARY)
    queried.withdraw(LEEDS, AFTER[0])
    assert not query_of(queried, AFTER[1])


def test_a_query_on_a_stock_ends_with_its_own_quarter():
    history = begun(periods=AFTER[:2])
    history.publish(percentage("WF02", 0.12, 0.1, period="2024", ends="2024-09-30"))
    query = (Finding(code="Q200", severity=Severity.QUERY, indicator="WF02"),)
    history.send(LEEDS, AFTER[0], WF02=(90.0, 100.0), findings=query)
    history.send(LEEDS, AFTER[1], WF02=(12.0, 100.0))
    assert history.standing(LEEDS, AFTER[0], "WF02").open_query
    assert not history.standing(LEEDS, AFTER[1], "WF02").open_query


@pytest.mark.parametrize(
    ("function", "back"), [(Function.MOVE, 1), (Function.D4, 4), (Function.D8, 8)]
)
def test_a_change_from_a_queried_figure_cannot_be_assessed(facts, function, back):
    now = Period.parse("2026-27-Q1")
    facts.put(f"{function}(FD04)", now, 12.0)
    assert Firm(facts).look(function, indicator="FD04", period=now).value == 12.0
    facts.put("queried(FD04)", now.shift(-back), True)
    found = Firm(facts).look(function, indicator="FD04", period=now)
    assert found == Fact(None, "a query on the figure is open", str(now), "in-year", None, True)


def test_a_change_between_published_figures_has_no_query_of_an_earlier_quarter(facts):
    now = Period.parse("2026-27-Q1")
    facts.put("d8(FD04)", now, 12.0, basis="published", of="2025-26")
    facts.put("queried(FD04)", now.shift(-8), True)
    assert Firm(facts).look(Function.D8, indicator="FD04", period=now).value == 12.0
