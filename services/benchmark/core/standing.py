"""Standing: where one authority's return stands, indicator by indicator.

The arithmetic is done for all figures of a return together, in columns with a place for each
measure of the yardstick; then the columns are read off into one word for each. A figure that cannot
be assessed says why; what has no figure keeps its own state.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from schemas.periods import Period
from services.benchmark.core.accumulation import Gap, Levels, accumulate
from services.benchmark.core.change import look_back, point
from services.benchmark.core.column import Array, listed_each, nine_each, round_each_half_up
from services.benchmark.core.draft import Draft
from services.benchmark.core.interval import find_limits
from services.benchmark.core.neighbours import FEWEST_IN_YEAR, find_differences, find_medians
from services.benchmark.core.position import BANDS, Places, find_places
from services.benchmark.core.report import Report, stack
from services.benchmark.core.saying import Saying, Word
from services.benchmark.core.trial import Tested, run_tests
from services.benchmark.core.yardstick import Measure, Own, Yardstick, is_queried


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

    ``value`` is the comparison value, ``above`` over ``below``, and ``own`` the quarter's. ``near``
    has the fields of ``Near`` in turn.
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
    near: Array
    since: list[str | None]
    by: Array
    arrow: list[Literal["up", "down", "level"]]
    year_on_year: Array


def draft(case: Case, yardstick: Yardstick) -> Draft:
    """Return what is to be said of a return."""
    report = case.last_four[0]
    if report is None:
        raise ValueError("a standing is of a return")
    counts = stack(case.last_four, yardstick.codes)
    own = yardstick.own(case.authority, population_of=case.population_of)
    levels = accumulate(counts, ways=yardstick.ways, people=own.people)
    tested = run_tests(levels, yardstick.nulls)
    itself = _value_alone(*counts[0], yardstick=yardstick, people=own.people)
    columns = _work_out(case, yardstick, own, levels=levels, tested=tested, itself=itself)
    queried = _find_queried(yardstick, case.last_four)
    low, high = listed_each(np.array([columns.low, columns.high]))
    return Draft(
        report=report,
        words=_read_off(columns, yardstick, levels, tested, report=report, queried=queried),
        near=columns.near,
        intervals=[
            None if least is None or most is None else (least, most)
            for least, most in zip(low, high, strict=True)
        ],
        # Copies, or the state would keep the whole tables that these are rows of.
        columns={
            ("level", yardstick.codes): columns.value.copy(),
            ("value", yardstick.codes): columns.own.copy(),
        },
        years=yardstick.years,
        of=len(case.neighbours),
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
        near=np.array([median, np.where(in_year, near.used, lent.used), in_year, difference]),
        since=past.since,
        by=by,
        arrow=point(published, before),
        year_on_year=year_on_year,
    )


def _read_off(
    columns: _Columns,
    yardstick: Yardstick,
    levels: Levels,
    tested: Tested,
    *,
    report: Report,
    queried: frozenset[str],
) -> dict[str, Word]:
    """Return a word for each measure. What rests on nothing says nothing."""
    places = columns.places
    own, value, above, below, *rest = listed_each(
        np.array(
            [
                columns.own,
                columns.value,
                np.where(levels.known, columns.above, np.nan),
                np.where(levels.known, columns.below, np.nan),
                columns.percentile,
                tested.z,
                tested.p,
                columns.reliability,
                columns.by,
                columns.year_on_year,
            ]
        )
    )
    rows = zip(
        yardstick.measures,
        own,
        value,
        _counted(above),
        _counted(below),
        np.where(levels.known, levels.quarters, 0).tolist(),
        places.rank.tolist(),
        places.ranked.tolist(),
        places.band.tolist(),
        tested.flag,
        columns.since,
        columns.arrow,
        levels.gaps(),
        *rest,
        strict=True,
    )
    words = {}
    for (
        measure, own_value, level, total, n, quarters, rank, ranked, band, flag, since, arrow, gap,
        percentile, z, p, reliability, by, year_on_year,
    ) in rows:  # fmt: skip
        code, england = measure.indicator.code, measure.base.value
        words[code] = Word(
            report.state_of(code),
            own_value,
            level,
            total,
            n,
            quarters,
            england,
            measure.source if ranked or z is not None or england is not None else None,
            rank or None,
            ranked or None,
            percentile,
            BANDS[band],
            z,
            p,
            flag,
            reliability,
            since,
            by,
            arrow if since is not None else None,
            year_on_year,
            code in queried,
            None if reliability is not None else _reason(measure, gap),
        )
    return words


def _counted(counts: list[float | None]) -> list[float | None]:
    """Return counts as they are said: whole ones without decimals."""
    return [int(n) if n is not None and n.is_integer() else n for n in counts]


def _find_queried(yardstick: Yardstick, last_four: Sequence[Report | None]) -> frozenset[str]:
    """Return the indicators on whose comparison value a query is open."""
    asked: frozenset[str] = frozenset().union(*(each.queried for each in last_four if each))
    return frozenset(
        indicator.code
        for indicator in yardstick.indicators
        if indicator.code in asked and is_queried(indicator, last_four)
    )


def _reason(measure: Measure, gap: Gap | None) -> str:
    if gap is not None:
        return gap.value
    return measure.base.reason or "no_test_for_this_value"
