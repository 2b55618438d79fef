"""Live updates: places that mean the same after a restart, ids and never a value."""

import asyncio

import pytest

from schemas.events import PeriodOpened, TextSet
from schemas.topics import Topic
from services.gateway.api.live import stream
from services.gateway.feed import Feed, news_of, parse_place
from services.gateway.sample.history import make_event
from services.runtime.store import Taken


def opened(number: int, *, nation: str = "demo"):
    period = PeriodOpened(collection="riia-quarterly", period=f"20{number:02d}-Q1", due="x")
    return make_event(period, time="2026-10-01T00:00:00.000Z", nation=nation)


def text(ident: str):
    return make_event(
        TextSet(id=ident, kind="note", text="secret"), time="2026-10-01T00:00:00.000Z"
    )


def test_whoever_was_away_hears_what_was_missed_and_no_more():
    feed = Feed("demo")
    say(feed, (1, opened(1)), (2, opened(2)))
    place = feed.place
    say(feed, (3, opened(3)), (1, text("t")))

    changes, now = feed.since(place)
    assert [c.type for c in changes] == ["period.opened", "text.set"]
    assert now == feed.place == "3.0.0.1"
    assert feed.since(now) == ([], now)


def test_a_place_means_the_same_however_topics_were_read_beside_one_another():
    one, other = Feed("demo"), Feed("demo")
    say(one, (1, opened(1)), (1, text("t")), (2, opened(2)))
    say(other, (1, text("t")), (1, opened(1)), (2, opened(2)))
    place = "1.0.0.1"

    assert [c.subject for c in one.since(place)[0]] == [c.subject for c in other.since(place)[0]]


@pytest.mark.parametrize("place", ["", "x", "1.2", "9.0.0.0", "-1.0.0.0", "²"])
def test_a_place_that_this_log_cannot_have_asks_to_read_again(place):
    feed = Feed("demo")
    say(feed, (1, opened(1)))

    assert feed.since(place) is None


def test_what_is_no_longer_known_asks_to_read_again():
    feed = Feed("demo", kept=2)
    say(feed, *((n, opened(n)) for n in (1, 2, 3, 4)))

    assert feed.since("1.0.0.0") is None
    assert len(feed.since("2.0.0.0")[0]) == 2


def test_another_nation_moves_the_place_and_is_not_told_of():
    feed = Feed("demo")
    say(feed, (1, opened(1, nation="england")))

    assert feed.since("0.0.0.0") == ([], "1.0.0.0")


def test_what_went_by_unheard_asks_to_read_again_and_the_rest_is_told():
    feed = Feed("demo")
    say(feed, (1, opened(1)))
    feed.hear(Taken({Topic.RETURNS: 5}, {Topic.RETURNS: 6}, [news_of(6, opened(6))]))

    assert feed.since("1.0.0.0") is None
    assert [change.offset for change in feed.since("5.0.0.0")[0]] == [6]


def test_of_views_that_are_being_built_nothing_is_told_and_whoever_waits_reads_again():
    feed = Feed("demo")
    say(feed, (9, opened(9)))
    feed.hear(Taken({}, {Topic.RETURNS: 3}, lacking=6))
    feed.hear(Taken({Topic.RETURNS: 3}, {Topic.RETURNS: 9}, lacking=1))
    feed.hear(Taken({Topic.RETURNS: 9}, {Topic.RETURNS: 9}))

    assert feed.since("2.0.0.0") is None
    assert feed.since("9.0.0.0") == ([], "9.0.0.0")


def test_a_repeat_moves_the_place_and_is_not_told_of():
    feed = Feed("demo")
    feed.hear(Taken({}, {Topic.RETURNS: 2}, [news_of(1, opened(1))]))

    changes, place = feed.since("0.0.0.0")
    assert [change.place for change in changes] == ["1.0.0.0"]
    assert place == feed.place == "2.0.0.0"


def test_a_place_is_four_numbers():
    assert parse_place("1.2.3.4") is not None
    assert parse_place("1.2.3") is None


def say(feed: Feed, *taken) -> None:
    """Let the feed hear of events with their offsets, as one put that follows on the last."""
    built_on = parse_place(feed.place)
    positions = built_on | {event.topic: offset for offset, event in taken}
    feed.hear(Taken(built_on, positions, [news_of(*each) for each in taken]))


async def read(stream, count: int) -> list[str]:
    return [await asyncio.wait_for(anext(stream), 2) for _ in range(count)]


async def test_the_stream_says_types_and_subjects_and_never_a_value():
    feed = Feed("demo")
    events = stream(feed, feed.place)
    assert await read(events, 1) == ["retry: 3000\n\n"]
    waiting = asyncio.ensure_future(read(events, 1))
    await asyncio.sleep(0.01)
    await asyncio.to_thread(say, feed, (1, text("t1")))

    assert await waiting == [
        'event: text.set\nid: 0.0.0.1\ndata: {"type": "text.set", "subject": "t1"}\n\n'
    ]


async def test_a_reader_with_an_old_place_is_told_to_read_again_first():
    feed = Feed("demo")
    say(feed, (1, opened(1)))
    events = stream(feed, "77.0.0.0")

    assert (await read(events, 2))[1] == "event: resync\nid: 1.0.0.0\ndata: {}\n\n"


async def test_a_silent_feed_still_beats():
    feed = Feed("demo")

    assert (await read(stream(feed, feed.place, heartbeat=0.01), 2))[1] == ": still here\n\n"


async def test_streams_end_when_the_process_does():
    feed = Feed("demo")
    events = stream(feed, feed.place)
    await read(events, 1)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0.01)
    feed.close()

    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 2)
