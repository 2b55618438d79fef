"""The projector: the log into the views, repeats left out, faults named and nothing skipped."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import Record, encode
from schemas.events import NeighboursUpdated, StandingsUpdated
from schemas.topics import Topic
from services.gateway.feed import Feed
from services.gateway.projector import Projector
from services.gateway.sample.history import make_event
from services.gateway.sample.store import make_store
from services.runtime.consumer import CoreFailed
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.store import MemoryStore


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
