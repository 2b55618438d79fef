"""A report: one authority's return as the core needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan

import numpy as np

from schemas.events import Observation, ReturnAccepted, Severity, State, Symbol
from schemas.periods import Period
from services.benchmark.core.accumulation import Counted
from services.benchmark.core.column import Array

_STATES: Mapping[Symbol, State] = {
    "z": State.NOT_APPLICABLE,
    "x": State.MISSING,
    "c": State.SUPPRESSED,
    "u": State.UNRELIABLE,
    "low": State.MISSING,
    "k": State.MISSING,
}
"""What a symbol makes of a figure. ``low`` and ``k`` round to nothing but are not nothing."""


NOT_COUNTED = (nan, 0.0)
"""The count of a figure that was not returned, or cannot be counted."""


@dataclass(frozen=True, slots=True)
class Report:
    """A return: its observations, and the figures among them that can be counted.

    ``queried`` are the indicators with an open query, ``explained`` those that their sender has
    said something about.
    """

    return_id: str
    period: Period
    observations: Mapping[str, Observation]
    counted: Mapping[str, Counted]
    queried: frozenset[str]
    explained: frozenset[str] = frozenset()
    _tables: dict[tuple[str, ...], Array] = field(default_factory=dict, compare=False, repr=False)

    def table(self, indicators: tuple[str, ...]) -> Array:
        """Return the counts of indicators, numerators above denominators; put together once."""
        if indicators not in self._tables:
            pairs = [self.count(indicator) for indicator in indicators]
            self._tables[indicators] = np.array(pairs, dtype=float).reshape(-1, 2).T
        return self._tables[indicators]

    def count(self, indicator: str) -> tuple[float, float]:
        """Return numerator and denominator of a figure, 0 below where it has no denominator."""
        counted = self.counted.get(indicator)
        if counted is None:
            return NOT_COUNTED
        return counted.numerator, counted.denominator or 0.0

    def state_of(self, indicator: str) -> State:
        """Return what became of an indicator's figure; one that was not named is missing."""
        observation = self.observations.get(indicator)
        if observation is None:
            return State.MISSING
        if observation.symbol is not None:
            return _STATES[observation.symbol]
        return State.REPORTED if indicator in self.counted else State.MISSING


def read_report(accepted: ReturnAccepted) -> Report:
    """Return the report of an accepted return. A query stays open until a note explains it."""
    observations = {each.indicator: each for each in accepted.observations}
    return Report(
        return_id=accepted.return_id,
        period=Period.parse(accepted.period),
        observations=observations,
        counted={
            code: Counted(each.numerator, each.denominator)
            for code, each in observations.items()
            if each.symbol is None and each.numerator is not None
        },
        queried=frozenset(
            found.indicator
            for found in accepted.findings
            if found.severity is Severity.QUERY
            and found.indicator in observations
            and observations[found.indicator].note is None
        ),
        explained=frozenset(
            each.indicator for each in accepted.observations if each.note is not None
        ).union(
            found.indicator
            for found in accepted.findings
            if found.indicator is not None and found.explanation is not None
        ),
    )


def explain(report: Report, indicator: str) -> Report:
    """Return a report whose sender has explained a figure since."""
    return replace(
        report,
        queried=report.queried - {indicator},
        explained=report.explained | {indicator},
    )


def stack(last_four: Sequence[Report | None], indicators: tuple[str, ...]) -> Array:
    """Return the counts of several returns as one table: return, above or below, indicator."""
    nothing = np.repeat(np.reshape(NOT_COUNTED, (2, 1)), len(indicators), axis=1)
    return np.array([each.table(indicators) if each else nothing for each in last_four])
