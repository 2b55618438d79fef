"""Trial: the exact tests of one return, the rates together and the percentages together."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from schemas.catalogue import Kind
from schemas.numbers import nine
from services.benchmark.core.accumulation import Comparison, Gap
from services.benchmark.core.departure import (
    depart_percentage,
    depart_rate,
    reliability,
    widen,
)
from services.benchmark.core.flag import Judgement, judge
from services.benchmark.core.yardstick import Measure

Level = Comparison | Gap
"""A comparison value, or why there is none."""


class Tested(NamedTuple):
    """The outcome of one exact test."""

    judgement: Judgement
    reliability: float


def run_tests(measures: Sequence[Measure], levels: Sequence[Level]) -> Mapping[int, Tested]:
    """Return the exact tests of all comparison values that can be tested, by place."""
    testable = [
        i
        for i, (measure, level) in enumerate(zip(measures, levels, strict=True))
        if measure.tested and isinstance(level, Comparison)
    ]
    found: dict[int, Tested] = {}
    for kind, test in ((Kind.RATE, depart_rate), (Kind.PERCENTAGE, depart_percentage)):
        places = [i for i in testable if measures[i].indicator.kind is kind]
        if not places:
            continue
        above, below = _counts([measures[i] for i in places], [levels[i] for i in places])
        departure = test(above, below, theta=[measures[i].base.theta or 0.0 for i in places])
        columns = (departure.z, departure.s, departure.p_low, departure.p_high)
        for i, z, s, low, high in zip(places, *(c.tolist() for c in columns), strict=True):
            tau2 = measures[i].base.tau2
            if tau2 is None or not np.isfinite(z):
                continue
            polarity = measures[i].indicator.polarity
            judged = judge(widen(z, s, tau2=tau2), p_low=low, p_high=high, polarity=polarity)
            found[i] = Tested(judged, nine(reliability(s, tau2=tau2)))
    return found


def _counts(
    measures: Sequence[Measure], levels: Sequence[Level]
) -> tuple[list[float], list[float]]:
    above, below = [], []
    for measure, level in zip(measures, levels, strict=True):
        if isinstance(level, Comparison):
            above.append(level.numerator)
            below.append((level.denominator or 0.0) * measure.to_trials)
    return above, below
