"""Who is told whose return is awaited: once each, at its moment, and nobody whose return came."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import (
    AudienceSet,
    Event,
    Payload,
    ReminderKind,
    ReminderPlanned,
    ReturnsAwaited,
    TimePassed,
    derived_id,
)
from schemas.topics import Producer
from services.alerts.core.decide import next_moment
from services.alerts.core.step import CORE
from services.runtime.clock import rfc3339

DUE, REMIND, CHASE = "2026-11-11", "2026-11-04", "2026-11-12"
CODES = ("380", "383", "384")
GROUP = AudienceSet(
    audience="group", kind="region", covers="E12000003", authorities=CODES[:2], channels=("email",)
)
DIRECTORS = tuple(
    AudienceSet(audience=f"of-{code}", kind="authority", covers=code, channels=("email",))
    for code in CODES
)


class Nation:
    """The core over one nation; time passes as its shell has it pass."""

    def __init__(self, *audiences: AudienceSet) -> None:
        self.state = CORE.empty("england")
        self.number = 0
        self.now = datetime(2026, 10, 1, 9, tzinfo=UTC)
        self.planned: list[ReminderPlanned] = []
        for audience in audiences or (GROUP, *DIRECTORS):
            self.tell(audience)

    def tell(self, payload: Payload) -> list[ReminderPlanned]:
        self.number += 1
        time, ident = rfc3339(self.now), derived_id("event", self.number)
        event = Event(ident, "england", Producer.BENCHMARK, time, payload)
        said = [each for each in CORE.step(self.state, event) if isinstance(each, ReminderPlanned)]
        self.planned += said
        return said

    def await_(self, *authorities: str, due=DUE, remind=REMIND, chase=CHASE):
        return self.tell(
            ReturnsAwaited(
                collection="riia-quarterly",
                period="2026-27-Q2",
                due=due,
                remind=remind,
                chase=chase,
                authorities=authorities,
            )
        )

    def live_until(self, day: str) -> list[ReminderPlanned]:
        """Let the days go by until nine o'clock; give what was planned on the way."""
        before = len(self.planned)
        self.now = datetime.fromisoformat(f"{day}T09:00:00+00:00")
        while (moment := next_moment(self.state)) is not None and moment <= self.now:
            self.tell(TimePassed(moment=rfc3339(moment)))
        return self.planned[before:]


@pytest.fixture
def nation() -> Nation:
    return Nation()


def told(planned) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.audience, each.kind, each.authorities) for each in planned]


def test_each_authority_is_reminded_then_told_that_it_is_late_and_its_group_has_the_list(nation):
    nation.await_(*CODES)
    assert nation.live_until("2026-11-03") == []

    assert told(nation.live_until("2026-11-04")) == [
        (f"of-{code}", ReminderKind.BEFORE_DUE, (code,)) for code in CODES
    ]
    assert nation.live_until("2026-11-11") == []
    late = nation.live_until("2026-11-12")
    assert told(late) == [
        ("group", ReminderKind.CHASE_LIST, CODES[:2]),
        *((f"of-{code}", ReminderKind.OVERDUE, (code,)) for code in CODES),
    ]
    assert late[0].at == "2026-11-12T09:00:00.000Z"
    assert nation.live_until("2027-03-01") == []
    assert len({each.notice for each in nation.planned}) == len(nation.planned)


def test_whoever_has_returned_hears_nothing_more(nation):
    nation.await_(*CODES)
    nation.live_until("2026-11-04")
    nation.await_("384")

    assert told(nation.live_until("2026-11-12")) == [("of-384", ReminderKind.OVERDUE, ("384",))]


def test_whoever_withdraws_before_the_moment_is_awaited_again(nation):
    nation.await_(*CODES[1:])
    nation.await_(*CODES)

    assert ("of-380", ReminderKind.BEFORE_DUE, ("380",)) in told(nation.live_until("2026-11-04"))


def test_whoever_withdraws_behind_the_moment_is_not_written_to_about_it(nation):
    nation.await_()
    nation.live_until("2026-11-13")

    assert nation.await_("383") == []
    assert nation.live_until("2026-12-24") == []


def test_when_everybody_has_returned_or_the_period_has_closed_nobody_hears(nation):
    nation.await_(*CODES)
    nation.await_()

    assert nation.live_until("2026-12-01") == []


def test_a_due_day_that_is_moved_has_moments_of_its_own(nation):
    nation.await_("384")
    nation.live_until("2026-11-04")
    nation.await_("384", due="2026-11-25", remind="2026-11-18", chase="2026-11-26")

    assert nation.live_until("2026-11-17") == []
    assert told(nation.live_until("2026-11-18")) == [("of-384", ReminderKind.BEFORE_DUE, ("384",))]
    assert told(nation.live_until("2026-11-26")) == [("of-384", ReminderKind.OVERDUE, ("384",))]


def test_what_is_opened_when_its_days_are_over_tells_nobody_and_waits_for_nothing(nation):
    nation.now = datetime(2027, 1, 5, 9, tzinfo=UTC)
    nation.await_(*CODES)

    assert next_moment(nation.state) is None
    assert nation.live_until("2027-06-01") == []


def test_nobody_is_reminded_of_a_day_that_was_over_when_the_product_came_back(nation):
    nation.await_(*CODES)
    nation.now = datetime(2026, 11, 20, 9, tzinfo=UTC)

    assert {each.kind for each in nation.live_until("2026-11-20")} == {
        ReminderKind.OVERDUE,
        ReminderKind.CHASE_LIST,
    }


def test_a_period_without_days_and_an_audience_without_a_channel_are_left_alone():
    gone = DIRECTORS[1].model_copy(update={"channels": ()})
    nation = Nation(gone)
    nation.await_("383")
    nation.await_("383", remind=None, chase=None)
    assert next_moment(nation.state) is None

    nation.await_("383")
    assert nation.live_until("2026-12-01") == []


DAYS = st.dates(date(2026, 10, 3), date(2026, 12, 1)).map(date.isoformat)
LISTS = st.lists(st.sampled_from(CODES), unique=True).map(tuple)


@given(st.lists(st.tuples(DAYS, LISTS), max_size=12))
def test_whatever_comes_and_goes_nobody_hears_twice_or_while_its_return_stands(history):
    nation = Nation()
    nation.await_(*CODES)
    awaited: tuple[str, ...] = CODES
    for day, later in sorted(history):
        for planned in nation.live_until(day):
            assert set(planned.authorities) <= set(awaited)
        nation.await_(*later)
        awaited = later
    nation.live_until("2027-02-01")

    assert len({each.notice for each in nation.planned}) == len(nation.planned)
    assert next_moment(nation.state) is None
