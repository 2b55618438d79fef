"""Accumulation: from quarterly counts to the comparison value, each indicator in its own way.

================  ============================================================================
flow              Σ numerators / Σ denominators over four quarters; a rate per population is
                  Σ numerators / the one population in force and needs all four quarters
flow_over_stock   Σ flow / mean stock, needs all four quarters (turnover; sickness)
stock, window     as returned, never summed (a count on a day; a count that spans a year already)
================  ============================================================================

The value is ``factor × numerator / denominator`` in the indicator's unit. Percentages are a ratio
of sums, never a mean of percentages, and say how many quarters they rest on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schemas.catalogue import Accumulates

QUARTERS = 4
SUMMED = frozenset({Accumulates.FLOW, Accumulates.FLOW_OVER_STOCK})
"""The ways in which four quarters make one comparison value."""


class Gap(StrEnum):
    """Why there is no comparison value."""

    NO_FIGURE = "no_figure"
    NEEDS_FOUR_QUARTERS = "needs_four_quarters"
    NO_DENOMINATOR = "no_denominator"
    NO_POPULATION = "no_population"


class NotComparable(ValueError):
    """No comparison value can be made; ``gap`` says why."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.value)
        self.gap = gap


@dataclass(frozen=True, slots=True)
class Counted:
    """One quarter's figures as returned; a quarter with a symbol, or never returned, is None."""

    numerator: float
    denominator: float | None = None


class Comparison(NamedTuple):
    """The comparison value with what it is made of.

    ``denominator`` is the summed denominator, the mean stock or the population; None for a count.
    ``quarters`` is the number of quarters it rests on (1 for what is never summed).
    """

    numerator: float
    denominator: float | None
    value: float
    quarters: int


def accumulate(
    quarters: Sequence[Counted | None],
    *,
    how: str,
    factor: float,
    per_population: bool = False,
    population: float | None = None,
    counts_only: bool = False,
) -> Comparison:
    """Return the comparison value of the newest quarter; ``quarters`` runs from newest to oldest.

    ``how`` is the catalogue's ``accumulates``. Raises NotComparable with the gap: the newest
    quarter has no figure, an earlier one that is needed is missing, or there is nothing to divide
    by.
    """
    newest = quarters[0]
    if newest is None:
        raise NotComparable(Gap.NO_FIGURE)
    if counts_only:
        return Comparison(newest.numerator, None, factor * newest.numerator, 1)
    summed = how in SUMMED
    window = quarters[:QUARTERS] if summed else [newest]
    returned = [quarter for quarter in window if quarter is not None]
    needs_all = summed and (per_population or how == Accumulates.FLOW_OVER_STOCK)
    if needs_all and len(returned) < QUARTERS:
        raise NotComparable(Gap.NEEDS_FOUR_QUARTERS)
    numerator = _total([quarter.numerator for quarter in returned])
    if per_population:
        if not population:
            raise NotComparable(Gap.NO_POPULATION)
        return Comparison(numerator, population, factor * numerator / population, len(returned))
    below = _total([quarter.denominator or 0.0 for quarter in returned])
    if how == Accumulates.FLOW_OVER_STOCK:
        below /= len(returned)
    if below <= 0:
        raise NotComparable(Gap.NO_DENOMINATOR)
    return Comparison(numerator, below, factor * numerator / below, len(returned))


def _total(numbers: list[float]) -> float:
    """Sum exactly where all are whole; FTE carry one decimal, which floats add with a tail."""
    return round(sum(numbers), 6)
