"""The feed: says to open pages that something has changed, by ids and never by values.

A place in the feed is how far each topic has been read, so it means the same after a restart and
in another process: whoever loses one connection goes on at another.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import takewhile
from operator import itemgetter
from threading import Lock

from schemas.events import Event
from schemas.periods import is_sandbox
from schemas.topics import Topic
from services.runtime.store import News, Positions, Taken

_TOPICS = (Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS, Topic.TEXTS)
_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """An event that the views have taken in. ``place`` is the feed's place behind it."""

    place: str
    topic: Topic
    offset: int
    type: str
    subject: str


class Feed:
    """The newest changes of one nation, and whoever waits for more. Safe between threads."""

    def __init__(self, nation: str, *, kept: int = _KEPT) -> None:
        """Start with nothing; ``kept`` changes can be said again to whoever missed them."""
        self._nation = nation
        self._lock = Lock()
        self._changes: dict[Topic, deque[tuple[int, Change]]] = {t: deque() for t in _TOPICS}
        self._number = 0
        self._kept = kept
        self._read = dict.fromkeys(_TOPICS, 0)
        self._forgotten = dict.fromkeys(_TOPICS, 0)
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._closed = False

    @property
    def place(self) -> str:
        """How far the views have read."""
        with self._lock:
            return self._place()

    @property
    def closed(self) -> bool:
        """Whether the process is about to end."""
        return self._closed

    def hear(self, taken: Taken) -> None:
        """Take in what the views have taken in: they show it by now.

        Nothing is told of views that are still being put together, nor of what went by unheard:
        whoever waits for any of that reads again.
        """
        with self._lock:
            if taken.lacking:
                self._begin(taken.positions)
                return
            if any(taken.built_on.get(topic, 0) != self._read[topic] for topic in _TOPICS):
                self._begin(taken.built_on)
            for news in taken.news:
                if news.topic in self._read:
                    self._read[news.topic] = news.offset
                    if news.nation == self._nation:
                        self._keep(news)
            self._read = {topic: taken.positions.get(topic, 0) for topic in _TOPICS}
            self._wake()

    def since(self, place: str) -> tuple[list[Change], str] | None:
        """Return the changes behind a place and the place behind them.

        None if some of them are no longer known here.
        """
        offsets = parse_place(place)
        with self._lock:
            if offsets is None or any(
                not self._forgotten[topic] <= offsets[topic] <= self._read[topic]
                for topic in _TOPICS
            ):
                return None
            missed = [
                numbered
                for changes in self._changes.values()
                for numbered in takewhile(
                    lambda numbered: numbered[1].offset > offsets[numbered[1].topic],
                    reversed(changes),
                )
            ]
            return [change for _, change in sorted(missed, key=itemgetter(0))], self._place()

    async def wait(self, place: str, *, seconds: float) -> bool:
        """Wait until the feed has gone on from a place; False if it has not within the time."""
        ready = asyncio.Event()
        waiter = (asyncio.get_running_loop(), ready)
        with self._lock:
            if self._closed or self._place() != place:
                return True
            self._waiting.add(waiter)
        try:
            await asyncio.wait_for(ready.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            with self._lock:
                self._waiting.discard(waiter)
        return True

    def close(self) -> None:
        """Let everyone who waits go: the process is about to end."""
        with self._lock:
            self._closed = True
            self._wake()

    def _begin(self, positions: Positions) -> None:
        """Know nothing of what stands before these places."""
        for changes in self._changes.values():
            changes.clear()
        self._read = {topic: positions.get(topic, 0) for topic in _TOPICS}
        self._forgotten = dict(self._read)

    def _keep(self, news: News) -> None:
        self._number += 1
        change = Change(self._place(), news.topic, news.offset, news.type, news.subject)
        self._changes[news.topic].append((self._number, change))
        if sum(map(len, self._changes.values())) > self._kept:
            oldest = min(
                (each for each in self._changes.values() if each), key=lambda each: each[0][0]
            )
            _, gone = oldest.popleft()
            self._forgotten[gone.topic] = gone.offset

    def _place(self) -> str:
        return ".".join(str(self._read[topic]) for topic in _TOPICS)

    def _wake(self) -> None:
        for loop, ready in self._waiting:
            loop.call_soon_threadsafe(ready.set)
        self._waiting.clear()


def news_of(offset: int, event: Event) -> News:
    """Return what may be told of an event."""
    return News(event.topic, offset, event.nation, event.data.type, event.data.subject())


def is_told(event: Event) -> bool:
    """Whether open pages hear of an event: of a return in the sandbox they do not."""
    return not is_sandbox(str(getattr(event.data, "period", "")))


def parse_place(place: str) -> dict[Topic, int] | None:
    """Read a place; None for a text that is none."""
    parts = place.split(".")
    if len(parts) != len(_TOPICS) or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    return {topic: int(part) for topic, part in zip(_TOPICS, parts, strict=True)}
