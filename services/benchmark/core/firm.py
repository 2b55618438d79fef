"""Firm: the facts without the figures that carry an open query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.events import Evidence
from schemas.periods import Period
from services.benchmark.core.facts import Fact, Facts, Function, Reading
from services.benchmark.core.vocabulary import YES_OR_NO

_HELD_AGAINST: Mapping[Function, int] = MappingProxyType(
    {Function.MOVE: 1, Function.D4: 4, Function.D8: 8}
)
"""How many quarters back the figure lies that a change is counted from."""


@dataclass(frozen=True, slots=True)
class Firm:
    """Facts in which a figure with an open query cannot be assessed.

    A change rests on two figures, and neither may have one. What is said of the sender (late,
    missing, explained, queried) stays as it is.
    """

    facts: Facts
    tallied: dict[tuple[object, int, int], tuple[bool | None, ...]] = field(default_factory=dict)

    def look(self, function: Function, *, indicator: str | None, period: Period) -> Fact:
        """Return the fact, or that a query on its figure is open."""
        fact = self.facts.look(function, indicator=indicator, period=period)
        if indicator is None or function in YES_OR_NO or fact.value is None:
            return fact
        if not self._is_queried(function, indicator, period, fact):
            return fact
        reason = "a query on the figure is open"
        return Fact(None, reason, fact.period, fact.basis, fact.n, fact.observed)

    def read(self, function: Function, *, indicator: str | None, period: Period) -> Reading:
        """Return value and denominator of what ``look`` returns."""
        if function in _HELD_AGAINST:
            fact = self.look(function, indicator=indicator, period=period)
            return fact.value, fact.n
        value, n = self.facts.read(function, indicator=indicator, period=period)
        if indicator is None or function in YES_OR_NO or value is None:
            return value, n
        queried, _ = self.facts.read(Function.QUERIED, indicator=indicator, period=period)
        return None if queried else value, n

    def read_each(
        self, function: Function, *, indicators: Sequence[str], period: Period
    ) -> Sequence[Reading]:
        """Return what ``read`` returns of each of several indicators."""
        return [self.read(function, indicator=each, period=period) for each in indicators]

    def _is_queried(self, function: Function, indicator: str, period: Period, fact: Fact) -> bool:
        quarters = [period]
        if function in _HELD_AGAINST and fact.basis == "in-year":
            quarters.append(period.shift(-_HELD_AGAINST[function]))
        return any(
            self.facts.look(Function.QUERIED, indicator=indicator, period=quarter).value is True
            for quarter in quarters
        )

    def cite(self, indicator: str, *, period: Period) -> Evidence | None:
        """Return the standing, queried or not."""
        return self.facts.cite(indicator, period=period)
