"""Standing: where one authority's return stands, indicator by indicator.

The arithmetic is done for all figures of a return together, in columns with a place for each
measure of the yardstick; then the columns are read off into one word for each. A figure that cannot
be assessed says why; what has no figure keeps its own state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from schemas.events import Flag, Standing, State
from schemas.periods import Period
from services.benchmark.core.accumulation import Gap, Levels, accumulate
from services.benchmark.core.change import look_back, point
from services.benchmark.core.column import Array, Whole, listed, nine_each, round_each_half_up
from services.benchmark.core.interval import Interval, find_limits
from services.benchmark.core.neighbours import FEWEST_IN_YEAR, find_differences, find_medians
from services.benchmark.core.part import write_standing
from services.benchmark.core.position import BANDS, Places, find_places
from services.benchmark.core.quarter import NOBODY, read_nears
from services.benchmark.core.report import Report, stack
from services.benchmark.core.saying import Saying, Word
from services.benchmark.core.trial import Tested, run_tests
from services.benchmark.core.yardstick import Measure, Own, Yardstick, is_queried

_STANDINGS = TypeAdapter(tuple[Standing, ...])
_ABSENT = Word(
    state=State.NOT_RETURNED,
    value=None,
    level=None,
    total=None,
    n=None,
    quarters=0,
    england=None,
    source=None,
    rank=None,
    ranked=None,
    percentile=None,
    band=None,
    z=None,
    p=None,
    flag=Flag.NOT_ASSESSED,
    reliability=None,
    since=None,
    by=None,
    arrow=None,
    year_on_year=None,
    open_query=False,
    reason=State.NOT_RETURNED.value,
)


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


class Draft(NamedTuple):
    """What is to be said of a return, not yet written out.

    ``near`` is what is to be said of the neighbours, as ``Quarter`` has it, with a column for each
    word, and ``intervals`` the limits of the comparison values. ``columns`` are fields of the words
    that were at hand side by side.
    """

    words: Mapping[str, Word]
    near: Array
    intervals: Sequence[Interval | None]
    columns: Mapping[tuple[str, tuple[str, ...]], Array]


class _Columns(NamedTuple):
    """The numbers of all standings as they are said; not a number where nothing is.

    ``value`` is the comparison value, ``above`` over ``below``, and ``own`` the quarter's. ``near``
    has the fields of ``Near`` in turn.
    """

    value: Array
    above: Array
    below: Array
    quarters: Whole
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
    """Return what is to be said of a return: a word for each measure of its collection."""
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
    words = _read_off(columns, yardstick, levels.gaps(), tested, report=report, queried=queried)
    return Draft(
        words=words,
        near=columns.near,
        intervals=[
            None if low is None or high is None else (low, high)
            for low, high in zip(listed(columns.low), listed(columns.high), strict=True)
        ],
        columns={
            ("level", yardstick.codes): columns.value,
            ("value", yardstick.codes): columns.own,
        },
    )


def draft_absent(codes: Sequence[str]) -> Draft:
    """Return what is to be said of a return that never came."""
    near = np.array([NOBODY] * len(codes), dtype=float).T
    return Draft(dict.fromkeys(codes, _ABSENT), near, [None] * len(codes), {})


def write(
    drafted: Draft, report: Report | None, yardstick: Yardstick, *, of: int
) -> tuple[Standing, ...]:
    """Return the standings of a return as they are said; its neighbours are ``of`` so many."""
    observations = report.observations if report is not None else {}
    return _STANDINGS.validate_python(
        [
            write_standing(
                code, observations.get(code), word, near, interval=interval, year=year, of=of
            )
            for (code, word), near, interval, year in zip(
                drafted.words.items(),
                read_nears(drafted.near),
                drafted.intervals,
                yardstick.years,
                strict=True,
            )
        ]
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
        quarters=levels.quarters,
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
    gaps: Sequence[Gap | None],
    tested: Tested,
    *,
    report: Report,
    queried: frozenset[str],
) -> dict[str, Word]:
    """Return a word for each measure. What rests on nothing says nothing."""
    places = columns.places
    rows = zip(
        yardstick.measures,
        listed(columns.own),
        listed(columns.value),
        _counted(columns.above),
        _counted(columns.below),
        columns.quarters.tolist(),
        places.rank.tolist(),
        places.ranked.tolist(),
        listed(columns.percentile),
        places.band.tolist(),
        listed(tested.z),
        listed(tested.p),
        tested.flag,
        listed(columns.reliability),
        columns.since,
        listed(columns.by),
        columns.arrow,
        listed(columns.year_on_year),
        gaps,
        strict=True,
    )
    words = {}
    for (
        measure, value, level, total, n, quarters, rank, ranked, percentile, band, z, p, flag,
        reliability, since, by, arrow, year_on_year, gap,
    ) in rows:  # fmt: skip
        code, england = measure.indicator.code, measure.base.value
        words[code] = Word(
            report.state_of(code),
            value,
            level,
            total if level is not None else None,
            n if level is not None else None,
            quarters if level is not None else 0,
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


def _counted(counts: Array) -> list[float | None]:
    """Return counts as they are said: whole ones without decimals."""
    return [int(n) if n is not None and n.is_integer() else n for n in listed(counts)]


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
