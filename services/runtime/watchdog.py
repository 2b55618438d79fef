"""The watchdog: ends a process in which something stands still although it could go on.

Client libraries have been seen to give a consumer nothing more, without an error and without an
end. Only a new process is known to help, and any supervisor starts one.
"""

import logging
import os
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import NoReturn

from schemas.topics import Topic
from services.runtime.log import Log, LogError
from services.runtime.meter import Behind
from services.runtime.operation import Check, Health
from services.runtime.store import StoreError

_log = logging.getLogger(__name__)
STOPPED = 70
"""The exit code of a process that ended itself for want of progress."""
_PAUSE_SECONDS = 5.0
_MOST_LOOKS = 24


def leave(detail: str) -> NoReturn:
    """End this process at once; whatever stands in the log is enough for the next one."""
    _log.critical("stopping", extra={"code": STOPPED, "detail": detail})
    logging.shutdown()
    os._exit(STOPPED)


class Progress:
    """A check: whether what waits behind a consumer has moved since this was asked last.

    The log is asked where it ends; a consumer that stands still may not know. ``excused`` is while
    it rightly deals with nothing: another replica does, its state is being found, or it stopped at
    a record and says so.
    """

    def __init__(self, behind: Behind, *, excused: Callable[[], bool]) -> None:
        """Remember whom to ask; nothing was seen yet."""
        self._behind = behind
        self._excused = excused
        self._seen: dict[tuple[Log, Topic], int] = {}

    def __call__(self) -> Health:
        """Look; while nobody can say what waits, nothing is known to stand still."""
        before, self._seen = self._seen, {}
        if self._excused():
            return Health(ok=True)
        try:
            waiting = [s for s in self._behind() if s.log.end(s.topic) > s.after]
        except (LogError, StoreError):
            return Health(ok=True)
        self._seen = {(stretch.log, stretch.topic): stretch.after for stretch in waiting}
        if any(before.get(place) == after for place, after in self._seen.items()):
            return Health(ok=False, detail="records wait and none is dealt with")
        return Health(ok=True)


class Watchdog:
    """Looks every five seconds, in a thread of its own, and counts in looks, not by a clock.

    So a process that was itself made to stand still is not ended for it. ``may_go_on`` says whether
    what all of it rests on is there: while Kafka is away, standing still is right.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        may_go_on: Callable[[], bool],
        end: Callable[[str], object] = leave,
    ) -> None:
        """Watch what the checks say; two minutes without a good word on one of them are the end."""
        self._checks = checks
        self._may_go_on = may_go_on
        self._end = end
        self._bad = dict.fromkeys(checks, 0)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more: whoever drains stands still in the end."""
        self._stop.set()

    def look(self) -> None:
        """Look once, and end the process where it is time."""
        may_go_on = self._may_go_on()
        for name, check in self._checks.items():
            health = check()
            self._bad[name] = self._bad[name] + 1 if may_go_on and not health.ok else 0
            if self._bad[name] >= _MOST_LOOKS:
                self._end(f"{name} stands still although Kafka answers: {health.detail}")

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_SECONDS):
            self.look()
