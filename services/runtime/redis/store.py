"""The views on Redis: one nation's documents and places, behind the port."""

from collections.abc import Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import Any

from services.runtime.operation import Health
from services.runtime.redis.client import make_client
from services.runtime.redis.fault import asking
from services.runtime.redis.follower import Follower
from services.runtime.redis.kept import Held, Kept, State
from services.runtime.redis.packing import pack, unpack
from services.runtime.redis.script import PUT
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.wire import (
    LACKING,
    POSITIONS,
    REVISION,
    field_of,
    key_of,
    keys_of,
    read_positions,
    read_revision,
    told_of,
    write_positions,
)
from services.runtime.store import (
    NOWHERE,
    Document,
    Listener,
    News,
    Positions,
    StoreMoved,
    StoreUnavailable,
)

_PUTS_TOLD = 1000
_DEAF = "the thread that follows the puts has ended"


class RedisStore:
    """One nation's views on Redis; safe to share between threads, not to take through a fork.

    ``layout`` is the version of the documents: views of another layout stand beside these and are
    not touched. A call answers or raises within ``patience``. What was read is kept for at most a
    second after Redis last said that it is still so; a process that listens hears of each put at
    once.
    """

    def __init__(self, settings: RedisSettings, *, nation: str, layout: int) -> None:
        """Remember where Redis is; nothing is connected yet, so Redis may be away."""
        self._settings = settings
        self._client = make_client(settings)
        self._views, self._changes = keys_of(settings.prefix, nation=nation, layout=layout)
        self._put = self._client.register_script(PUT)
        self._kept = Kept()
        self._follower = Follower(
            self._client, self._changes, settings=settings, kept=self._kept, confirm=self._confirm
        )
        self._lock = Lock()

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None."""
        held = self._kept.find(key)
        if held is None:
            (packed,), state = self._ask(field_of(key))
            document: Document | None = None if packed is None else unpack(packed)
            held = Held(document, len(packed or b""))
            self._kept.learn(state, {key: held})
        return held.document

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""
        with asking(self._settings):
            fields: Any = self._client.hkeys(self._views)
        start = field_of(prefix)
        return sorted(key_of(field) for field in fields if field.startswith(start))

    def positions(self) -> Positions:
        """Return the places that the documents rest on, as Redis has them now."""
        (packed,), state = self._ask(POSITIONS)
        self._kept.learn(state)
        return read_positions(packed)

    def lacking(self) -> int | None:
        """Return how many records the views lack before they are first whole."""
        state = self._kept.state()
        return (state or self._confirm()).lacking

    def put(
        self,
        changes: Mapping[str, Document | None],
        *,
        positions: Positions,
        built_on: Positions = NOWHERE,
        lacking: int = 0,
        news: Sequence[News] = (),
    ) -> None:
        """Write all at once; StoreMoved if the places are not those that were built on.

        After StoreUnavailable it may have been written: put the same again, and StoreMoved then
        says that the places are others, which may be the new ones.
        """
        packed = {key: pack(document) for key, document in changes.items() if document is not None}
        gone = [key for key, document in changes.items() if document is None]
        sets = [part for key, value in packed.items() for part in (field_of(key), value)]
        arguments: list[bytes | int] = [
            write_positions(built_on),
            write_positions(positions),
            lacking,
            _PUTS_TOLD,
            pack(told_of(news, changed=list(changes))),
            len(packed),
            *sets,
            *(field_of(key) for key in gone),
        ]
        with self._lock:
            asked = monotonic()
            with asking(self._settings):
                answer = self._put(keys=[self._views, self._changes], args=arguments)
            if answer is None:
                self._kept.forget()
                raise StoreMoved("another writer has put into these views, or they were emptied")
            before, revision = map(read_revision, answer[:2])
            self._kept.advance(
                State(revision, int(answer[2]), asked),
                before=before,
                changed=gone,
                put={key: Held(changes[key], len(value)) for key, value in packed.items()},
            )

    def listen(self, listener: Listener) -> None:
        """Call the listener, in a thread of the store's own, for every put of any process.

        First it hears of the newest puts that there were before. Puts it cannot be told of any
        more are left out, and the next one's ``built_on`` shows it.
        """
        self._follower.listen(listener)

    def health(self) -> Health:
        """Say whether Redis answers and has views that are whole."""
        if self._follower.ended:
            return Health(ok=False, detail=_DEAF)
        try:
            lacking = self._confirm().lacking
        except StoreUnavailable as error:
            return Health(ok=False, detail=str(error))
        if lacking is None:
            return Health(ok=False, detail="there are no views yet: the projector has to run")
        if lacking:
            detail = f"the views are being built from the log, {lacking} records ahead"
            return Health(ok=False, detail=detail)
        return Health(ok=True)

    def reachable(self) -> bool:
        """Say whether Redis answers, whatever it holds."""
        try:
            self._confirm()
        except StoreUnavailable:
            return False
        return True

    def live(self) -> Health:
        """Say whether listeners are still told of puts, if there are any."""
        ended = self._follower.ended
        return Health(ok=not ended, detail=_DEAF * ended)

    def close(self) -> None:
        """Let go of every connection; what was put stays."""
        self._follower.close()
        self._client.close()

    def _confirm(self) -> State:
        _, state = self._ask()
        self._kept.learn(state)
        return state

    def _ask(self, *fields: bytes) -> tuple[list[bytes | None], State]:
        asked = monotonic()
        with asking(self._settings):
            answer: Any = self._client.hmget(self._views, [REVISION, LACKING, *fields])
        revision, lacking, *found = answer
        return found, State(
            read_revision(revision), None if lacking is None else int(lacking), asked
        )
