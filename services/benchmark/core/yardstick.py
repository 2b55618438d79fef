"""A yardstick: a baseline made ready for use, with the figures it names laid out for lookups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, nan
from typing import NamedTuple

import numpy as np

from schemas.catalogue import Indicator, Kind
from schemas.events import BaselineSet, IndicatorBaseline
from schemas.numbers import round_half_up
from services.benchmark.core.accumulation import QUARTERS, SUMMED, Ways, accumulate, read_ways
from services.benchmark.core.column import Array, Whole, nine_each
from services.benchmark.core.interval import Methods, read_methods
from services.benchmark.core.neighbours import Medians, find_medians
from services.benchmark.core.position import UNBANDED, Distributions, line_up
from services.benchmark.core.published import DataSet, Figures, scale
from services.benchmark.core.report import NOT_COUNTED, Report
from services.benchmark.core.trial import Nulls, read_nulls

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

    @property
    def ordered(self) -> Sequence[float]:
        """The distribution for rank and band, ascending; empty where there is none."""
        return self.figures.ordered if self.figures is not None else ()

    @property
    def lent(self) -> Mapping[str, float]:
        """The published values that neighbours fall back on; of a plain count none."""
        if self.published is None or self.indicator.kind is Kind.COUNT:
            return {}
        return self.published.single


class Table:
    """Figures of many authorities, a row for each measure, found by authority."""

    def __init__(self, rows: Sequence[Mapping[str, float]], *, missing: float) -> None:
        """Lay out figures by authority; an authority without one has ``missing``."""
        codes = tuple(dict.fromkeys(code for row in rows for code in row))
        self._places = {code: place for place, code in enumerate(codes)}
        cells = [[*(row.get(code, missing) for code in codes), missing] for row in rows]
        self._cells = np.array(cells, dtype=float)

    def of(self, authorities: Sequence[str]) -> Array:
        """Return the figures of authorities, a column for each."""
        return self._cells[:, self._columns(authorities)]

    def of_each(self, lists: Sequence[Sequence[str]]) -> Array:
        """Return the figures of each list of authorities: measure, list, place in the list.

        Behind the end of a shorter list there is nobody.
        """
        longest, nobody = max(map(len, lists), default=0), len(self._places)
        columns = [self._columns(each) + [nobody] * (longest - len(each)) for each in lists]
        return self._cells[:, columns]

    def _columns(self, authorities: Sequence[str]) -> list[int]:
        nobody = len(self._places)
        return [self._places.get(code, nobody) for code in authorities]


class Own(NamedTuple):
    """What a yardstick has of one authority, a place for each measure.

    ``people`` is its population, ``published`` its value in the distribution: not a number, and
    infinity, where there is none.
    """

    people: Array
    published: Array


@dataclass
class Yardstick:
    """All measures of a collection's period, in catalogue order, and the same side by side."""

    id: str | None
    measures: tuple[Measure, ...]
    _medians: dict[tuple[str, ...], Medians] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The indicators of the measures."""
        return tuple(measure.indicator for measure in self.measures)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the indicators."""
        return tuple(indicator.code for indicator in self.indicators)

    @cached_property
    def years(self) -> tuple[str | None, ...]:
        """The published years that neighbours fall back on."""
        return tuple(measure.year for measure in self.measures)

    @cached_property
    def ways(self) -> Ways:
        """How the indicators accumulate."""
        return read_ways(self.indicators)

    @cached_property
    def decimals(self) -> Whole:
        """With how many decimals the indicators are published."""
        return np.array([indicator.decimals for indicator in self.indicators], dtype=np.int64)

    @cached_property
    def methods(self) -> Methods:
        """By which formula the indicators have an interval."""
        return read_methods(self.indicators)

    @cached_property
    def nulls(self) -> Nulls:
        """What the figures are tested against."""
        return read_nulls(self.indicators, [measure.base for measure in self.measures])

    @cached_property
    def distributions(self) -> Distributions:
        """England's authorities, for rank, band and place."""
        return line_up(
            [measure.ordered for measure in self.measures],
            polarity=[indicator.polarity for indicator in self.indicators],
            banded=[code not in UNBANDED for code in self.codes],
        )

    @cached_property
    def _people(self) -> Table:
        return Table([measure.people for measure in self.measures], missing=nan)

    @cached_property
    def _published(self) -> Table:
        values = [measure.figures.value_of if measure.figures else {} for measure in self.measures]
        return Table(values, missing=inf)

    @cached_property
    def _lent(self) -> Table:
        return Table([measure.lent for measure in self.measures], missing=nan)

    def own(self, authority: str, *, population_of: str) -> Own:
        """Return what there is of an authority; its population may be that of another."""
        people, published = self._people.of([population_of]), self._published.of([authority])
        return Own(people[:, 0], published[:, 0])

    def published_medians(self, neighbours: tuple[str, ...]) -> Medians:
        """Return the published medians of an authority's neighbours, to nine digits."""
        if neighbours not in self._medians:
            self.find_published_medians([neighbours])
        return self._medians[neighbours]

    def find_published_medians(self, lists: Sequence[tuple[str, ...]]) -> None:
        """Find the published medians of many lists at once: each will be asked for in time."""
        value, used = find_medians(self._lent.of_each(lists))
        found = zip(lists, nine_each(value.T), used.T, strict=True)
        self._medians.update((each, Medians(*medians)) for each, *medians in found)


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
) -> Figures:
    """Return the quarter's own figures: the comparison values of all who had returned at close."""
    code = indicator.code
    counts = [
        [each.count(code) if each else NOT_COUNTED for each in last_four]
        for last_four in at_close.values()
    ]
    levels = accumulate(
        np.array(counts, dtype=float).reshape(-1, QUARTERS, 2).transpose(1, 2, 0),
        ways=read_ways([indicator]),
        people=np.array([people.get(code, nan) for code in at_close], dtype=float),
    )
    known = levels.known
    values = levels.value[known]
    return Figures(
        rows=tuple((code,) for code, has in zip(at_close, known.tolist(), strict=True) if has),
        numerators=levels.numerator[known],
        trials=levels.denominator[known] * (scale(indicator) / indicator.factor),
        exact=values,
        ranked=np.array([round_half_up(v, indicator.decimals) for v in values.tolist()]),
    )
