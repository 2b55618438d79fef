"""Intervals: how far chance alone may have moved a value (R1).

As PHEindicatormethods does, the de facto standard of English public health: for display. A decision
takes the exact tail instead (``departure``).

=================  =========================================================================
kind               limits
=================  =========================================================================
count, rate        O >= 10 Byar, below 10 exact: χ² quantiles with 2O and 2O + 2 degrees / 2
percentage         Wilson's score interval
mean               m ± t(n - 1) sd / √n
=================  =========================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, sqrt
from typing import TypeVar, cast

import numpy as np
from scipy.special import gammaincinv, ndtri, stdtrit

from schemas.catalogue import Accumulates, Indicator, Kind
from schemas.numbers import nine
from services.benchmark.core.column import Array, Whole

CONFIDENCE = 0.95
_EXACT_BELOW = 10
_NOTHING = 1e-300
"""As good as no event: the quantile is 0, which is its limit."""

Interval = tuple[float, float]
N = TypeVar("N", float, Array)
"""One number, or many together: the formulas are the same."""


@dataclass(frozen=True, eq=False)
class Methods:
    """By which formula the limits of several indicators are found; the places of each."""

    rates: Whole
    percentages: Whole
    factor: Array


def read_methods(indicators: Sequence[Indicator]) -> Methods:
    """Return the formulas of the indicators.

    None for what is neither events by a population nor a part of a whole: counts, ratios, means,
    and a flow over a stock, whose events are days or leavers of another number of people.
    """
    kinds = [
        None if each.accumulates is Accumulates.FLOW_OVER_STOCK else each.kind
        for each in indicators
    ]
    return Methods(
        rates=np.flatnonzero([kind is Kind.RATE for kind in kinds]),
        percentages=np.flatnonzero([kind is Kind.PERCENTAGE for kind in kinds]),
        factor=np.array([each.factor for each in indicators], dtype=float),
    )


def find_limits(numerators: Array, denominators: Array, *, methods: Methods) -> Array:
    """Return the lower and the upper 95 % limits of values, not rounded, a row each.

    Not a number where there are none: for want of a method, of a denominator, or of a whole that
    is not smaller than its part.
    """
    limits = np.full((2, numerators.size), np.nan)
    rates = methods.rates[denominators[methods.rates] > 0]
    above, below = numerators[rates], denominators[rates]
    limits[:, rates] = around_rate(above, below, factor=methods.factor[rates])
    shares = methods.percentages[denominators[methods.percentages] > 0]
    shares = shares[numerators[shares] <= denominators[shares]]
    above, below = numerators[shares], denominators[shares]
    limits[:, shares] = around_percentage(above, below, factor=methods.factor[shares])
    return limits


def find_interval(
    indicator: Indicator, numerator: float, denominator: float | None
) -> Interval | None:
    """Return the 95 % limits of one indicator's value, to nine digits; None where it has none."""
    if not denominator or indicator.accumulates is Accumulates.FLOW_OVER_STOCK:
        return None
    if indicator.kind is Kind.RATE:
        low, high = around_rate(numerator, denominator, factor=indicator.factor)
    elif indicator.kind is Kind.PERCENTAGE and numerator <= denominator:
        low, high = around_percentage(numerator, denominator, factor=indicator.factor)
    else:
        return None
    return nine(low), nine(high)


def around_count(observed: N, *, confidence: float = CONFIDENCE) -> tuple[N, N]:
    """Return the limits of Poisson counts: exact below 10, Byar's from 10 on."""
    if not isinstance(observed, np.ndarray):
        limits = exact if observed < _EXACT_BELOW else byar
        return limits(observed, confidence=confidence)
    low, high = byar(np.maximum(observed, _EXACT_BELOW), confidence=confidence)
    few = np.flatnonzero(observed < _EXACT_BELOW)
    low[few], high[few] = exact(observed[few], confidence=confidence)
    return low, high


def exact(observed: N, *, confidence: float = CONFIDENCE) -> tuple[N, N]:
    """Return the exact limits of Poisson counts; the lower one of nothing is nothing."""
    tail = (1.0 - confidence) / 2
    return _half_chi_square(observed, tail), _half_chi_square(observed + 1, 1 - tail)


def _half_chi_square(events: N, probability: float) -> N:
    """Return half the χ² quantile with twice as many degrees of freedom as events."""
    return cast("N", gammaincinv(np.maximum(events, _NOTHING), probability))


def byar(observed: N, *, confidence: float = CONFIDENCE) -> tuple[N, N]:
    """Return Byar's limits of counts; from 10 on they agree with the exact ones.

    Below that the lower one may even be negative: ``around_count`` does not use them there.
    """
    z, above = _score(confidence), observed + 1
    low = observed * (1 - 1 / (9 * observed) - z / (3 * observed**0.5)) ** 3
    return low, above * (1 - 1 / (9 * above) + z / (3 * above**0.5)) ** 3


def around_rate(
    observed: N, population: N, *, factor: N, confidence: float = CONFIDENCE
) -> tuple[N, N]:
    """Return the limits of ``factor`` times counts by their populations, which are above 0."""
    low, high = around_count(observed, confidence=confidence)
    return factor * low / population, factor * high / population


def around_percentage(
    part: N, whole: N, *, factor: N | float = 100.0, confidence: float = CONFIDENCE
) -> tuple[N, N]:
    """Return Wilson's limits of ``factor`` times parts of wholes, which are above 0."""
    z = _score(confidence)
    spread = z * (z * z + 4 * part * (1 - part / whole)) ** 0.5
    middle, base = 2 * part + z * z, 2 * (whole + z * z)
    return factor * (middle - spread) / base, factor * (middle + spread) / base


def around_mean(
    mean: float, deviation: float, n: int, *, confidence: float = CONFIDENCE
) -> Interval:
    """Return Student's limits of a mean of ``n`` values, at least two, with their sample sd."""
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * deviation / sqrt(n)
    return mean - reach, mean + reach


@lru_cache(maxsize=8)
def _score(confidence: float) -> float:
    z = float(ndtri((1 + confidence) / 2))
    if not isfinite(z):
        raise ValueError("a confidence lies between 0 and 1")
    return z
