"""Trial: the exact tests of one return, the rates together and the percentages together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from schemas.catalogue import Indicator, Kind
from schemas.events import Flag, IndicatorBaseline
from services.benchmark.core.accumulation import Levels
from services.benchmark.core.column import Array, Letters, Whole, nine_each
from services.benchmark.core.departure import (
    depart_percentage,
    depart_rate,
    reliability,
    widen,
)
from services.benchmark.core.flag import judge
from services.benchmark.core.published import scale


@dataclass(frozen=True, eq=False)
class Nulls:
    """What the figures of a collection are tested against, side by side.

    ``rates`` and ``percentages`` are the places of the indicators that can be tested at all, whose
    baseline has ``theta`` and ``tau2``. ``to_trials`` turns a comparison's denominator into the
    denominator of the test.
    """

    rates: Whole
    percentages: Whole
    theta: Array
    tau2: Array
    to_trials: Array
    polarity: Letters


class Tested(NamedTuple):
    """The outcomes of the exact tests, side by side; not a number where nothing can be tested.

    To nine significant digits.
    """

    flag: list[Flag]
    z: Array
    p: Array
    reliability: Array


def read_nulls(indicators: Sequence[Indicator], bases: Sequence[IndicatorBaseline]) -> Nulls:
    """Return what the baselines of the indicators test figures against."""
    testable = [base.theta is not None and base.tau2 is not None for base in bases]
    kinds = [each.kind if can else None for each, can in zip(indicators, testable, strict=True)]
    return Nulls(
        rates=np.flatnonzero([kind is Kind.RATE for kind in kinds]),
        percentages=np.flatnonzero([kind is Kind.PERCENTAGE for kind in kinds]),
        theta=np.array([base.theta for base in bases], dtype=float),
        tau2=np.array([base.tau2 for base in bases], dtype=float),
        to_trials=np.array([scale(each) / each.factor for each in indicators], dtype=float),
        polarity=np.array([each.polarity for each in indicators], dtype=str),
    )


def run_tests(levels: Levels, nulls: Nulls) -> Tested:
    """Return the exact tests of all comparison values that can be tested."""
    z, s, low, high = departures = np.full((4, levels.value.size), np.nan)
    known = levels.known
    for testable, depart in ((nulls.rates, depart_rate), (nulls.percentages, depart_percentage)):
        at = testable[known[testable]]
        trials = levels.denominator[at] * nulls.to_trials[at]
        found = depart(levels.numerator[at], trials, theta=nulls.theta[at])
        departures[:, at] = found.z, found.s, found.p_low, found.p_high
    judged = judge(
        widen(z, s, tau2=nulls.tau2),
        p_low=low,
        p_high=high,
        polarity=nulls.polarity,
    )
    shares = np.where(np.isnan(judged.z), np.nan, reliability(s, tau2=nulls.tau2))
    return Tested(*judged, nine_each(shares))
