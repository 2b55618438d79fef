"""Hears of every put, whichever process made it, in order and after what is kept has given way."""

import logging
from collections.abc import Callable
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from redis import Redis

from services.runtime.redis.fault import asking
from services.runtime.redis.kept import BEFORE_ALL, Kept, Revision, State
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.wire import read_put, read_revision
from services.runtime.store import Listener, StoreError

_log = logging.getLogger(__name__)
_AT_ONCE = 100
_PAUSE = 0.5
_WAIT_SHARE = 0.5


class Follower:
    """One thread that waits at Redis; it begins with the first listener."""

    def __init__(
        self,
        client: Redis,
        changes: str,
        *,
        settings: RedisSettings,
        kept: Kept,
        confirm: Callable[[], State],
    ) -> None:
        """Remember what to follow; ``confirm`` asks Redis which revision it has."""
        self._client = client
        self._changes = changes
        self._settings = settings
        self._kept = kept
        self._confirm = confirm
        self._listeners: list[Listener] = []
        self._stop = Event()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._at = BEFORE_ALL

    @property
    def ended(self) -> bool:
        """Whether the thread has ended although nobody asked it to."""
        thread = self._thread
        return thread is not None and not thread.is_alive() and not self._stop.is_set()

    def listen(self, listener: Listener) -> None:
        """Call the listener for the puts that are still told of, and for every one that follows."""
        with self._lock:
            self._listeners.append(listener)
            if self._thread is None and not self._stop.is_set():
                self._thread = Thread(target=self._run, name="redis-follower", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        with self._lock:
            if self._thread is not None:
                self._thread.join(_PAUSE + 2 * self._settings.patience)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except StoreError:
                _log.warning("follower waits for Redis")
                self._stop.wait(_PAUSE)

    def _follow(self) -> None:
        asked = monotonic()
        entries = self._read()
        if not entries:
            self._look_back(self._confirm().revision)
        for number, (place, fields) in enumerate(entries, 1):
            last = number == len(entries) < _AT_ONCE
            self._take(read_revision(place), fields, asked=asked if last else float("-inf"))

    def _read(self) -> list[tuple[bytes, dict[bytes, bytes]]]:
        wait = max(1, int(self._settings.patience * _WAIT_SHARE * 1000))
        after = "{}-{}".format(*self._at)
        with asking(self._settings):
            answer: Any = self._client.xread({self._changes: after}, count=_AT_ONCE, block=wait)
        return answer[0][1] if answer else []

    def _take(self, revision: Revision, fields: dict[bytes, bytes], *, asked: float) -> None:
        self._at = revision
        try:
            put = read_put(fields)
        except StoreError:
            self._kept.forget()
            raise
        state = State(revision, put.taken.lacking, asked)
        self._kept.advance(state, before=put.before, changed=put.changed)
        for listener in list(self._listeners):
            listener(put.taken)

    def _look_back(self, revision: Revision) -> None:
        """Begin again where Redis has gone back behind what was heard: a copy took its place."""
        if BEFORE_ALL < revision < self._at:
            self._at = BEFORE_ALL
