"""A measured figure and the line of JSON that says it."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what it may be at most, and what keeps it from being less.

    ``peer`` names what the same work costs without us, ``beside`` is its value in the same unit.
    """

    name: str
    value: float
    unit: str
    limited_by: str
    limit: float | None = None
    peer: str | None = None
    beside: float | None = None
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def within(self) -> bool:
        """Whether the figure keeps its limit; one without a limit always does."""
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """Return the figure as one line of JSON."""
        said: dict[str, object] = {
            "name": self.name,
            "value": short(self.value),
            "unit": self.unit,
            "limit": self.limit,
            "share": short(self.value / self.limit) if self.limit else None,
            "within": self.within,
            "limited_by": self.limited_by,
            "peer": self.peer,
            "peer_value": None if self.beside is None else short(self.beside),
            "ratio": short(self.value / self.beside) if self.beside else None,
            "machine": {"cores": os.cpu_count(), "load": short(os.getloadavg()[0])},
        }
        return json.dumps({**said, **self.detail}, ensure_ascii=False)


def short(number: float) -> float:
    """Return a number to three significant digits, a whole one as it is."""
    return number if isinstance(number, int) else float(f"{number:.3g}")


def at(share: float, numbers: Sequence[float]) -> float:
    """Return the number below or at which so large a share of the numbers lies."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
