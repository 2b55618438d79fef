"""A repeat changes nothing, wherever it comes from."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import Cause, Event, PeriodOpened, TimePassed, derive
from schemas.topics import Producer, Topic
from services.runtime.fence import Fence


def make_event(number: int = 1, *, nation: str = "england") -> Event:
    return Event(
        id=f"e{number}",
        nation=nation,
        producer=Producer.INGEST,
        time="2026-07-01T00:00:00.000Z",
        data=PeriodOpened(collection="riia-quarterly", period="2026-27-Q1", due="2026-08-11"),
    )


def make_derived(n: int, number: int, *, nation: str = "england") -> Event:
    event = derive(
        make_event(n, nation=nation),
        n=n,
        producer=Producer.BENCHMARK,
        said=[TimePassed(moment="x")] * (number + 1),
    )[number]
    return replace(event)


def test_events_from_outside_are_counted_once_by_id():
    fence = Fence()

    assert [fence.admit(make_event(n)) for n in (1, 2, 1, 3)] == [1, 2, None, 3]


def test_nations_are_counted_apart():
    fence = Fence()

    assert fence.admit(make_event(1)) == 1
    assert fence.admit(make_event(1, nation="demo")) == 1


def test_a_derived_event_counts_only_above_the_highest_cause_met():
    fence = Fence()

    admitted = [
        fence.admit(make_derived(n, k)) for n, k in ((1, 0), (1, 1), (1, 0), (3, 0), (2, 5))
    ]

    assert admitted == [1, 2, None, 3, None]


def test_the_cause_of_an_event_is_covered_once_that_event_was_met():
    fence = Fence()
    cause = Cause(Topic.RETURNS, "england", Producer.INGEST, 2, 0)

    fence.admit(make_event(1))
    assert not fence.covers(cause)
    fence.admit(make_event(2))
    assert fence.covers(cause)


@given(st.lists(st.integers(1, 6), max_size=30), st.data())
def test_repeats_anywhere_leave_the_counts_as_they_were(numbers, data):
    events = [make_event(n) for n in numbers]
    again = [data.draw(st.sampled_from(events[: i + 1])) for i in range(len(events))]
    plain, repeated = Fence(), Fence()

    wanted = [plain.admit(event) for event in events]
    got = []
    for event, repeat in zip(events, again, strict=True):
        got.append(repeated.admit(event))
        assert repeated.admit(repeat) is None

    assert got == wanted
