"""Turns: who comes after others waits for them, and whoever asked is answered in time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from time import monotonic
from typing import Protocol

from services.runtime.log import LogUnavailable

_until: ContextVar[float] = ContextVar("until", default=inf)


@contextmanager
def answering(*, within: float) -> Iterator[None]:
    """Bound what a block asks of the log, however often it asks: it is told after these seconds."""
    token = _until.set(min(monotonic() + within, _until.get()))
    try:
        yield
    finally:
        _until.reset(token)


def deadline(patience: float) -> float:
    """Return when, on the monotonic clock, a call that has ``patience`` seconds is to end."""
    return min(monotonic() + patience, _until.get())


class Held(Protocol):
    """A lock that can be waited for with an end."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock; False if that took longer than ``timeout`` seconds."""

    def release(self) -> None:
        """Give the lock back."""


@contextmanager
def take_turn(lock: Held, *, patience: float, wanted: str) -> Iterator[None]:
    """Hold a lock for a block; LogUnavailable if others hold it for longer than ``patience``.

    Behind a log that is slow a queue would make every answer late. ``patience`` is in seconds, and
    ``wanted`` says for an operator what could not be done.
    """
    if not lock.acquire(timeout=max(0.0, patience)):
        raise LogUnavailable(f"{wanted}: those before still wait for the log.")
    try:
        yield
    finally:
        lock.release()
