"""Whether another broker is about to take over for one that fell silent.

A client that waits cannot tell by itself: for the length of a session its brokers name one as the
leader that is gone, and a broker that is slow looks the same. So each broker is greeted on a
connection of its own. Where all are silent, or all answer, nobody is about to take over.
"""

from collections.abc import Callable, Collection
from math import inf
from threading import Lock, Thread
from time import monotonic

from services.runtime.kafka.diagnosis import is_well
from services.runtime.kafka.setting import KafkaSettings

_PAUSE = 0.2
_FRESH = 3.0
"""How long a greeting says something; by then another broker has taken over, or takes its turn."""
_REMEMBERED = 30.0


class Succession:
    """Greets brokers when asked to look; safe to share between threads."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        greet: Callable[[str, KafkaSettings], bool] = is_well,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Know the brokers that the settings name, until others are known."""
        self._settings = settings
        self._greet = greet
        self._clock = clock
        self._known = dict.fromkeys(settings.addresses, -inf)
        self._answered: dict[str, float] = {}
        self._silent: dict[str, float] = {}
        self._greeting: set[str] = set()
        self._lock = Lock()

    def know(self, brokers: Collection[str]) -> None:
        """Learn which brokers there are, as ``host:port``.

        One that is left out is remembered for a while: its place may not have been taken yet.
        """
        now = self._clock()
        with self._lock:
            kept = {each: when for each, when in self._known.items() if now - when < _REMEMBERED}
            self._known = (kept | dict.fromkeys(brokers, now)) or self._known

    def look(self) -> None:
        """Greet every broker that was not greeted just now, each in a thread of its own."""
        now = self._clock()
        with self._lock:
            asked = {
                each
                for each in self._known.keys() - self._greeting
                if now - max(self._answered.get(each, -inf), self._silent.get(each, -inf)) > _PAUSE
            }
            self._greeting |= asked
        for broker in asked:
            Thread(target=self._ask, args=(broker,), name="greeting", daemon=True).start()

    def is_there(self) -> bool:
        """Say whether a broker fell silent and enough of the others answer to do without it."""
        now = self._clock()
        with self._lock:
            silent = [each for each in self._known if now - self._silent.get(each, -inf) < _FRESH]
            answering = [
                each
                for each in self._known
                if now - (when := self._answered.get(each, -inf)) < _FRESH
                and when >= self._silent.get(each, -inf)
            ]
        enough = max(1, self._settings.replicas - 1)
        return bool(silent) and len(answering) >= enough

    def _ask(self, broker: str) -> None:
        well = False
        try:
            well = self._greet(broker, self._settings)
        finally:
            with self._lock:
                (self._answered if well else self._silent)[broker] = self._clock()
                self._greeting.discard(broker)
