"""A report: one authority's return as the core needs it."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.events import Observation, ReturnAccepted, Severity, State, Symbol
from schemas.periods import Period
from services.benchmark.core.accumulation import Counted

_STATES: Mapping[Symbol, State] = {
    "z": State.NOT_APPLICABLE,
    "x": State.MISSING,
    "c": State.SUPPRESSED,
    "u": State.UNRELIABLE,
    "low": State.MISSING,
    "k": State.MISSING,
}
"""What a symbol makes of a figure. ``low`` and ``k`` round to nothing but are not nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """A return: its observations, and the figures among them that can be counted."""

    return_id: str
    period: Period
    observations: Mapping[str, Observation]
    counted: Mapping[str, Counted]
    queried: frozenset[str]

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
    )
