"""What was told is taken back when a correction removes it, through the whole core."""

import pytest

from schemas.events import SignatureEvent, SignatureWithdrawn
from tests.unit.benchmark.history import AUTHORITIES, History, figures, rebuild

LEEDS = "383"
Q1, Q2, Q3, Q4 = "2025-26-Q1", "2025-26-Q2", "2025-26-Q3", "2025-26-Q4"
HIGH, ORDINARY = (30.0, 100.0), (14.0, 100.0)


def workforce(period, ends, share):
    rows = {code: (share * 8 + i % 5, 800, None) for i, code in enumerate(AUTHORITIES)}
    england = (sum(row[0] for row in rows.values()), 122_400, None)
    return figures("WF02", period, ends, rows, england=england)


def send(history, period, agency):
    """Send and return what was said of R01: agency use beside neighbours and two years ago."""
    said = history.send(LEEDS, period, WF02=agency)
    return [p for p in said if isinstance(p, SignatureEvent) and p.signature == "R01"]


@pytest.fixture
def told():
    """Told of a concern in the second quarter; the third is in and says the same."""
    history = History()
    history.publish(workforce("2022", "2022-09-30", 8), workforce("2024", "2024-09-30", 14))
    for period in (Q1, Q2, Q3):
        history.open(period)
        last = send(history, period, HIGH)
        if period == Q2:
            assert [(p.severity, p.push) for p in last] == [("concern", True)]
    assert [p.push_reason for p in last] == ["already_told"]
    return history


def test_correcting_the_quarters_that_were_told_of_is_told_after_a_newer_one_is_in(told):
    send(told, Q1, ORDINARY)
    (lowered,) = send(told, Q2, ORDINARY)
    assert (lowered.severity, lowered.push) == ("watch", True)
    assert lowered.push_reason == "correction_lowered_what_was_told"
    assert (lowered.since, lowered.period) == (Q3, Q3)
    assert rebuild(told) == told.state


def test_a_concern_after_the_correction_is_told_anew(told):
    send(told, Q1, ORDINARY)
    send(told, Q2, ORDINARY)
    told.open(Q4)
    (concern,) = send(told, Q4, HIGH)
    assert (concern.severity, concern.push, concern.push_reason) == ("concern", True, "concern")
    assert len({p.alert for p in told.said if getattr(p, "signature", None) == "R01"}) == 1
    assert rebuild(told) == told.state


def test_withdrawing_the_returns_that_were_told_of_is_told_as_well(told):
    told.withdraw(LEEDS, Q1)
    said = told.withdraw(LEEDS, Q2)
    (lowered,) = [p for p in said if getattr(p, "signature", None) == "R01"]
    assert lowered.push_reason == "correction_lowered_what_was_told"


def test_correcting_every_quarter_withdraws_and_tells(told):
    for period in (Q1, Q2):
        send(told, period, ORDINARY)
    (withdrawn,) = send(told, Q3, ORDINARY)
    assert isinstance(withdrawn, SignatureWithdrawn)
    assert withdrawn.push
    assert withdrawn.reason == "the_authority_corrected_its_figures"
    assert rebuild(told) == told.state


def test_correcting_the_first_quarter_alone_takes_back_nothing(told):
    (moved,) = send(told, Q1, ORDINARY)
    assert (moved.severity, moved.push, moved.since) == ("concern", False, Q2)
    assert rebuild(told) == told.state
