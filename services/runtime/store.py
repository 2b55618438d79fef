"""The port to the views: documents by key, written together with the places they rest on.

A document is plain data and is never changed once it was put: a reader may keep what it got.
Everything here can be thrown away and built again from the log.

StoreError
├── StoreUnavailable    does not answer; of a put, whether it was written is not known
│   └── StoreBuilding   answers, and has not yet been given all that the log held
├── StoreMoved          the places are not those that the writer built on; nothing was written
└── StoreDamaged        what is kept cannot be read; throw it away, and it is built again
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any, Protocol

from schemas.topics import Topic

Document = Mapping[str, Any]
Positions = Mapping[Topic, int]
"""The offset up to which each topic has been taken in; a topic that is not named is at 0."""
NOWHERE: Positions = {}
"""The places of a store that has taken in nothing."""


class StoreError(Exception):
    """The root; its text is for the operator and names no figure."""


class StoreUnavailable(StoreError):
    """The store does not answer; whether a put was written is not known."""


class StoreBuilding(StoreUnavailable):
    """The views are being put together from the log and do not show all of it yet."""


class StoreMoved(StoreError):
    """Another writer has put, or the store was emptied; nothing was written."""


class StoreDamaged(StoreError):
    """What is kept cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class News:
    """An event that the views have taken in: what it is about, by ids and never by a value."""

    topic: Topic
    offset: int
    nation: str
    type: str
    subject: str


@dataclass(frozen=True, slots=True)
class Taken:
    """One put as a listener hears of it. ``lacking`` is what its writer said."""

    built_on: Positions
    positions: Positions
    news: Sequence[News] = ()
    lacking: int = 0


Listener = Callable[[Taken], None]


class Source(Protocol):
    """Where views are read. Both methods may raise a StoreError."""

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None.

        Whoever finds what a put wrote last finds all that it wrote. Two documents may have a put
        between them.
        """

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""


class Store(Source, Protocol):
    """Where the gateway keeps its views. Every method may raise a StoreError."""

    def positions(self) -> Positions:
        """Return the places that the documents rest on, every topic named; 0 at first."""

    def lacking(self) -> int | None:
        """Return how many records the views lack before they are whole for the first time.

        0 from then on, however far the log has grown since; None before the first put.
        """

    def put(
        self,
        changes: Mapping[str, Document | None],
        *,
        positions: Positions,
        built_on: Positions = NOWHERE,
        lacking: int = 0,
        news: Sequence[News] = (),
    ) -> None:
        """Write all changes and places at once, or nothing; None takes a document away.

        StoreMoved if the places are not those that the changes were ``built_on``: so of two
        writers one wins, and a writer that slept through another's puts changes nothing.
        """

    def listen(self, listener: Listener) -> None:
        """Call the listener for every put, in order, after ``get`` shows what was put.

        Where ``built_on`` is not the place it last heard of, it has missed something.
        """


def every_topic(positions: Positions) -> dict[Topic, int]:
    """Return the places with every topic named."""
    return {topic: positions.get(topic, 0) for topic in Topic}


class MemoryStore:
    """Views in memory, built from the log at every start."""

    def __init__(self) -> None:
        """Start empty."""
        self._documents: dict[str, Document] = {}
        self._positions = every_topic(NOWHERE)
        self._lacking: int | None = None
        self._listeners: list[Listener] = []
        self._lock = RLock()

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None."""
        return self._documents.get(key)

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""
        return sorted(key for key in list(self._documents) if key.startswith(prefix))

    def positions(self) -> Positions:
        """Return the places that the documents rest on."""
        return dict(self._positions)

    def lacking(self) -> int | None:
        """Return how many records the views lack before they are first whole."""
        return self._lacking

    def put(
        self,
        changes: Mapping[str, Document | None],
        *,
        positions: Positions,
        built_on: Positions = NOWHERE,
        lacking: int = 0,
        news: Sequence[News] = (),
    ) -> None:
        """Write the changes in their order, then the places; StoreMoved if those are others."""
        with self._lock:
            if every_topic(built_on) != self._positions:
                raise StoreMoved("another writer has put into these views; nothing was written")
            for key, document in changes.items():
                if document is None:
                    self._documents.pop(key, None)
                else:
                    self._documents[key] = document
            self._positions = every_topic(positions)
            self._lacking = lacking if self._lacking != 0 else 0
            for listener in self._listeners:
                listener(Taken(every_topic(built_on), every_topic(positions), news, lacking))

    def listen(self, listener: Listener) -> None:
        """Call the listener in the thread that puts, before the put returns."""
        self._listeners.append(listener)
