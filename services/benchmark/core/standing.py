"""Standing: where one authority's return stands, indicator by indicator.

The arithmetic is done for all figures of a return together, in columns with a place for each
measure of the yardstick; then the columns are read off into one standing for each. A figure that
cannot be assessed says why; what has no figure keeps its own state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import TypeAdapter

from schemas.catalogue import Indicator
from schemas.events import Standing, State
from schemas.periods import Period
from services.benchmark.core.accumulation import Gap, Levels, accumulate
from services.benchmark.core.change import look_back, point
from services.benchmark.core.column import Array, listed, nine_each, round_each_half_up
from services.benchmark.core.interval import find_limits
from services.benchmark.core.neighbours import FEWEST_IN_YEAR, find_differences, find_medians
from services.benchmark.core.part import (
    Columns,
    Part,
    changes_of,
    comparisons_of,
    england_of,
    neighbours_of,
)
from services.benchmark.core.position import find_places
from services.benchmark.core.report import Report, stack
from services.benchmark.core.saying import Saying
from services.benchmark.core.trial import Tested, run_tests
from services.benchmark.core.yardstick import Measure, Own, Yardstick, is_queried

_STANDINGS = TypeAdapter(tuple[Standing, ...])


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


def stand(case: Case, yardstick: Yardstick) -> tuple[Standing, ...]:
    """Return the standings of a return, one for each measure of its collection."""
    report = case.last_four[0]
    if report is None:
        raise ValueError("a standing is of a return")
    counts = stack(case.last_four, yardstick.codes)
    own = yardstick.own(case.authority, population_of=case.population_of)
    levels = accumulate(counts, ways=yardstick.ways, people=own.people)
    tested = run_tests(levels, yardstick.nulls)
    itself = _value_alone(*counts[0], yardstick=yardstick, people=own.people)
    columns = _work_out(case, yardstick, own, levels=levels, tested=tested, itself=itself)
    parts = zip(
        yardstick.measures,
        listed(columns.own),
        comparisons_of(columns, levels),
        england_of(columns, yardstick.measures, tested),
        neighbours_of(columns, yardstick.measures, of=len(case.neighbours)),
        changes_of(columns),
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
) -> Columns:
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
    return Columns(
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
