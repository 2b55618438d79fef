"""Firm: the facts without the figures that carry an open query."""

from dataclasses import dataclass

from schemas.events import Evidence
from schemas.periods import Period
from services.benchmark.core.facts import Fact, Facts, Function
from services.benchmark.core.vocabulary import YES_OR_NO


@dataclass(frozen=True, slots=True)
class Firm:
    """Facts in which a figure with an open query cannot be assessed.

    What is said of the sender (late, missing, explained, queried) stays as it is.
    """

    facts: Facts

    def look(self, function: Function, *, indicator: str | None, period: Period) -> Fact:
        """Return the fact, or that a query on its figure is open."""
        fact = self.facts.look(function, indicator=indicator, period=period)
        if indicator is None or function in YES_OR_NO or fact.value is None:
            return fact
        queried = self.facts.look(Function.QUERIED, indicator=indicator, period=period)
        if queried.value is not True:
            return fact
        reason = "a query on the figure is open"
        return Fact(None, reason, fact.period, fact.basis, fact.n, fact.observed)

    def cite(self, indicator: str, *, period: Period) -> Evidence | None:
        """Return the standing, queried or not."""
        return self.facts.cite(indicator, period=period)
