"""The pages in a real browser: over an invented history, and those of the running demonstration."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from fastapi import FastAPI

from schemas.events import ReturnAccepted, StandingsUpdated
from schemas.reference import load_library
from services.gateway.core.apply import apply
from services.gateway.feed import Feed, news_of
from services.gateway.http import mount
from services.gateway.sample.history import make_history
from services.gateway.sample.store import make_store
from services.gateway.views import Views
from services.runtime.problem import install
from tests.e2e.crawl import Found, crawl
from tests.e2e.kind import KINDS
from tests.e2e.walk import Seen, Walker


class Site:
    """A running gateway: its address, what its form was sent, and a way to make news."""

    def __init__(self) -> None:
        self.library = load_library()
        self.history = list(make_history(self.library))
        self.store = make_store(self.history)
        self.feed = Feed("demo")
        self.store.listen(self.feed.hear)
        self.answers: list[tuple[str, str, str]] = []
        self._offset = 0
        app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
        install(app)
        views = Views(self.store, library=self.library, nation="demo")
        mount(app, views, feed=self.feed, answer=self._take)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def _take(self, alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
        self.answers.append((alert, kind, text))

    @property
    def alert(self) -> str:
        return next(iter(self.store.get("demo/alerts/D06")["alerts"]))

    @property
    def submission(self) -> str:
        return next(e.data.return_id for e in self.history if isinstance(e.data, ReturnAccepted))

    def make_news(self, count: int) -> None:
        """Take in standings again, as the projector does."""
        standings = [e for e in self.history if isinstance(e.data, StandingsUpdated)]
        for event in (standings * (count // len(standings) + 1))[:count]:
            before, self._offset = self._offset, self._offset + 1
            self.store.put(
                apply(self.store.get, event),
                positions={event.topic: self._offset},
                built_on={event.topic: before},
                news=[news_of(self._offset, event)],
            )

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)

    def stop(self) -> None:
        self.feed.close()
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    site = Site()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def open_window(browser) -> Iterator:
    """Opens an address in a window of a width; ``scripts=False`` turns scripts off."""
    contexts = []

    def open_window(url, *, width=1440, height=900, scripts=True, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(open_window, site):
    """Opens a path of the sample's site as ``open_window`` does."""
    return lambda path, **options: open_window(site.base + path, **options)


@pytest.fixture(scope="session")
def paths(site) -> dict[str, str]:
    """Every page of the sample's site by a short name."""
    return {
        "home": "/",
        "rug": "/rug",
        "rug by band": "/rug?show=band&comparator=neighbours",
        "rug turned": "/rug?transpose=yes",
        "authorities": "/authorities",
        "authority": "/authorities/D06",
        "real authority": "/authorities/383",
        "figure": "/authorities/D06/indicators/WF02",
        "indicators": "/indicators",
        "indicator": "/indicators/WF02",
        "neutral indicator": "/indicators/CN01",
        "alerts": "/alerts",
        "alert": f"/alerts/{site.alert}",
        "notices": "/notices",
        "collections": "/collections",
        "collection": "/collections/riia-quarterly/2026-27-Q2",
        "return": f"/returns/{site.submission}",
        "templates": "/templates",
        "templates chosen": "/templates?authority=D03&period=2026-27-Q1&plain=yes",
        "samples": "/developers/samples",
        "method": "/method",
        "reference": "/developers/api",
        "accessibility": "/accessibility",
        "privacy": "/privacy",
        "help": "/help",
        "problem": "/problems/unknown-value",
        "nothing": "/nothing",
    }


@pytest.fixture(scope="session")
def crawled(demonstration) -> dict[str, Found]:
    """A page of each kind that the demonstration's own links lead to."""
    return crawl(demonstration, KINDS)


@dataclass(frozen=True)
class Place:
    """A running site and the pages of it that are looked at, by a short name."""

    base: str
    paths: dict[str, str]


@pytest.fixture(scope="module", params=["sample", "demonstration"])
def place(request) -> Place:
    """Each site in turn: the sample's, and that of the running product."""
    if request.param == "sample":
        return Place(request.getfixturevalue("site").base, request.getfixturevalue("paths"))
    found = request.getfixturevalue("crawled")
    paths = {name: page.path for name, page in found.items()}
    return Place(request.getfixturevalue("demonstration"), paths)


@pytest.fixture(scope="module", params=[(1440, 768), (320,)], ids=["wide", "narrow"])
def walked(browser, axe, place, request) -> Iterator[dict[str, Seen]]:
    """What a browser saw on every page of a place, once in a wide window, once in a narrow one."""
    walker = Walker(browser, widths=request.param, axe=axe)
    yield walker.walk(place.base, place.paths)
    walker.close()
