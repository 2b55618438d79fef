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

from functools import lru_cache
from math import isfinite, sqrt

from scipy.special import gammaincinv, ndtri, stdtrit

from schemas.catalogue import Accumulates, Indicator, Kind
from schemas.numbers import nine

CONFIDENCE = 0.95
_EXACT_BELOW = 10

Interval = tuple[float, float]


def find_interval(
    indicator: Indicator, numerator: float, denominator: float | None
) -> Interval | None:
    """Return the 95 % limits of an indicator's value, to nine digits.

    None for what is neither events by a population nor a part of a whole: counts, ratios, means,
    and a flow over a stock, whose events are days or leavers of another number of people.
    """
    if not denominator or indicator.accumulates is Accumulates.FLOW_OVER_STOCK:
        return None
    if indicator.kind is Kind.RATE:
        low, high = around_rate(numerator, denominator, factor=indicator.factor)
    elif indicator.kind is Kind.PERCENTAGE and numerator <= denominator:
        low, high = around_percentage(numerator, denominator, factor=indicator.factor)
    else:
        return None
    return nine(low), nine(high)


def around_count(observed: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Return the limits of a Poisson count: exact below 10, Byar's from 10 on."""
    alpha = 1.0 - confidence
    if observed < _EXACT_BELOW:
        low = float(gammaincinv(observed, alpha / 2)) if observed > 0 else 0.0
        return low, float(gammaincinv(observed + 1, 1 - alpha / 2))
    return byar(observed, confidence=confidence)


def byar(observed: float, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Byar's limits of a count; from 10 on they agree with the exact ones.

    Below that the lower one may even be negative: ``around_count`` does not use them there.
    """
    z, above = _score(confidence), observed + 1
    low = observed * (1 - 1 / (9 * observed) - z / (3 * sqrt(observed))) ** 3
    return low, above * (1 - 1 / (9 * above) + z / (3 * sqrt(above))) ** 3


def around_rate(
    observed: float, population: float, *, factor: float, confidence: float = CONFIDENCE
) -> Interval:
    """Return the limits of ``factor`` times a count by its population, which is above 0."""
    low, high = around_count(observed, confidence=confidence)
    return factor * low / population, factor * high / population


def around_percentage(
    part: float, whole: float, *, factor: float = 100.0, confidence: float = CONFIDENCE
) -> Interval:
    """Return Wilson's limits of ``factor`` times a part of a whole, which is above 0."""
    z = _score(confidence)
    spread = z * sqrt(z * z + 4 * part * (1 - part / whole))
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
