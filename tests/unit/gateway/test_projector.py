"""The projector: the log into the views, repeats left out, faults named and nothing skipped."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from schemas.codec import Record, encode
from schemas.events import MethodSet, NeighboursUpdated, StandingsUpdated, derive
from schemas.topics import Producer, Topic
from services.gateway.feed import Feed
from services.gateway.projector import Projector
from services.gateway.sample.history import make_event
from services.gateway.sample.store import make_store
from services.runtime.consumer import CoreFailed
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.store import MemoryStore

EARLY = "2026-01-01T00:00:00.000Z"


def now() -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def log(history):
    log = MemoryLog()
    log.append([encode(event) for event in history])
    return log


@pytest.fixture
def make_projector():
    def make(log, store):
        return Projector(log, store, now=now, metrics=Metrics(CollectorRegistry()))

    return make


def drain(projector) -> int:
    total = 0
    while dealt := projector.advance():
        total += dealt
    return total


def documents(store):
    return {key: store.get(key) for key in store.keys("")}


def test_the_views_are_those_of_the_events(make_projector, log, history):
    store, feed = MemoryStore(), Feed("demo")
    store.listen(feed.hear)

    assert drain(make_projector(log, store)) == len(history)
    assert documents(store) == documents(make_store(history))
    assert feed.place == ".".join(
        str(store.positions()[t])
        for t in (Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS, Topic.TEXTS)
    )


class BusyLog(MemoryLog):
    """A log to which somebody appends whenever it is asked how far it goes."""

    events: tuple = ()

    def ends(self):
        if self.events:
            first, *self.events = self.events
            self.append([encode(first)])
        return super().ends()


def test_views_are_shown_although_the_log_goes_on_growing_and_never_before_they_are_whole(
    make_projector, history
):
    log, store = BusyLog(), MemoryStore()
    half = len(history) // 2
    log.append([encode(event) for event in history[:half]])
    held = {topic: log.end(topic) for topic in Topic}
    log.events = history[half:]
    projector = make_projector(log, store)

    for _ in range(5):
        projector.advance()

    assert log.events, "the log has stopped growing"
    assert store.lacking() == 0
    assert all(store.positions()[topic] >= end for topic, end in held.items())
    drain(projector)
    assert documents(store) == documents(make_store(history))


def test_a_repeat_in_the_log_changes_nothing(make_projector, log, history):
    log.append([encode(event) for event in history[-30:]])
    store = MemoryStore()
    drain(make_projector(log, store))

    assert documents(store) == documents(make_store(history))


def test_what_cannot_be_decoded_is_parked_and_the_rest_goes_on(make_projector, log, history):
    log.append([Record(Topic.TEXTS, "t", {"ce_type": "text.gone.v9"}, b"{}")])
    store = MemoryStore()
    drain(make_projector(log, store))

    parked = [p for p in log.read(Topic.PARKED)]
    assert len(parked) == 1
    assert store.get("demo/alerts/D06") is not None


def test_a_fold_that_raises_stops_at_its_place_and_shows_what_came_before(
    make_projector, log, history
):
    standings = next(e.data for e in history if isinstance(e.data, StandingsUpdated))
    uneven = NeighboursUpdated(
        authority=standings.authority,
        collection=standings.collection,
        period=standings.period,
        indicators=("WF02",),
        values=(),
        used=(),
        differences=(),
        in_year=(),
    )
    log.append([encode(make_event(uneven, time="2026-12-01T00:00:00.000Z"))])
    store = MemoryStore()
    projector = make_projector(log, store)

    with pytest.raises(CoreFailed, match=r"gateway stopped at standings.v1"):
        drain(projector)
    with pytest.raises(CoreFailed):
        projector.advance()
    assert store.get("demo/standings/riia-quarterly/2026-27-Q2/D01") is not None


class Ordered(MemoryStore):
    """Remembers which keys were put last."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def put(self, changes, **places):
        super().put(changes, **places)
        self.ends += list(changes)[-1:]


def test_how_far_the_views_are_is_put_after_all_that_it_rests_on(make_projector, log):
    store = Ordered()
    drain(make_projector(log, store))

    assert len(store.ends) > 3
    assert all("/latest/" in key for key in store.ends)


class Halting(MemoryLog):
    """Gives a few records at a time, so that a topic is walked in many stretches."""

    def __init__(self, most):
        super().__init__()
        self.most = most

    def read(self, topic, *, after=0, limit=500):
        return super().read(topic, after=after, limit=min(limit, self.most))


def speak(history, subjects):
    """Say the standings of a history in another order and again, as benchmark says them."""
    known = [e.data for e in history if isinstance(e.data, StandingsUpdated)][:3]
    cause = make_event(MethodSet(engine=1, catalogue="a", neighbours="b", rules="c"), time=EARLY)
    for n, (subject, is_own, value) in enumerate(subjects, 1):
        standings = known[subject % len(known)]
        indicator = standings.standings[value % len(standings.standings)].indicator
        neighbours = NeighboursUpdated(
            authority=standings.authority,
            collection=standings.collection,
            period=standings.period,
            indicators=(indicator,),
            values=(float(value),),
            used=(value,),
            differences=(None,),
            in_year=(True,),
        )
        own = standings.model_copy(update={"engine": value})
        said = [own if is_own else neighbours]
        yield from derive(cause, n=n, producer=Producer.BENCHMARK, said=said)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 5)), max_size=25),
    st.integers(1, 12),
    st.data(),
)
def test_views_that_are_rebuilt_are_those_of_every_event(
    make_projector, history, subjects, most, data
):
    spoken = list(speak(history, subjects))
    begin = data.draw(st.integers(0, len(spoken)))
    log, store = Halting(most), MemoryStore()
    log.append([encode(event) for event in [*spoken, *spoken[begin:]]])
    drain(make_projector(log, store))

    wanted = make_store(spoken)
    assert json.dumps(documents(store)) == json.dumps(documents(wanted))


def test_a_record_that_cannot_be_decoded_is_parked_while_the_views_are_built(
    make_projector, log, history
):
    spoken = [encode(e) for e in speak(history, [(0, True, 1), (0, True, 2)])]
    log.append([*spoken[:1], replace(spoken[1], value=b"{"), *spoken[1:]])
    store = MemoryStore()
    drain(make_projector(log, store))

    assert len(log.read(Topic.PARKED)) == 1
    assert store.get(f"demo/latest/{Topic.PARKED}")["count"] == 1


def test_freshness_counts_what_comes_and_never_what_is_built_again(log, history):
    def seen() -> tuple[float | None, float | None]:
        value = metrics.registry.get_sample_value
        to = {"to": "standing"}
        return (
            value("tartan_freshness_seconds_count", to),
            value("tartan_freshness_seconds_sum", to),
        )

    metrics, standing = Metrics(CollectorRegistry()), history_standing(history)
    projector = Projector(log, MemoryStore(), now=now, metrics=metrics)
    drain(projector)
    assert seen() == (0, 0)
    assert (projector.rebuild.folded, projector.rebuild.total) == (len(history), len(history))

    late = replace(standing, id="late", cause=None, time="2026-11-30T23:59:56.000Z")
    log.append([encode(late)])
    drain(projector)
    assert seen() == (1, 4)

    drain(Projector(log, MemoryStore(), now=now, metrics=metrics))
    assert seen() == (1, 4)


def history_standing(history):
    return next(event for event in history if isinstance(event.data, StandingsUpdated))
