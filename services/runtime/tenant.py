"""The tenant: a worker of which one replica acts at a time."""

from collections.abc import Callable

from services.runtime.engine import Worker


class Tenant:
    """Runs a worker while this process may act, and lets it begin anew each time it may again.

    What another replica did meanwhile is found in the log, never assumed. ``begin`` is called after
    the worker has recovered, before its first record.
    """

    def __init__(
        self,
        worker: Worker,
        *,
        may_act: Callable[[], bool],
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        """Start without the right to act."""
        self._worker = worker
        self._may_act = may_act
        self._begin = begin
        self._acts = False

    @property
    def name(self) -> str:
        """The worker's name."""
        return self._worker.name

    def recover(self) -> None:
        """Nothing to find before it may act."""

    def advance(self) -> int:
        """Deal with the next records where this process may; 0 where another one does."""
        if not self._may_act():
            self._acts = False
            return 0
        if not self._acts:
            self._worker.recover()
            self._begin()
            self._acts = True
        return self._worker.advance()
