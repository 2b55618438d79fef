"""Whether another broker is about to take over for one that fell silent.

A client that waits cannot tell by itself: for the length of a session its brokers name one as the
leader that is gone, and a broker that is slow looks the same. So each broker is greeted on a
connection of its own. Where all are silent, or all answer, nobody is about to take over. On a busy
machine one of the others may be slow to answer just then: where a broker is known to be gone, and
not only mute, such a one is counted on for a while.
"""

from collections.abc import Callable, Collection, Mapping
from math import inf
from threading import Lock, Thread
from time import monotonic

from services.runtime.kafka.diagnosis import Greeting, greet
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
        greet: Callable[[str, KafkaSettings], Greeting] = greet,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Know the brokers that the settings name, until others are known."""
        self._settings = settings
        self._greet = greet
        self._clock = clock
        self._known = dict.fromkeys(settings.addresses, -inf)
        self._answered: dict[str, float] = {}
        self._silent: dict[str, float] = {}
        self._gone: dict[str, float] = {}
        self._mute_since: dict[str, float] = {}
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
        with self._lock:
            silent = self._known.keys() & self._fresh(self._silent)
            gone = self._known.keys() & self._fresh(self._gone)
            answering = {
                each
                for each in self._known.keys() & self._fresh(self._answered)
                if self._answered[each] >= self._silent.get(each, -inf)
            }
            slow = (silent & self._fresh(self._mute_since)) - gone - answering
        counted_on = answering | slow if gone and answering else answering
        return bool(silent) and len(counted_on) >= max(1, self._settings.replicas - 1)

    def describe(self) -> str:
        """Return for an operator what the latest greetings found; empty if there were none."""
        with self._lock:
            found = self._fresh(self._answered) | self._fresh(self._silent)
            answered = sum(self._answered.get(e, -inf) >= self._silent.get(e, -inf) for e in found)
        if not found:
            return ""
        return f"Of {len(found)} brokers that were greeted {answered} answered."

    def _fresh(self, moments: Mapping[str, float]) -> set[str]:
        now = self._clock()
        return {broker for broker, moment in moments.items() if now - moment < _FRESH}

    def _ask(self, broker: str) -> None:
        found = Greeting.GONE
        try:
            found = self._greet(broker, self._settings)
        finally:
            self._note(broker, found)

    def _note(self, broker: str, found: Greeting) -> None:
        with self._lock:
            now = self._clock()
            (self._answered if found is Greeting.ANSWERED else self._silent)[broker] = now
            if found is Greeting.GONE:
                self._gone[broker] = now
            if found is Greeting.MUTE:
                self._mute_since.setdefault(broker, now)
            else:
                self._mute_since.pop(broker, None)
            self._greeting.discard(broker)
