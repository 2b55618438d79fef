"""Accumulation: from quarterly counts to the comparison value, each indicator in its own way.

================  ============================================================================
flow              Σ numerators / Σ denominators over four quarters; a rate per population is
                  Σ numerators / the one population in force and needs all four quarters
flow_over_stock   Σ flow / mean stock, needs all four quarters (turnover; sickness)
stock, window     as returned, never summed (a count on a day; a count that spans a year already)
================  ============================================================================

The value is ``factor × numerator / denominator`` in the indicator's unit. Percentages are a ratio
of sums, never a mean of percentages, and say how many quarters they rest on. All indicators of a
return are accumulated together, one in each column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from schemas.catalogue import Accumulates, Indicator, Kind
from services.benchmark.core.column import Array, Mask, Whole, tidy_totals

QUARTERS = 4
SUMMED = frozenset({Accumulates.FLOW, Accumulates.FLOW_OVER_STOCK})
"""The ways in which four quarters make one comparison value."""


class Gap(StrEnum):
    """Why there is no comparison value."""

    NO_FIGURE = "no_figure"
    NEEDS_FOUR_QUARTERS = "needs_four_quarters"
    NO_DENOMINATOR = "no_denominator"
    NO_POPULATION = "no_population"


_REASONS: tuple[Gap | None, ...] = (*Gap, None)
_NO_GAP = len(Gap)
_NOTHING = _REASONS.index(Gap.NO_FIGURE)
_NEEDS_ALL = _REASONS.index(Gap.NEEDS_FOUR_QUARTERS)


@dataclass(frozen=True, eq=False)
class Ways:
    """How each of several indicators accumulates, side by side.

    ``window`` has a row for each quarter, the newest first: whether the quarter counts at all.
    ``lacking`` is what is missing where there is nothing to divide by.
    """

    window: Mask
    needs_all: Mask
    mean_below: Mask
    per_population: Mask
    count: Mask
    lacking: Whole
    factor: Array


class Levels(NamedTuple):
    """Comparison values with what they are made of, side by side.

    ``denominator`` is the summed denominator, the mean stock or the population; of a plain count it
    is not a number. ``quarters`` is how many quarters a value rests on (1 for what is never
    summed). Where there is no value it is not a number, and ``gap`` is the place of the reason.
    """

    numerator: Array
    denominator: Array
    value: Array
    quarters: Whole
    gap: Whole

    @property
    def known(self) -> Mask:
        """Where there is a value."""
        known: Mask = self.gap == _NO_GAP
        return known

    def gaps(self) -> list[Gap | None]:
        """Return why there is no value, None where there is one."""
        return [_REASONS[gap] for gap in self.gap.tolist()]


class Counted(NamedTuple):
    """One quarter's figures as returned; a quarter with a symbol, or never returned, has none."""

    numerator: float
    denominator: float | None = None


def read_ways(indicators: Sequence[Indicator]) -> Ways:
    """Return how the indicators accumulate, as the catalogue has it."""
    count = np.array([each.kind is Kind.COUNT for each in indicators], dtype=bool)
    ways = [each.accumulates for each in indicators]
    summed = np.array([way in SUMMED for way in ways], dtype=bool) & ~count
    mean = np.array([way is Accumulates.FLOW_OVER_STOCK for way in ways], dtype=bool)
    people = np.array([each.population is not None for each in indicators], dtype=bool) & ~count
    return Ways(
        window=np.array([np.ones_like(summed), *[summed] * (QUARTERS - 1)]),
        needs_all=summed & (people | mean),
        mean_below=mean,
        per_population=people,
        count=count,
        lacking=np.where(
            people, _REASONS.index(Gap.NO_POPULATION), _REASONS.index(Gap.NO_DENOMINATOR)
        ),
        factor=np.array([each.factor for each in indicators], dtype=float),
    )


def accumulate(counts: Array, *, ways: Ways, people: Array) -> Levels:
    """Return the comparison values of the newest of four quarters.

    ``counts`` has four quarters, newest first, each with numerators above denominators and a column
    for each figure: the indicators of ``ways`` in turn, or one indicator of many authorities. What
    was not returned has no number above; a denominator that was not is 0. ``people`` is the
    population in force, not a number where none is known. There is a gap where the newest quarter
    has no figure, an earlier one is missing that is needed, or there is nothing to divide by.
    """
    given = ~np.isnan(counts[:, 0])
    used = given & ways.window
    quarters = np.add.reduce(used, axis=0)
    above, below = tidy_totals(np.add.reduce(np.where(used[:, None], counts, 0.0), axis=0))
    below = np.where(ways.mean_below, below / QUARTERS, below)
    below = np.where(ways.per_population, people, below)
    above = np.where(ways.count, counts[0, 0], above)
    below = np.where(ways.count, 1.0, below)
    gap = np.where(below > 0, _NO_GAP, ways.lacking)
    gap = np.where(ways.needs_all & (quarters < QUARTERS), _NEEDS_ALL, gap)
    gap = np.where(given[0], gap, _NOTHING)
    below = np.where(gap == _NO_GAP, below, np.nan)
    value = ways.factor * above / below
    return Levels(above, np.where(ways.count, np.nan, below), value, quarters, gap)
