"""What a process keeps of the views, so that reading the same again costs nothing.

Everything kept is of one revision of the views. A revision is the place of the put that made it, so
a later one is greater. What is kept may be used for a second after the time at which Redis last
confirmed that revision; hearing of each put at once makes that time short, and is not needed for it
to be right.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from types import MappingProxyType

from services.runtime.store import Document

Revision = tuple[int, int]
BEFORE_ALL: Revision = (0, 0)
"""The revision of views into which nothing was ever put."""
_TRUSTED = 1.0
_ROOM = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class State:
    """What every answer of Redis says beside what was asked for."""

    revision: Revision
    lacking: int | None
    asked: float
    """When the question was sent: the answer is no older."""


@dataclass(frozen=True, slots=True)
class Held:
    """A document that is kept, or that there is none; ``size`` is its bytes in Redis."""

    document: Document | None
    size: int


class Kept:
    """Safe to share between threads. ``room`` bounds the documents by their bytes in Redis."""

    def __init__(self, *, room: int = _ROOM, clock: Callable[[], float] = monotonic) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._size = 0
        self._room = room
        self._clock = clock
        self._state = State(BEFORE_ALL, None, float("-inf"))
        self._moved = float("-inf")

    def find(self, key: str) -> Held | None:
        """Return what is kept under the key; None if Redis has to be asked."""
        with self._lock:
            if not self._is_fresh() or key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def state(self) -> State | None:
        """Return the revision that is kept; None if Redis has to be asked."""
        with self._lock:
            return self._state if self._is_fresh() else None

    def learn(self, state: State, found: Mapping[str, Held] = MappingProxyType({})) -> None:
        """Take in an answer; what was kept of another revision goes.

        An earlier revision than the one kept is either an answer that was on its way for long,
        which is passed over, or Redis has gone back (it was emptied, or a replica took over).
        """
        with self._lock:
            kept = self._state
            if state.revision < kept.revision and state.asked <= max(self._moved, kept.asked):
                return
            if state.revision != kept.revision:
                self._clear()
            self._move(state)
            for key, held in found.items():
                self._keep(key, held)

    def advance(
        self,
        state: State,
        *,
        before: Revision,
        changed: Iterable[str],
        put: Mapping[str, Held] = MappingProxyType({}),
    ) -> None:
        """Take in a put: what it changed goes, and ``put`` comes; the rest is as it was."""
        with self._lock:
            if state.revision < self._state.revision:
                return
            if state.revision > self._state.revision:
                if before != self._state.revision:
                    self._clear()
                for key in changed:
                    self._drop(key)
                for key, held in put.items():
                    self._keep(key, held)
            self._move(state)

    def forget(self) -> None:
        """Let go of everything: Redis has to be asked again."""
        with self._lock:
            self._clear()
            self._state = State(BEFORE_ALL, None, float("-inf"))

    def _is_fresh(self) -> bool:
        return self._clock() - self._state.asked < _TRUSTED

    def _move(self, state: State) -> None:
        if state.revision != self._state.revision:
            self._moved = self._clock()
        # A later revision is no less fresh than the one before it was.
        self._state = replace(state, asked=max(state.asked, self._state.asked))

    def _clear(self) -> None:
        self._held.clear()
        self._size = 0

    def _keep(self, key: str, held: Held) -> None:
        self._drop(key)
        self._held[key] = held
        self._size += held.size
        while self._size > self._room:
            _, gone = self._held.popitem(last=False)
            self._size -= gone.size

    def _drop(self, key: str) -> None:
        gone = self._held.pop(key, None)
        if gone is not None:
            self._size -= gone.size
