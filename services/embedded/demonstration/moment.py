"""The clock of the demonstration: it stands at each action's moment, then it is the real one."""

from datetime import datetime

from services.runtime.clock import Clock


class StoryClock:
    """A clock that shows what it was last set to, and the time of day once the story is over."""

    def __init__(self, start: datetime, *, afterwards: Clock) -> None:
        self._moment: datetime | None = start
        self._afterwards = afterwards

    def __call__(self) -> datetime:
        """Return the present moment of the story, or the real one after its end."""
        return self._moment if self._moment is not None else self._afterwards()

    def show(self, moment: datetime) -> None:
        """Stand at a moment."""
        self._moment = moment

    def finish(self) -> None:
        """Give way to the real clock."""
        self._moment = None
