"""When a try is made again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.alerts.core.schedule import PAUSES, plan_again

NOW = datetime(2026, 10, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "pause"),
    [(1, "5 s"), (2, "5 min"), (3, "30 min"), (4, "2 h"), (5, "5 h"), (6, "10 h"), (7, "24 h"),
     (8, "24 h")],
)  # fmt: skip
def test_the_pauses_grow_from_seconds_to_a_day(attempt, pause):
    number, unit = pause.split()
    seconds = int(number) * {"s": 1, "min": 60, "h": 3600}[unit]

    assert plan_again(NOW, attempt=attempt) == NOW + timedelta(seconds=seconds)


def test_after_three_days_a_channel_is_given_up():
    assert timedelta(days=2, hours=12) < sum(PAUSES, timedelta()) < timedelta(days=3)
    assert plan_again(NOW, attempt=len(PAUSES) + 1) is None


def test_a_channel_may_ask_for_a_longer_pause_and_not_for_a_shorter_one():
    asked = plan_again(NOW, attempt=1, wait=timedelta(minutes=2))
    hurried = plan_again(NOW, attempt=4, wait=timedelta(seconds=1))

    assert asked == NOW + timedelta(minutes=2)
    assert hurried == NOW + timedelta(hours=2)


def test_a_channel_may_not_ask_for_more_than_a_day():
    assert plan_again(NOW, attempt=1, wait=timedelta(days=30)) == NOW + timedelta(hours=24)
