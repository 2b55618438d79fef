"""The projector over a store that goes away, loses answers, is emptied, or has another writer."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from schemas.codec import Record, encode
from schemas.topics import Topic
from services.gateway.feed import Feed
from services.gateway.projector import Projector
from services.gateway.sample.store import make_store
from services.runtime.log import LogUnavailable
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.store import MemoryStore, StoreError, StoreUnavailable

PATTERNS = [[n & 1 << bit > 0 for bit in range(6)] for n in (1, 2, 5, 10, 37, 63)]


def now() -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC)


class Faulty(MemoryStore):
    """A store whose calls go through ``before`` and ``after``, each with the name of the call."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[str], None] = lambda name: None
        self.after: Callable[[str], None] = lambda name: None
        self.puts = 0

    def get(self, key):
        self.before("get")
        return super().get(key)

    def positions(self):
        self.before("positions")
        return super().positions()

    def put(self, changes, **places):
        self.before("put")
        super().put(changes, **places)
        self.puts += 1
        self.after("put")

    def empty(self) -> None:
        """Be as new to everyone but the listeners."""
        listeners = self._listeners
        MemoryStore.__init__(self)
        self._listeners = listeners


class Sometimes:
    """Raises at those first calls of a name that a pattern names."""

    def __init__(self, name: str, pattern: list[bool]) -> None:
        self._name, self._pattern = name, iter(pattern)

    def __call__(self, name: str) -> None:
        if name == self._name and next(self._pattern, False):
            raise StoreUnavailable("away")


def make_log(events) -> MemoryLog:
    log = MemoryLog()
    log.append([encode(event) for event in events])
    return log


def make_projector(log, store) -> Projector:
    return Projector(log, store, now=now, metrics=Metrics(CollectorRegistry()))


def drain(projector: Projector) -> int:
    """Turn until there is nothing more, whatever is away in between."""
    total = 0
    while True:
        try:
            dealt = projector.advance()
        except (StoreError, LogUnavailable):
            continue
        if dealt == 0:
            return total
        total += dealt


def documents(store) -> dict:
    return {key: MemoryStore.get(store, key) for key in store.keys("")}


def test_a_new_projector_over_whole_views_deals_with_nothing_and_puts_nothing(history):
    log, store = make_log(history), Faulty()
    drain(make_projector(log, store))
    store.puts = 0

    assert drain(make_projector(log, store)) == 0
    assert store.puts == 0


def test_a_repeat_of_what_was_taken_in_before_a_restart_changes_nothing(history):
    log, store = make_log(history), Faulty()
    drain(make_projector(log, store))
    # A text takes the place of the one before, so of texts the log keeps no repeat.
    log.append([encode(event) for event in history if event.topic is not Topic.TEXTS])
    drain(make_projector(log, store))

    assert documents(store) == documents(make_store(history))


@pytest.mark.parametrize("name", ["put", "get", "positions"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_store_that_is_away_for_some_calls_ends_with_the_same_views(history, name, pattern):
    log, store = make_log(history), Faulty()
    store.before = Sometimes(name, pattern)
    drain(make_projector(log, store))

    assert documents(store) == documents(make_store(history))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_put_whose_answer_was_lost_is_told_of_once(history, pattern):
    log, store, told = make_log(history), Faulty(), []
    store.put({}, positions={})
    store.listen(lambda taken: told.extend((n.topic, n.offset) for n in taken.news))
    store.after = Sometimes("put", pattern)
    drain(make_projector(log, store))

    assert documents(store) == documents(make_store(history))
    assert len(told) == len(set(told)) == len(history)


def test_a_store_that_is_away_while_a_record_is_folded_is_no_fault_of_the_fold(history):
    log, store = make_log(history), Faulty()
    store.before = Sometimes("get", [True])
    projector = make_projector(log, store)

    with pytest.raises(StoreUnavailable):
        projector.advance()
    assert projector.failed is None


def test_an_emptied_store_is_built_anew_and_readers_are_told_to_read_again(history):
    log, store, feed = make_log(history), Faulty(), Feed("demo")
    store.listen(feed.hear)
    projector = make_projector(log, store)
    drain(projector)
    place = feed.place
    log.append([encode(event) for event in history[:1]])
    store.empty()
    drain(projector)

    assert documents(store) == documents(make_store(history))
    assert feed.since(place) is None


def test_of_two_projectors_each_takes_the_others_word(history):
    log, store, told = make_log([]), Faulty(), []
    store.put({}, positions={})
    store.listen(lambda taken: told.extend((n.topic, n.offset) for n in taken.news))
    one, other = make_projector(log, store), make_projector(log, store)
    sleeper = iter(range(10_000))

    def interrupt(name: str) -> None:
        if name == "put" and next(sleeper) % 3 == 0:
            store.before = lambda name: None
            other.advance()
            store.before = interrupt

    store.before = interrupt
    for start in range(0, len(history), 40):
        log.append([encode(event) for event in history[start : start + 40]])
        drain(one)
        drain(other)

    assert documents(store) == documents(make_store(history))
    assert len(told) == len(set(told)) == len(history)


def test_views_lack_what_is_ahead_until_they_have_all_of_it_once(history):
    log, store = make_log(history), Faulty()
    lacking: list[int] = []
    store.listen(lambda taken: lacking.append(taken.lacking))
    projector = make_projector(log, store)
    drain(projector)
    log.append([encode(event) for event in history[-3:]])
    drain(projector)

    assert lacking[0] > 1
    assert [n for n in lacking if n == 0] == [0, 0, 0]
    assert lacking == sorted(lacking, reverse=True)


def test_an_empty_log_makes_empty_views_that_are_whole():
    store = MemoryStore()
    drain(make_projector(MemoryLog(), store))

    assert store.lacking() == 0


def test_what_cannot_be_decoded_is_parked_once_though_the_store_is_away(history):
    log, store = make_log(history), Faulty()
    log.append([Record(Topic.TEXTS, "t", {"ce_type": "text.gone.v9"}, b"{}")])
    store.before = Sometimes("put", [True, True])
    drain(make_projector(log, store))

    assert len(log.read(Topic.PARKED)) == 1
