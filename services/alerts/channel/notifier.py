"""The port of channels: a message, and what became of the try to deliver it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from schemas.events import NoticePlanned


@dataclass(frozen=True, slots=True)
class Message:
    """A notice in words, ready for any channel. ``facts`` is what machines read of it.

    ``type`` is that of the event by which it was planned.

    The same notice gives the same message at every try but for ``possible_repeat`` and what has
    happened to the alert since. ``traceparent`` is that of the request from which it all followed.
    """

    notice: str
    alert: str
    audience: str
    planned_at: datetime
    subject: str
    text: str
    html: str
    possible_repeat: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    traceparent: str | None = None
    type: str = NoticePlanned.type


class Result(StrEnum):
    """What became of a try."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended; ``detail`` is one word for operators and never quotes what a server said.

    ``unknown``: it may have gone out. ``recoverable``: worth another try by this channel. ``wait``
    is the pause that the channel asked for. ``reached`` are the recipients who have it although
    others are still to be tried, by their place in the settings from 1; ``refused`` counts those of
    a sent notice who will never have it.
    """

    result: Result
    detail: str = ""
    recoverable: bool = True
    wait: timedelta | None = None
    reached: frozenset[str] = frozenset()
    refused: int = 0


SENT = Outcome(Result.SENT)


def refuse(detail: str, *, recoverable: bool = True, wait: timedelta | None = None) -> Outcome:
    """Return that nothing went out."""
    return Outcome(Result.REFUSED, detail, recoverable=recoverable, wait=wait)


def doubt(detail: str) -> Outcome:
    """Return that nobody can say whether it went out."""
    return Outcome(Result.UNKNOWN, detail)


class Notifier(Protocol):
    """One way of reaching one audience; it holds the addresses, which nothing else sees."""

    @property
    def recognises_repeats(self) -> bool:
        """Whether the far side drops a second message under the same notice id."""

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        """Try once to deliver to all recipients but those ``reached``.

        Never raises for a fault of the far side, and never repeats a try by itself.
        """
