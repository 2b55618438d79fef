"""What every store of views promises, whichever it is."""

import json
import time
from collections.abc import Callable
from threading import Thread

import pytest

from schemas.topics import Topic
from services.runtime.redis.store import RedisStore
from services.runtime.store import MemoryStore, News, Store, StoreMoved, Taken

DOCUMENT = {
    "z first": [1, 2.5, None, True, "é – 東", {"b": 1e-05, "a": 123456789.0}],
    "a last": {"10": {}, "9": []},
    "": "",
}
NEWS = News(Topic.RETURNS, 3, "england", "return.accepted", "383/riia-quarterly/2026-27-Q2")


REDIS = pytest.param("redis", marks=[pytest.mark.integration, pytest.mark.alone])


@pytest.fixture(params=["memory", REDIS])
def store(request):
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = RedisStore(request.getfixturevalue("redis_settings"), nation="england", layout=1)
    yield kept
    kept.close()


def at(**offsets: int) -> dict[Topic, int]:
    return {Topic[name.upper()]: offset for name, offset in offsets.items()}


def every(**offsets: int) -> dict[Topic, int]:
    return dict.fromkeys(Topic, 0) | at(**offsets)


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it did not come about within 5 s")


def test_a_new_store_is_empty_and_rests_on_nothing(store):
    assert store.get("england/periods") is None
    assert list(store.keys("")) == []
    assert store.positions() == every()
    assert store.lacking() is None


def test_a_document_comes_back_as_it_was_its_fields_in_their_order(store):
    store.put({"england/alert/1": DOCUMENT}, positions=at(alerts=1))

    assert json.dumps(store.get("england/alert/1")) == json.dumps(DOCUMENT)


def test_keys_that_start_so_are_found_sorted_and_no_others(store):
    store.put({key: {} for key in ("b/2", "a/1", "b/10", "bb", "é")}, positions=at(texts=1))

    assert list(store.keys("b/")) == ["b/10", "b/2"]
    assert list(store.keys("")) == ["a/1", "b/10", "b/2", "bb", "é"]


def test_a_put_replaces_adds_takes_away_and_moves_the_places(store):
    store.put({"a": {"n": 1}, "b": {"n": 1}}, positions=at(returns=1, texts=4))
    store.put(
        {"a": {"n": 2}, "b": None, "c": {"n": 2}, "never": None},
        positions=at(returns=2, texts=4),
        built_on=at(returns=1, texts=4),
    )

    assert {key: store.get(key) for key in store.keys("")} == {"a": {"n": 2}, "c": {"n": 2}}
    assert store.get("b") is None
    assert store.positions() == every(returns=2, texts=4)


@pytest.mark.parametrize("built_on", [at(), at(returns=2), at(returns=3, alerts=1)])
def test_who_built_on_other_places_writes_nothing(store, built_on):
    store.put({"a": {"n": 1}}, positions=at(returns=3))
    heard: list[Taken] = []

    with pytest.raises(StoreMoved):
        store.put({"a": {"n": 9}, "b": {}}, positions=at(returns=9), built_on=built_on)
    store.listen(lambda taken: heard.append(taken))
    store.put({"a": {"n": 2}}, positions=at(returns=4), built_on=at(returns=3))

    assert store.get("a") == {"n": 2}
    assert list(store.keys("")) == ["a"]
    wait_until(lambda: bool(heard) and heard[-1].positions == every(returns=4))
    assert every(returns=9) not in [taken.positions for taken in heard]


def test_places_may_move_without_a_document_and_a_topic_at_nought_may_go_unnamed(store):
    store.put({}, positions=every(returns=3), built_on=every())
    store.put({}, positions=at(returns=4), built_on=at(returns=3))

    assert store.positions() == every(returns=4)


def test_the_views_are_whole_once_they_lack_nothing(store):
    store.put({}, positions=at(returns=1), lacking=7)
    assert store.lacking() == 7

    store.put({}, positions=at(returns=8), built_on=at(returns=1))
    assert store.lacking() == 0


def test_a_listener_hears_of_each_put_in_order_and_finds_it_in_the_views(store):
    heard: list[Taken] = []
    shown: list[int] = []

    def listen(taken: Taken) -> None:
        shown.append((store.get("a") or {"n": 0})["n"])
        heard.append(taken)

    assert store.get("a") is None
    store.listen(listen)
    for n in range(1, 30):
        built_on = at(returns=n - 1) if n > 1 else at()
        lacking = 1 if n == 1 else 0
        store.put(
            {"a": {"n": n}, "b": None},
            positions=at(returns=n),
            built_on=built_on,
            lacking=lacking,
            news=[NEWS],
        )
    wait_until(lambda: len(heard) == 29)

    assert heard[0] == Taken(every(), every(returns=1), [NEWS], 1)
    assert [taken.positions[Topic.RETURNS] for taken in heard] == list(range(1, 30))
    assert all(found >= n for n, found in enumerate(shown, 1))


def test_who_finds_what_a_put_wrote_last_finds_all_that_it_wrote(store):
    store.put({"first": {"n": 0}, "last": {"n": 0}}, positions=at(returns=1))
    torn: list[tuple[int, int]] = []
    seen: set[int] = set()

    def read() -> None:
        while True:
            last, first = store.get("last")["n"], store.get("first")["n"]
            seen.add(last)
            if first < last:
                torn.append((last, first))
            if last == 300:
                return

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    write_numbers(store, 300)
    for reader in readers:
        reader.join(20)

    assert torn == []
    assert len(seen) > 1


def write_numbers(store: Store, most: int) -> None:
    for n in range(1, most + 1):
        changes = {"first": {"n": n}, "last": {"n": n}}
        store.put(changes, positions=at(returns=n + 1), built_on=at(returns=n))


def test_of_two_writers_at_once_each_place_has_one(store):
    won: list[tuple[int, str]] = []

    def write(name: str) -> None:
        while (here := store.positions()[Topic.RETURNS]) < 60:
            try:
                store.put(
                    {f"at/{here:02}": {"by": name}},
                    positions=at(returns=here + 1),
                    built_on=at(returns=here),
                )
            except StoreMoved:
                continue
            won.append((here, name))

    writers = [Thread(target=write, args=(name,)) for name in ("one", "other")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(20)

    assert sorted(here for here, _ in won) == list(range(60))
    assert {f"at/{here:02}": {"by": name} for here, name in won} == {
        key: store.get(key) for key in store.keys("at/")
    }


def test_what_was_read_stays_as_it_was(store):
    store.put({"a": {"n": [1]}}, positions=at(returns=1))
    before = store.get("a")
    store.put({"a": {"n": [2]}}, positions=at(returns=2), built_on=at(returns=1))

    assert before == {"n": [1]}
    assert store.get("a") == {"n": [2]}
