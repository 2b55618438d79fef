"""Assessment: where every authority stands in one published data set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from schemas.catalogue import Indicator, Kind
from schemas.events import DataSetAssessed, Flag, IndicatorBaseline
from schemas.numbers import nine
from services.benchmark.core.baseline import depart, fit
from services.benchmark.core.departure import widen
from services.benchmark.core.flag import Judgement, judge
from services.benchmark.core.neighbours import find_difference, find_median
from services.benchmark.core.position import Place, find_place
from services.benchmark.core.published import (
    NOTHING,
    DataSet,
    Figures,
    Lent,
    read_figures,
    symbols_of,
)

UNBANDED = frozenset({"ME03"})
"""Measures that LAIT shows no band for: "Data range is too small"."""

Lists = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Row:
    """What the test says of one row."""

    value: float
    judgement: Judgement | None


def assess(
    data_set: DataSet,
    indicator: Indicator,
    *,
    neighbours: Lists,
    neighbours_version: str,
    lent: Lent = NOTHING,
) -> DataSetAssessed:
    """Return the standings of all authorities in a data set, in the order of its rows.

    A joint row gives value, place and flag to each member; neighbours' medians leave it out.
    """
    figures = read_figures(data_set, indicator, lent=lent)
    base = fit(
        indicator,
        figures,
        data_set=data_set,
        year=data_set.payload.period,
        lent=lent,
    )
    rows = _judge_rows(indicator, figures, base)
    symbols = symbols_of(data_set)
    codes = tuple(code for members in figures.rows for code in members)
    found = [rows.get(code) for code in codes]
    places = [find_own_place(indicator, figures, code) for code in codes]
    single = figures.single if indicator.kind is not Kind.COUNT else {}
    medians = [find_median(neighbours.get(code, ()), single) for code in codes]
    judged = [row.judgement if row else None for row in found]
    values = [row.value if row else None for row in found]
    return DataSetAssessed(
        data_set=data_set.id,
        indicator=indicator.code,
        period=data_set.payload.period,
        england=base.value,
        theta=base.theta,
        tau2=base.tau2,
        reason=base.reason,
        neighbours_version=neighbours_version,
        authorities=codes,
        values=tuple(values),
        symbols=tuple(symbols.get(code) for code in codes),
        ranks=tuple(place.rank if place else None for place in places),
        bands=tuple(place.band if place else None for place in places),
        percentiles=tuple(
            nine(place.pos) if place and place.pos is not None else None for place in places
        ),
        z=tuple(j.z if j else None for j in judged),
        p=tuple(j.p if j else None for j in judged),
        flags=tuple(j.flag if j else Flag.NOT_ASSESSED for j in judged),
        neighbours=tuple(median.value for median in medians),
        used=tuple(median.used for median in medians),
        differences=tuple(
            find_difference(value, median.value, polarity=indicator.polarity)
            for value, median in zip(values, medians, strict=True)
        ),
    )


def find_own_place(indicator: Indicator, figures: Figures, code: str) -> Place | None:
    """Return the place of an authority among the figures; None without a figure, or of a count."""
    value = figures.value_of.get(code)
    if value is None or indicator.kind is Kind.COUNT:
        return None
    return find_place(
        value,
        figures.ordered,
        polarity=indicator.polarity,
        banded=indicator.code not in UNBANDED,
    )


def _judge_rows(
    indicator: Indicator, figures: Figures, base: IndicatorBaseline
) -> Mapping[str, _Row]:
    exact = figures.exact.tolist()
    tests: list[Judgement | None] = [None] * len(exact)
    if base.theta is not None and base.tau2 is not None:
        departure = depart(indicator, figures, theta=base.theta)
        tests = [
            judge(
                widen(z, s, tau2=base.tau2),
                p_low=low,
                p_high=high,
                polarity=indicator.polarity,
            )
            if np.isfinite(z)
            else None
            for z, s, low, high in zip(
                departure.z.tolist(),
                departure.s.tolist(),
                departure.p_low.tolist(),
                departure.p_high.tolist(),
                strict=True,
            )
        ]
    return {
        code: _Row(nine(value), test)
        for members, value, test in zip(figures.rows, exact, tests, strict=True)
        if np.isfinite(value)
        for code in members
    }
