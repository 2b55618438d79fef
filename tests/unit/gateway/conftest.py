"""An invented history in a store, and an app over it."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.events import Event, Payload
from schemas.reference import Library, load_library
from services.gateway.core.apply import apply
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.sample.history import make_event, make_history
from services.gateway.sample.store import make_store
from services.gateway.views import Views
from services.runtime.problem import install
from services.runtime.store import MemoryStore


class Told:
    """A store that events are told to one by one."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self._minute = 0

    def tell(self, *payloads: Payload) -> None:
        for payload in payloads:
            self._minute += 1
            time = f"2026-10-01T{self._minute // 60:02d}:{self._minute % 60:02d}:00.000Z"
            self.take(make_event(payload, time=time))

    def take(self, event: Event) -> None:
        self.store.put(apply(self.store.get, event), positions={})

    def get(self, key: str) -> dict:
        found = self.store.get(f"demo/{key}")
        assert found is not None, f"no document demo/{key}"
        return found


@pytest.fixture
def told() -> Told:
    """Views that start empty: ``told.tell(payload)``, ``told.get(key)``."""
    return Told()


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="session")
def history(library) -> list[Event]:
    return list(make_history(library))


@pytest.fixture(scope="session")
def views(library, history) -> Views:
    """Views of the whole invented history."""
    return Views(make_store(history), library=library, nation="demo")


@pytest.fixture(scope="session")
def make_client(library) -> Callable[..., TestClient]:
    """Makes a client of an app over some views; ``answers`` collects what the form sends."""

    def make(views: Views, *, feed: Feed | None = None, answers: list | None = None) -> TestClient:
        app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
        install(app)

        def answer(alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
            answers.append((alert, kind, text))

        mount(
            app,
            views,
            feed=feed or Feed("demo"),
            answer=None if answers is None else answer,
        )
        return TestClient(app, raise_server_exceptions=False)

    return make


@pytest.fixture(scope="session")
def client(make_client, views) -> Iterator[TestClient]:
    with make_client(views, answers=[]) as client:
        yield client
