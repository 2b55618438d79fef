"""A client that is made when it is needed and made anew when it fails, but not in haste.

A client that is new has to find a broker, learn where the partitions are and ask what it came for.
Where a call is shorter than that and the client were thrown away after each, none would ever
get there, however well a client that is there does within the same time. And one that is slow
today would be slower if it had to begin anew.
"""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

Client = TypeVar("Client")
_ARRIVAL_SECONDS, _ANSWER_SECONDS = 5.0, 1.0


class Connection(Generic[Client]):
    """Holds one client for whoever has its lock; not safe to share between threads."""

    def __init__(
        self,
        make: Callable[[], Client],
        *,
        close: Callable[[Client], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Remember how a client is made and closed; none is made yet."""
        self._make = make
        self._close = close
        self._clock = clock
        self._client: Client | None = None
        self._began = 0.0
        self._asked: float | None = None
        self._has_answered = False

    def client(self) -> Client:
        """Return the client; what making it raises is raised."""
        if self._client is None:
            self._client = self._make()
            self._began, self._asked, self._has_answered = self._clock(), None, False
        return self._client

    def note_answer(self) -> None:
        """Remember that the client did what it was asked."""
        self._has_answered, self._asked = True, None

    def note_failure(self, *, asked: float, is_over: bool = True) -> None:
        """Drop a client that answered before, or that still has not after five seconds.

        ``asked`` is when, on the clock, it was asked for what it did not do. Where that is not
        over, because it is to be asked again, one that answered before has a second.
        """
        self._asked = asked if self._asked is None else self._asked
        now = self._clock()
        is_lost = is_over or now - self._asked >= _ANSWER_SECONDS
        if is_lost if self._has_answered else now - self._began >= _ARRIVAL_SECONDS:
            self.drop()

    def drop(self) -> None:
        """Close the client, if there is one, so that the next is new."""
        client, self._client = self._client, None
        if client is not None:
            self._close(client)
