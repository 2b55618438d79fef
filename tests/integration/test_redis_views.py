"""The views on a real Redis: whole or not at all, whoever is killed, paused, emptied or second."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPResponse

import pytest
import uvicorn
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.codec import encode
from schemas.events import StandingsUpdated
from schemas.reference import load_library
from schemas.topics import Topic
from services.gateway.core.document import LAYOUT
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.projector import Projector
from services.gateway.sample.history import make_event, make_history
from services.gateway.views import Views
from services.gateway.whole import WholeViews
from services.runtime.engine import Engine
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.operation import router as operation_router
from services.runtime.problem import install
from services.runtime.redis.store import RedisStore
from services.runtime.sqlite_log import SqliteLog
from services.runtime.store import MemoryStore, StoreUnavailable

HTML = {"Accept": "text/html"}
WRITER = """
import sys
from schemas.topics import Topic
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.store import RedisStore

settings = RedisSettings(url=sys.argv[1], prefix=sys.argv[2])
store = RedisStore(settings, nation="demo", layout=int(sys.argv[3]))
n = store.positions()[Topic.RETURNS]
print("writing", flush=True)
while True:
    changes = {f"d/{k}": {"n": n + 1, "filling": "x" * 2000} for k in range(20)}
    store.put(changes, positions={Topic.RETURNS: n + 1}, built_on={Topic.RETURNS: n})
    n += 1
"""


def now() -> datetime:
    return datetime(2026, 12, 1, tzinfo=UTC)


def wait_until(holds: Callable[[], bool], *, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            pytest.fail(f"it did not come about within {seconds} s")
        time.sleep(0.02)


@pytest.fixture(scope="module")
def history():
    return list(make_history(load_library()))


@pytest.fixture
def log(history):
    log = MemoryLog()
    log.append([encode(event) for event in history])
    return log


@pytest.fixture
def open_store(redis_settings):
    stores = []

    def make() -> RedisStore:
        stores.append(RedisStore(redis_settings, nation="demo", layout=LAYOUT))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


def make_projector(log, store) -> Projector:
    return Projector(log, store, now=now, metrics=Metrics(CollectorRegistry()))


def drain(projector: Projector) -> int:
    total = 0
    while dealt := projector.advance():
        total += dealt
    return total


def documents(store) -> dict[str, str]:
    """Every document as text, so that the order of its fields counts."""
    return {key: json.dumps(store.get(key)) for key in store.keys("")}


def expected(events) -> dict[str, str]:
    """What the views of a log are that holds each of the events once."""
    log, store = MemoryLog(), MemoryStore()
    log.append([encode(event) for event in events])
    drain(make_projector(log, store))
    return documents(store)


def test_the_demonstrations_views_are_the_same_in_memory_and_on_redis_and_after_it_was_emptied(
    demonstration_data, open_store, redis, redis_settings
):
    log = SqliteLog(demonstration_data / "log.sqlite3", read_only=True)
    memory, store = MemoryStore(), open_store()
    drain(make_projector(log, memory))
    projector = make_projector(log, store)
    drain(projector)
    wanted = documents(memory)

    assert len(wanted) > 500
    assert documents(open_store()) == wanted
    for key in redis.run("--scan", "--pattern", f"*{redis_settings.prefix}:*").split():
        redis.run("DEL", key)
    with pytest.raises(StoreUnavailable):
        WholeViews(open_store()).get("demo/periods")
    drain(projector)
    assert documents(open_store()) == wanted
    assert store.positions() == memory.positions()
    log.close()


def test_a_second_projector_finds_everything_done_and_applies_nothing(log, open_store, history):
    drain(make_projector(log, open_store()))
    log.append([encode(event) for event in history if event.topic is not Topic.TEXTS])
    before = documents(open_store())
    drain(make_projector(log, open_store()))

    assert documents(open_store()) == before == expected(history)


def test_two_projectors_at_once_leave_one_truth_and_tell_it_once(open_store, history):
    log, told = MemoryLog(), []
    first = open_store()
    drain(make_projector(log, first))
    first.listen(lambda taken: told.extend((n.topic, n.offset) for n in taken.news))
    stop = threading.Event()

    def turn() -> None:
        projector = make_projector(log, open_store())
        while not stop.is_set():
            projector.advance()

    turners = [threading.Thread(target=turn) for _ in range(2)]
    for turner in turners:
        turner.start()
    for start in range(0, len(history), 5):
        log.append([encode(event) for event in history[start : start + 5]])
        time.sleep(0.005)
    wait_until(lambda: len(told) >= len(history))
    stop.set()
    for turner in turners:
        turner.join(10)

    assert documents(open_store()) == expected(history)
    assert len(told) == len(set(told)) == len(history)


def test_a_writer_killed_at_any_moment_leaves_documents_of_one_put_with_its_places(
    redis, redis_settings, open_store
):
    torn: list[dict[str, int]] = []
    stop = threading.Event()
    reader = threading.Thread(target=watch, args=(open_store(), torn, stop))
    reader.start()
    store = open_store()
    seen = [0]
    for pause in (0.01, 0.05, 0.02, 0.13, 0.07):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, redis_settings.url, redis_settings.prefix, str(LAYOUT)],
            stdout=subprocess.PIPE,
        )
        with writer:
            assert writer.stdout.readline() == b"writing\n"
            try:
                wait_until(lambda: store.positions()[Topic.RETURNS] > seen[-1])
                time.sleep(pause)
            finally:
                writer.send_signal(signal.SIGKILL)
        at = store.positions()[Topic.RETURNS]
        seen.append(at)
        assert {store.get(key)["n"] for key in store.keys("d/")} <= {at}
    stop.set()
    reader.join(10)

    assert torn == []
    assert seen == sorted(set(seen))


def watch(store: RedisStore, torn: list[dict[str, int]], stop: threading.Event) -> None:
    """Look for a place that is ahead of a document, as fast as can be."""
    while not stop.is_set():
        at = store.positions()[Topic.RETURNS]
        shown = {f"d/{k}": (store.get(f"d/{k}") or {"n": 0})["n"] for k in (0, 7, 19)}
        if any(n < at for n in shown.values()):
            torn.append({"at": at, **shown})


class Replica:
    """A gateway that answers over HTTP from Redis alone."""

    def __init__(self, store: RedisStore) -> None:
        feed, metrics = Feed("demo"), Metrics(CollectorRegistry())
        store.listen(feed.hear)
        self.feed = feed
        app = FastAPI(docs_url=None, redoc_url=None)
        install(app)
        ready = {"redis": store.health}
        app.include_router(operation_router(store.health, ready, registry=metrics.registry))
        mount(app, Views(WholeViews(store), library=load_library(), nation="demo"), feed=feed)
        config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @contextmanager
    def running(self) -> Iterator["Replica"]:
        self._thread.start()
        wait_until(lambda: self._server.started)
        try:
            yield self
        finally:
            self.feed.close()
            self._server.should_exit = True
            self._thread.join(10)

    def open(self, path: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        port = self._server.servers[0].sockets[0].getsockname()[1]
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
        return urllib.request.urlopen(request, timeout=10)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, Retry-After and body."""
        try:
            with self.open(path, headers) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Retry-After"] or "", error.read().decode()


def test_while_redis_stands_still_readers_are_told_so_within_two_seconds_and_it_comes_back(
    log, open_store, redis
):
    drain(make_projector(log, open_store()))
    with Replica(open_store()).running() as replica:
        assert replica.get("/rug", HTML)[0] == 200
        assert replica.get("/ready")[0] == 200
        with redis.paused():
            time.sleep(1.0)  # for a second what was read before may still be shown
            begun = time.monotonic()
            status, retry, page = replica.get("/rug", HTML)
            assert time.monotonic() - begun < 1.9
            assert (status, retry) == (503, "5")
            assert "The figures cannot be shown at the moment" in page
            status, retry, problem = replica.get("/v1/rug")
            assert (status, retry) == (503, "5")
            assert json.loads(problem)["type"] == "/problems/views-unavailable"
            status, _, ready = replica.get("/ready")
            assert status == 503
            assert "did not answer in time" in json.loads(ready)["redis"]["detail"]
        wait_until(lambda: replica.get("/rug", HTML)[0] == 200)
        assert replica.get("/ready")[0] == 200


def test_a_projector_waits_while_redis_stands_still_and_then_goes_on(
    open_store, redis, history, log
):
    projector = make_projector(log, open_store())
    drain(projector)
    engine = Engine([projector], metrics=Metrics(CollectorRegistry()))
    engine.start()
    wait_until(lambda: engine.health("gateway").ok)
    news = next(e.data for e in history if isinstance(e.data, StandingsUpdated))
    with redis.paused():
        log.append([encode(make_event(news, time="2026-12-01T00:00:00.000Z"))])
        engine.wake()
        wait_until(lambda: "did not answer in time" in engine.health("gateway").detail)
    wait_until(lambda: engine.health("gateway").ok)
    engine.stop()

    events = [*history, make_event(news, time="2026-12-01T00:00:00.000Z")]
    assert documents(open_store()) == expected(events)


def test_who_loses_one_replica_goes_on_at_another_and_misses_nothing(log, open_store, history):
    projector = make_projector(log, open_store())
    drain(projector)
    news = [e.data for e in history if isinstance(e.data, StandingsUpdated)][:8]
    with Replica(open_store()).running() as one, Replica(open_store()).running() as other:
        wait_until(lambda: one.feed.place == other.feed.place != "0.0.0.0")
        told = follow(one, one.feed.place, log, projector, news[:4], number=0)
        wait_until(lambda: other.feed.place == one.feed.place, seconds=2)  # a browser waits three
        told += follow(other, told[-1][0], log, projector, news[4:], number=4)
        wait_until(lambda: other.feed.place == one.feed.place, seconds=2)
        late = follow(one, told[1][0], log, projector, [], number=8, wanted=6)

    assert [subject for _, subject in told] == [payload.subject() for payload in news]
    assert late == told[2:]


def follow(replica, place, log, projector, payloads, *, number, wanted=None):
    """Follow a replica's live updates from a place while more is taken in: (id, subject) each."""
    told = []
    with replica.open("/v1/events", {"Last-Event-ID": place}) as stream:
        for n, payload in enumerate(payloads, number):
            log.append([encode(make_event(payload, time=f"2026-12-01T00:00:{n:02}.000Z"))])
            drain(projector)
        ident = ""
        while len(told) < (wanted or len(payloads)):
            line = stream.readline().decode()
            if line.startswith("id: "):
                ident = line[4:].strip()
            if found := re.match(r"data: (.*)", line):
                told.append((ident, json.loads(found[1])["subject"]))
    return told


def test_what_is_told_is_shown_already(log, open_store, history):
    projector = make_projector(log, open_store())
    drain(projector)
    replica, shown = open_store(), []
    key = f"demo/latest/{Topic.STANDINGS}"
    count = replica.get(key)["count"]
    replica.listen(
        lambda taken: shown.append((len(taken.news), replica.get(key)["count"])),
    )
    wait_until(lambda: bool(shown))
    shown.clear()
    news = next(e.data for e in history if isinstance(e.data, StandingsUpdated))
    for n in range(20):
        log.append([encode(make_event(news, time=f"2026-12-01T00:01:{n:02}.000Z"))])
        replica.get(key)
        drain(projector)
    wait_until(lambda: len(shown) == 20)

    assert all(found >= count + n for n, (_, found) in enumerate(shown, 1))


def test_a_release_with_another_layout_builds_beside_the_old(log, redis_settings, history):
    old = RedisStore(redis_settings, nation="demo", layout=1)
    new = RedisStore(redis_settings, nation="demo", layout=2)
    drain(make_projector(log, old))

    assert new.lacking() is None
    drain(make_projector(log, new))
    assert documents(new) == documents(old)
    old.close()
    new.close()
