"""Standing: where one authority's return stands, indicator by indicator.

The arithmetic is done for all figures of a return together, in columns with a place for each
measure of the yardstick; then the columns are read off into one standing for each. A figure that
cannot be assessed says why; what has no figure keeps its own state.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from schemas.catalogue import Indicator
from schemas.events import Standing, State
from schemas.periods import Period
from services.benchmark.core.accumulation import Gap, Levels, accumulate
from services.benchmark.core.change import look_back, point
from services.benchmark.core.column import Array, Mask, Whole, listed, nine_each, round_each_half_up
from services.benchmark.core.interval import find_limits
from services.benchmark.core.neighbours import FEWEST_IN_YEAR, find_differences, find_medians
from services.benchmark.core.position import BANDS, Places, find_places
from services.benchmark.core.report import Report, stack
from services.benchmark.core.saying import Saying
from services.benchmark.core.trial import Tested, run_tests
from services.benchmark.core.yardstick import Measure, Own, Yardstick, is_queried

_STANDINGS = TypeAdapter(tuple[Standing, ...])

Part = dict[str, object]
"""A part of a standing by field, as its model takes it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One authority's return with all that its standings are made of.

    ``last_four`` are its returns, newest first. ``population_of`` is its own code, of a fictional
    authority that of the real one it is drawn from. ``earlier`` is what was said of its earlier
    quarters, newest first, ``year_ago`` of the quarter a year before. ``near`` are its neighbours'
    comparison values, a row per measure.
    """

    authority: str
    last_four: Sequence[Report | None]
    population_of: str
    earlier: Iterable[tuple[Period, Saying]]
    year_ago: Saying | None
    neighbours: tuple[str, ...]
    near: Array


class _Columns(NamedTuple):
    """The numbers of all standings as they are said; not a number where nothing is.

    ``value`` is the comparison value, ``above`` over ``below``, and ``own`` the quarter's. The
    neighbours' ``median`` is of this quarter where ``in_year``, else of the published year.
    """

    value: Array
    above: Array
    below: Array
    own: Array
    low: Array
    high: Array
    places: Places
    percentile: Array
    reliability: Array
    median: Array
    used: Whole
    in_year: Mask
    difference: Array
    since: list[str | None]
    by: Array
    arrow: list[Literal["up", "down", "level"]]
    year_on_year: Array


def stand(case: Case, yardstick: Yardstick) -> tuple[Standing, ...]:
    """Return the standings of a return, one for each measure of its collection."""
    report = case.last_four[0]
    if report is None:
        raise ValueError("a standing is of a return")
    counts = stack(case.last_four, yardstick.codes)
    own = yardstick.own(case.authority, population_of=case.population_of)
    levels = accumulate(counts[:, 0], counts[:, 1], ways=yardstick.ways, people=own.people)
    tested = run_tests(levels, yardstick.nulls)
    itself = _value_alone(*counts[0], yardstick=yardstick, people=own.people)
    columns = _work_out(case, yardstick, own, levels=levels, tested=tested, itself=itself)
    parts = zip(
        yardstick.measures,
        listed(columns.own),
        _comparisons(columns, levels),
        _england(columns, yardstick.measures, tested),
        _neighbours(columns, yardstick.measures, of=len(case.neighbours)),
        _changes(columns),
        listed(columns.reliability),
        levels.gaps(),
        strict=True,
    )
    queried = _find_queried(yardstick, case.last_four)
    return _STANDINGS.validate_python(
        [
            {
                **_observe(report, measure.indicator.code),
                "value": value,
                "comparison": comparison,
                "england": england,
                "neighbours": neighbours,
                "change": change,
                "reliability": reliability,
                "open_query": measure.indicator.code in queried,
                "reason": None if reliability is not None else _reason(measure, gap),
            }
            for measure, value, comparison, england, neighbours, change, reliability, gap in parts
        ]
    )


def stand_absent(indicators: Sequence[Indicator]) -> tuple[Standing, ...]:
    """Return the standings of a return that never came."""
    return tuple(
        Standing(
            indicator=indicator.code, state=State.NOT_RETURNED, reason=State.NOT_RETURNED.value
        )
        for indicator in indicators
    )


def _value_alone(above: Array, below: Array, *, yardstick: Yardstick, people: Array) -> Array:
    """Return the quarter's own values, not summed with any other."""
    ways = yardstick.ways
    below = np.where(ways.per_population, people, below)
    below = np.where(ways.count, 1.0, below)
    return ways.factor * above / np.where(below == 0, np.nan, below)


def _work_out(
    case: Case, yardstick: Yardstick, own: Own, *, levels: Levels, tested: Tested, itself: Array
) -> _Columns:
    """Return all numbers, rounded to nine digits; what is compared rests on rounded numbers."""
    near, lent = find_medians(case.near), yardstick.published_medians(case.neighbours)
    in_year = near.used >= FEWEST_IN_YEAR
    median = np.where(in_year, near.value, lent.value)
    value, above, below, itself, median = nine_each(
        np.array([levels.value, levels.numerator, levels.denominator, itself, median])
    )
    above = np.where(levels.numerator % 1 == 0, levels.numerator, above)
    below = np.where(levels.denominator % 1 == 0, levels.denominator, below)
    past = look_back(value, case.earlier, indicators=yardstick.codes)
    year_ago = case.year_ago.levels(yardstick.codes) if case.year_ago else np.nan
    published, before = round_each_half_up(np.array([value, past.value]), yardstick.decimals)
    places = find_places(published, yardstick.distributions, out=own.published)
    low, high, percentile, reliability, difference, by, year_on_year = nine_each(
        np.array(
            [
                *find_limits(above, below, methods=yardstick.methods),
                places.pos,
                tested.reliability,
                find_differences(value, median, polarity=yardstick.nulls.polarity),
                value - past.value,
                value - year_ago,
            ]
        )
    )
    return _Columns(
        value=value,
        above=above,
        below=below,
        own=itself,
        low=low,
        high=high,
        places=places,
        percentile=percentile,
        reliability=reliability,
        median=median,
        used=np.where(in_year, near.used, lent.used),
        in_year=in_year,
        difference=difference,
        since=past.since,
        by=by,
        arrow=point(published, before),
        year_on_year=year_on_year,
    )


def _find_queried(yardstick: Yardstick, last_four: Sequence[Report | None]) -> frozenset[str]:
    """Return the indicators on whose comparison value a query is open."""
    asked: frozenset[str] = frozenset().union(*(each.queried for each in last_four if each))
    return frozenset(
        indicator.code
        for indicator in yardstick.indicators
        if indicator.code in asked and is_queried(indicator, last_four)
    )


def _observe(report: Report, indicator: str) -> Part:
    observation = report.observations.get(indicator)
    return {
        "indicator": indicator,
        "symbol": observation.symbol if observation else None,
        "numerator": observation.numerator if observation else None,
        "denominator": observation.denominator if observation else None,
        "state": report.state_of(indicator),
    }


def _reason(measure: Measure, gap: Gap | None) -> str:
    return gap or measure.base.reason or "no_test_for_this_value"


def _comparisons(columns: _Columns, levels: Levels) -> Iterator[Part | None]:
    for value, above, below, quarters, low, high in zip(
        listed(columns.value),
        _counted(columns.above),
        _counted(columns.below),
        levels.quarters.tolist(),
        listed(columns.low),
        listed(columns.high),
        strict=True,
    ):
        yield (
            None
            if value is None
            else {
                "numerator": above,
                "denominator": below,
                "value": value,
                "quarters": quarters,
                "interval": None if low is None else (low, high),
            }
        )


def _counted(counts: Array) -> list[float | None]:
    """Return counts as they are said: whole ones without decimals."""
    return [int(n) if n is not None and n.is_integer() else n for n in listed(counts)]


def _england(
    columns: _Columns, measures: Sequence[Measure], tested: Tested
) -> Iterator[Part | None]:
    places = columns.places
    for measure, rank, ranked, band, percentile, z, p, flag in zip(
        measures,
        places.rank.tolist(),
        places.ranked.tolist(),
        places.band.tolist(),
        listed(columns.percentile),
        listed(tested.z),
        listed(tested.p),
        tested.flag,
        strict=True,
    ):
        base = measure.base.value
        yield (
            None
            if not ranked and z is None and base is None
            else {
                "value": base,
                "source": measure.source,
                "rank": rank or None,
                "ranked": ranked or None,
                "band": BANDS[band],
                "percentile": percentile,
                "z": z,
                "p": p,
                "flag": flag,
            }
        )


def _neighbours(
    columns: _Columns, measures: Sequence[Measure], *, of: int
) -> Iterator[Part | None]:
    for measure, median, used, in_year, difference in zip(
        measures,
        listed(columns.median),
        columns.used.tolist(),
        columns.in_year.tolist(),
        listed(columns.difference),
        strict=True,
    ):
        yield (
            None
            if median is None
            else {
                "value": median,
                "basis": "in-year" if in_year else "published",
                "year": None if in_year else measure.year,
                "used": used,
                "of": of,
                "difference": difference,
            }
        )


def _changes(columns: _Columns) -> Iterator[Part | None]:
    for since, by, arrow, year_on_year in zip(
        columns.since,
        listed(columns.by),
        columns.arrow,
        listed(columns.year_on_year),
        strict=True,
    ):
        yield (
            None
            if since is None
            else {
                "since": since,
                "by": by,
                "arrow": arrow,
                "year_on_year": year_on_year,
            }
        )
