"""A yardstick: a baseline made ready for use, with the figures it names laid out for lookups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from schemas.catalogue import Indicator, Kind
from schemas.events import BaselineSet, IndicatorBaseline
from services.benchmark.core.accumulation import (
    SUMMED,
    Comparison,
    Counted,
    NotComparable,
    accumulate,
)
from services.benchmark.core.neighbours import Median, find_median
from services.benchmark.core.published import DataSet, Figures, scale
from services.benchmark.core.report import Report

Array = NDArray[np.float64]

NO_BASELINE = "no_baseline"
"""Why nothing of a period is compared that was never opened."""


@dataclass(frozen=True)
class Measure:
    """One indicator's part of a yardstick.

    ``figures`` is the distribution for rank and band (None: no rank), ``people`` the population of
    each authority, ``published`` what neighbours fall back on with its ``year``.
    """

    indicator: Indicator
    base: IndicatorBaseline
    source: str | None
    figures: Figures | None
    people: Mapping[str, float]
    published: Figures | None
    year: str | None

    @cached_property
    def tested(self) -> bool:
        """Whether a flag can be given at all."""
        return self.base.theta is not None and self.base.tau2 is not None

    @cached_property
    def compared(self) -> bool:
        """Whether it is held against others at all: a plain count has value and change only."""
        return self.indicator.kind is not Kind.COUNT

    @cached_property
    def to_trials(self) -> float:
        """What turns a comparison's denominator into the denominator of the test."""
        return scale(self.indicator) / self.indicator.factor

    def compare(self, last_four: Sequence[Report | None], *, population_of: str) -> Comparison:
        """Return the comparison value of a quarter; raises NotComparable with the gap."""
        return accumulate_indicator(
            self.indicator, last_four, population=self.people.get(population_of)
        )


@dataclass
class Yardstick:
    """All measures of a collection's period, in catalogue order."""

    id: str | None
    measures: tuple[Measure, ...]
    medians: dict[tuple[str, ...], tuple[Median, ...]] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> Mapping[str, Measure]:
        """The measures by indicator."""
        return {measure.indicator.code: measure for measure in self.measures}

    def published_medians(self, neighbours: tuple[str, ...]) -> tuple[Median, ...]:
        """Return the published medians of ten neighbours, one for each measure."""
        if neighbours not in self.medians:
            self.medians[neighbours] = tuple(
                find_median(neighbours, m.published.single)
                if m.published is not None and m.compared
                else Median(None, 0)
                for m in self.measures
            )
        return self.medians[neighbours]


def accumulate_indicator(
    indicator: Indicator, last_four: Sequence[Report | None], *, population: float | None
) -> Comparison:
    """Return the comparison value from four returns, newest first, by the indicator's own way.

    Raises NotComparable with the gap.
    """
    code = indicator.code
    quarters: list[Counted | None] = [
        report.counted.get(code) if report is not None else None for report in last_four
    ]
    return accumulate(
        quarters,
        how=indicator.accumulates,
        factor=indicator.factor,
        per_population=indicator.population is not None,
        population=population,
        counts_only=indicator.kind is Kind.COUNT,
    )


def is_queried(indicator: Indicator, last_four: Sequence[Report | None]) -> bool:
    """Whether a query is open on the newest figure, or on an earlier one that is summed with it."""
    code, newest = indicator.code, last_four[0]
    if newest is None:
        return False
    if code in newest.queried:
        return True
    if indicator.accumulates not in SUMMED or indicator.kind is Kind.COUNT:
        return False
    return code in newest.counted and any(
        report is not None and code in report.queried and code in report.counted
        for report in last_four[1:]
    )


def lay_out(
    indicators: Sequence[Indicator],
    baseline: BaselineSet | None,
    *,
    find: Callable[[str], DataSet],
    read: Callable[[Indicator, str], Figures],
    returned: Callable[[Indicator], Figures],
) -> Yardstick:
    """Return the yardstick of a baseline (None: none was set, so nothing has rank or flag).

    ``find`` gives a data set by id, ``read`` its figures, ``returned`` the quarter's own figures at
    close for an indicator whose baseline names no data set but a distribution.
    """
    entries = baseline.indicators if baseline else {}
    measures = []
    for indicator in indicators:
        base = entries.get(indicator.code, IndicatorBaseline(reason=NO_BASELINE))
        figures, source = None, None
        if base.data_set is not None:
            figures = read(indicator, base.data_set)
            source = f"{base.year} published"
        elif base.areas is not None:
            figures, source = returned(indicator), f"{base.year} returned"
        published = read(indicator, base.neighbours) if base.neighbours else None
        measures.append(
            Measure(
                indicator=indicator,
                base=base,
                source=source,
                figures=figures if indicator.kind is not Kind.COUNT else None,
                people=find(base.population).by_area if base.population else {},
                published=published,
                year=find(base.neighbours).payload.period if base.neighbours else None,
            )
        )
    return Yardstick(baseline.id if baseline else None, tuple(measures))


def collect_returned(
    indicator: Indicator,
    at_close: Mapping[str, Sequence[Report | None]],
    *,
    people: Mapping[str, float],
    round_value: Callable[[float, int], float],
) -> Figures:
    """Return the quarter's own figures: the comparison values of all who had returned at close."""
    rows, above, below, values = [], [], [], []
    for code, last_four in at_close.items():
        try:
            found = accumulate_indicator(indicator, last_four, population=people.get(code))
        except NotComparable:
            continue
        rows.append((code,))
        above.append(float(found.numerator))
        below.append(float(found.denominator) if found.denominator is not None else np.nan)
        values.append(found.value)
    factor = scale(indicator) / indicator.factor
    return Figures(
        rows=tuple(rows),
        numerators=np.array(above, dtype=float),
        trials=np.array(below, dtype=float) * factor,
        exact=np.array(values, dtype=float),
        ranked=np.array([round_value(v, indicator.decimals) for v in values], dtype=float),
    )
