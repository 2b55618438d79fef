"""Turns: who comes after others waits for them, and whoever asked is answered in time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from services.runtime.log import LogUnavailable

_LOOK = 0.3
_LAST_LOOK = 0.2
"""So long before the patience ends it is found out once more: things may have changed since."""
_STEP = 0.25


class Hope(Protocol):
    """Whatever knows why it may be worth waiting longer for the log."""

    def look(self) -> None:
        """Begin to find out; returns at once."""

    def is_there(self) -> bool:
        """Say whether it is worth it, by what has been found out."""


class Deadline:
    """When what is waited for is given up, which whoever waits asks again and again."""

    def __init__(self, patience: "Patience", *, clock: Callable[[], float] = monotonic) -> None:
        """Begin now."""
        self._patience = patience
        self._clock = clock
        self._began = clock()

    def left(self) -> float:
        """Return the seconds for which to wait before asking again; 0 when it is over.

        Where the patience may be longer, asking is what makes it find out whether it is.
        """
        spent, patience = self._clock() - self._began, self._patience
        if patience.hope is None:
            return max(0.0, patience.seconds - spent)
        if spent < _LOOK:
            return _LOOK - spent
        patience.hope.look()
        for moment in (patience.seconds - _LAST_LOOK, patience.seconds):
            if spent < moment:
                return moment - spent
        if spent < patience.hold and patience.hope.is_there():
            return min(_STEP, patience.hold - spent)
        return 0.0

    def again(self) -> "Deadline":
        """Return one for what comes next, which begins now."""
        return Deadline(self._patience, clock=self._clock)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many ``seconds`` an answer may take, or up to ``hold`` while there is ``hope``."""

    seconds: float
    hold: float = 0.0
    hope: Hope | None = None


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def answering(deadline: Deadline) -> Iterator[None]:
    """Bound what a block asks of the log, however often it asks."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def deadline_of(patience: float) -> Deadline:
    """Return when a call is to end: with the block it is part of, or after ``patience`` seconds."""
    return _deadline.get() or Deadline(Patience(patience))


class Held(Protocol):
    """A lock that can be waited for with an end."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock; False if that took longer than ``timeout`` seconds."""

    def release(self) -> None:
        """Give the lock back."""


@contextmanager
def take_turn(lock: Held, *, until: Deadline, wanted: str) -> Iterator[None]:
    """Hold a lock for a block; LogUnavailable if others hold it until the deadline.

    Behind a log that is slow a queue would make every answer late. ``wanted`` says for an operator
    what could not be done.
    """
    while not lock.acquire(timeout=until.left()):
        if until.left() <= 0:
            raise LogUnavailable(f"{wanted}: those before still wait for the log.")
    try:
        yield
    finally:
        lock.release()
