"""Baseline: what England lends an indicator for one period (R3, R5).

Centre θ0, spread τ², the distribution for rank and band, the population and the published year that
neighbours use, fixed when the period opens so that an early return is judged as a late one is. θ0
comes from England's published counts where there are any, else from its published ratio, else it is
pooled from the local-authority rows. What cannot be flagged says why.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from schemas.catalogue import Indicator, Kind
from schemas.events import IndicatorBaseline
from schemas.numbers import nine
from schemas.reference import ENGLAND_CODE
from services.benchmark.core.departure import (
    Departure,
    depart_percentage,
    depart_rate,
    pool,
)
from services.benchmark.core.position import order_bounds
from services.benchmark.core.published import NOTHING, DataSet, Figures, Lent, scale
from services.benchmark.core.spread import TooFew, estimate_spread

ThetaFrom = Literal["counts", "ratio", "pooled"]


class Unflagged(StrEnum):
    """Why an indicator has no flag, whatever an authority returns."""

    COUNT = "count_without_denominator"
    NO_SPREAD_FOR_KIND = "no_spread_published_for_a_mean_or_ratio"
    NO_PUBLISHED_FIGURES = "no_published_figures"
    NO_CENTRE = "no_england_value"
    TOO_FEW_COUNTS = "fewer_than_thirty_authorities_with_counts"


@dataclass(frozen=True, slots=True)
class Centre:
    """England's ratio on the scale of the test and where it is from."""

    theta: float
    source: ThetaFrom


def can_be_tested(indicator: Indicator) -> bool:
    """Whether there is a test for the kind: a rate per population or a percentage."""
    return indicator.kind in (Kind.RATE, Kind.PERCENTAGE) and indicator.has_denominator


def depart(indicator: Indicator, figures: Figures, *, theta: float) -> Departure:
    """Return the departures of the rows from England, by the indicator's kind."""
    test = depart_rate if indicator.kind is Kind.RATE else depart_percentage
    return test(figures.numerators, figures.trials, theta=theta)


def find_centre(
    indicator: Indicator,
    figures: Figures,
    data_set: DataSet | None,
    lent: Lent = NOTHING,
) -> Centre:
    """Return θ0; ``data_set`` is None for figures that were returned, which are pooled.

    Raises ValueError where there is neither an England row nor a denominator to pool over.
    """
    if data_set is not None and data_set.england is not None:
        payload, i = data_set.payload, data_set.england
        above, below = payload.numerators[i], payload.denominators[i]
        if below is None:
            below = lent.counts.get(ENGLAND_CODE)
        if above is not None and below:
            trials = below * scale(indicator) / indicator.factor
            return Centre(nine(above / trials), "counts")
        value = payload.values[i]
        if value is not None:
            return Centre(nine(value / scale(indicator)), "ratio")
    both = ~np.isnan(figures.numerators) & ~np.isnan(figures.trials)
    return Centre(nine(pool(figures.numerators[both], figures.trials[both])), "pooled")


def fit(
    indicator: Indicator,
    figures: Figures,
    *,
    data_set: DataSet | None,
    year: str,
    lent: Lent = NOTHING,
    own_population: DataSet | None = None,
    neighbours: str | None = None,
) -> IndicatorBaseline:
    """Return what the figures lend an indicator.

    ``lent`` are denominators that the file does not print; ``own_population`` is what returns of
    the period are divided by. ``neighbours`` is the data set that neighbours fall back on.
    """
    base = IndicatorBaseline(
        data_set=data_set.id if data_set else None,
        year=year,
        areas=len(figures.ordered),
        implied_n=None if data_set is None or data_set.has_counts else lent.of,
        bounds=_bounds(figures),
        population=own_population.id if own_population else None,
        neighbours=neighbours,
    )
    if not can_be_tested(indicator):
        reason = Unflagged.COUNT if indicator.kind is Kind.COUNT else Unflagged.NO_SPREAD_FOR_KIND
        value = _untested_value(indicator, figures, data_set)
        return base.model_copy(update={"value": value, "reason": reason.value})
    try:
        centre = find_centre(indicator, figures, data_set, lent)
    except ValueError:
        return base.model_copy(update={"reason": Unflagged.NO_CENTRE.value})
    found = {
        "value": nine(centre.theta * scale(indicator)),
        "theta": centre.theta,
        "theta_from": centre.source,
    }
    departure = depart(indicator, figures, theta=centre.theta)
    try:
        tau2 = nine(estimate_spread(departure.d, departure.s))
    except TooFew:
        return base.model_copy(update={**found, "reason": Unflagged.TOO_FEW_COUNTS.value})
    return base.model_copy(update={**found, "tau2": tau2})


def without_figures(indicator: Indicator, own_population: DataSet | None) -> IndicatorBaseline:
    """Return the baseline of an indicator that no data set is known for."""
    reason = Unflagged.NO_PUBLISHED_FIGURES
    if not can_be_tested(indicator):
        reason = Unflagged.COUNT if indicator.kind is Kind.COUNT else Unflagged.NO_SPREAD_FOR_KIND
    return IndicatorBaseline(
        population=own_population.id if own_population else None, reason=reason.value
    )


def _bounds(figures: Figures) -> tuple[float, float, float] | None:
    if not figures.ordered:
        return None
    _, low, middle, high, _ = order_bounds(figures.ordered)
    return nine(low), nine(middle), nine(high)


def _untested_value(
    indicator: Indicator, figures: Figures, data_set: DataSet | None
) -> float | None:
    """England's mean or ratio: as published, else pooled; a plain count has no comparison."""
    if indicator.kind is Kind.COUNT:
        return None
    if data_set is not None and data_set.england is not None:
        value = data_set.payload.values[data_set.england]
        if value is not None:
            return nine(float(value))
    both = ~np.isnan(figures.numerators) & ~np.isnan(figures.trials)
    try:
        return nine(scale(indicator) * pool(figures.numerators[both], figures.trials[both]))
    except ValueError:
        return None
