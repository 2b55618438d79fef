"""How far a worker has got in finding its state again from the log."""

from collections.abc import Callable
from dataclasses import dataclass

from services.runtime.operation import Check, Health


@dataclass(slots=True)
class Rebuild:
    """Records folded, of how many; both stay as they are once all are folded."""

    total: int = 0
    folded: int = 0

    @property
    def under_way(self) -> bool:
        """Whether there is more to fold."""
        return self.folded < self.total

    def finish(self) -> None:
        """Say that all was folded: a log may count places at which nothing stands."""
        self.folded = self.total


def with_progress(check: Check, rebuild: Callable[[], Rebuild]) -> Check:
    """Return the check, with the rebuild's progress as its detail while one is under way."""

    def progress() -> Health:
        health, found = check(), rebuild()
        if health.ok or not found.under_way:
            return health
        detail = f"finds its state again: {found.folded:,} of {found.total:,} records folded"
        return Health(ok=False, detail=detail)

    return progress
