"""A channel in memory: for tests, and for trying out who would be told of what."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.alerts.channel.notifier import SENT, Message, Outcome


@dataclass(frozen=True, slots=True)
class Call:
    """One try, as the channel saw it."""

    message: Message
    reached: frozenset[str]


class MemoryNotifier:
    """Keeps what it was given; answers with the outcomes it was made with, then always "sent"."""

    def __init__(
        self, outcomes: Iterable[Outcome] = (), *, recognises_repeats: bool = True
    ) -> None:
        self.calls: list[Call] = []
        self._outcomes = list(outcomes)
        self._recognises_repeats = recognises_repeats

    @property
    def recognises_repeats(self) -> bool:
        """Whether it passes for a channel that drops repeats."""
        return self._recognises_repeats

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        """Keep the try and give the next outcome."""
        self.calls.append(Call(message, reached))
        return self._outcomes.pop(0) if self._outcomes else SENT
