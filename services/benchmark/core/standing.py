"""Standing: where one authority's return stands, indicator by indicator.

A figure that cannot be assessed says why; what has no figure keeps its own state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from schemas.catalogue import Indicator, Kind
from schemas.events import (
    Basis,
    Change,
    Comparison,
    England,
    Flag,
    Neighbours,
    Standing,
    State,
)
from schemas.numbers import nine, round_half_up
from services.benchmark.core.accumulation import Comparison as Level
from services.benchmark.core.accumulation import Gap, NotComparable
from services.benchmark.core.assessment import UNBANDED
from services.benchmark.core.interval import find_interval
from services.benchmark.core.neighbours import (
    FEWEST_IN_YEAR,
    Array,
    Median,
    find_difference,
    find_medians,
)
from services.benchmark.core.position import Place, find_place, put_in
from services.benchmark.core.report import Report
from services.benchmark.core.saying import Saying
from services.benchmark.core.trial import Tested, run_tests
from services.benchmark.core.yardstick import Measure, Yardstick, is_queried


class Near(NamedTuple):
    """The neighbours on the one basis in use, before anyone is held against them."""

    median: float
    used: int
    basis: Basis
    year: str | None


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
    earlier: Sequence[tuple[str, Saying]]
    year_ago: Saying | None
    neighbours: tuple[str, ...]
    near: Array


def stand(case: Case, yardstick: Yardstick) -> tuple[Standing, ...]:
    """Return the standings of a return, one for each measure of its collection."""
    levels: list[Level | Gap] = [_level(measure, case) for measure in yardstick.measures]
    tests = run_tests(yardstick.measures, levels)
    medians, used = find_medians(case.near)
    published = yardstick.published_medians(case.neighbours)
    return tuple(
        _stand_one(
            measure,
            case,
            level=level,
            tested=tests.get(i),
            near=choose_basis(float(medians[i]), int(used[i]), published[i], measure.year),
        )
        for i, (measure, level) in enumerate(zip(yardstick.measures, levels, strict=True))
    )


def stand_absent(indicators: Sequence[Indicator]) -> tuple[Standing, ...]:
    """Return the standings of a return that never came."""
    return tuple(
        Standing(
            indicator=indicator.code, state=State.NOT_RETURNED, reason=State.NOT_RETURNED.value
        )
        for indicator in indicators
    )


def choose_basis(median: float, used: int, published: Median, year: str | None) -> Near | None:
    """Return this quarter's median where five have a figure, else the published one; or nothing."""
    if used >= FEWEST_IN_YEAR:
        return Near(nine(median), used, "in-year", None)
    if published.value is not None:
        return Near(published.value, published.used, "published", year)
    return None


def _level(measure: Measure, case: Case) -> Level | Gap:
    try:
        return measure.compare(case.last_four, population_of=case.population_of)
    except NotComparable as gap:
        return gap.gap


def _stand_one(
    measure: Measure,
    case: Case,
    *,
    level: Level | Gap,
    tested: Tested | None,
    near: Near | None,
) -> Standing:
    code = measure.indicator.code
    report = case.last_four[0]
    if report is None:
        raise ValueError("a standing is of a return")
    observation = report.observations.get(code)
    comparison = _comparison(measure, level) if isinstance(level, Level) else None
    value = comparison.value if comparison is not None else None
    place = _place(measure, case, value) if value is not None else None
    return Standing(
        indicator=code,
        symbol=observation.symbol if observation else None,
        numerator=observation.numerator if observation else None,
        denominator=observation.denominator if observation else None,
        value=_own_value(measure, case),
        comparison=comparison,
        england=_england(measure, place, tested),
        neighbours=_neighbours(measure, case, value, near),
        change=_change(measure, case, value) if value is not None else None,
        state=report.state_of(code),
        reliability=tested.reliability if tested else None,
        open_query=is_queried(measure.indicator, case.last_four),
        reason=None if tested else _reason(measure, level),
    )


def _neighbours(
    measure: Measure, case: Case, value: float | None, near: Near | None
) -> Neighbours | None:
    if near is None:
        return None
    return Neighbours(
        value=near.median,
        basis=near.basis,
        year=near.year,
        used=near.used,
        of=len(case.neighbours),
        difference=find_difference(value, near.median, polarity=measure.indicator.polarity),
    )


def _reason(measure: Measure, level: Level | Gap) -> str:
    if isinstance(level, Gap):
        return level.value
    return measure.base.reason or "no_test_for_this_value"


def _comparison(measure: Measure, level: Level) -> Comparison:
    above = _short(level.numerator)
    below = _short(level.denominator) if level.denominator is not None else None
    return Comparison(
        numerator=above,
        denominator=below,
        value=nine(level.value),
        quarters=level.quarters,
        interval=find_interval(measure.indicator, above, below),
    )


def _short(number: float) -> float:
    """Counts as whole numbers, FTE to nine digits."""
    return int(number) if float(number).is_integer() else nine(float(number))


def _own_value(measure: Measure, case: Case) -> float | None:
    """Return the quarter's own value, not summed with any other; None where it has none."""
    report = case.last_four[0]
    counted = report.counted.get(measure.indicator.code) if report else None
    if counted is None:
        return None
    indicator = measure.indicator
    if indicator.kind is Kind.COUNT:
        return nine(float(indicator.factor * counted.numerator))
    below = counted.denominator
    if indicator.population is not None:
        below = measure.people.get(case.population_of)
    return nine(indicator.factor * counted.numerator / below) if below else None


def _place(measure: Measure, case: Case, value: float) -> Place | None:
    """Return the place of the value as it would be published, in place of the published one."""
    if measure.figures is None or not measure.figures.ordered:
        return None
    indicator = measure.indicator
    published = round_half_up(value, indicator.decimals)
    own = measure.figures.value_of.get(case.authority)
    ordered = put_in(measure.figures.ordered, out=own, value=published)
    banded = indicator.code not in UNBANDED
    return find_place(published, ordered, polarity=indicator.polarity, banded=banded)


def _england(measure: Measure, place: Place | None, tested: Tested | None) -> England | None:
    if place is None and tested is None and measure.base.value is None:
        return None
    judged = tested.judgement if tested else None
    return England(
        value=measure.base.value,
        source=measure.source,
        rank=place.rank if place else None,
        ranked=place.ranked if place else None,
        band=place.band if place else None,
        percentile=nine(place.pos) if place and place.pos is not None else None,
        z=judged.z if judged else None,
        p=judged.p if judged else None,
        flag=judged.flag if judged else Flag.NOT_ASSESSED,
    )


def _change(measure: Measure, case: Case, value: float) -> Change | None:
    """Return the move since the last earlier quarter with a value; the arrow is LAIT's sign."""
    code = measure.indicator.code
    found = _last_level(case, code)
    if found is None:
        return None
    since, last = found
    year_ago = _level_said(case.year_ago, code) if case.year_ago else None
    return Change(
        since=since,
        by=nine(value - last),
        arrow=_arrow(value, last, measure.indicator.decimals),
        year_on_year=nine(value - year_ago) if year_ago is not None else None,
    )


def _last_level(case: Case, code: str) -> tuple[str, float] | None:
    for period, saying in case.earlier:
        level = _level_said(saying, code)
        if level is not None:
            return period, level
    return None


def _level_said(saying: Saying, code: str) -> float | None:
    word = saying.words.get(code)
    return word.level if word is not None else None


def _arrow(value: float, before: float, decimals: int) -> Literal["up", "down", "level"]:
    """Point by the sign of the difference as published, without tolerance (LAIT)."""
    if abs(value - before) < 10**-decimals:
        new, old = round_half_up(value, decimals), round_half_up(before, decimals)
        if new == old:
            return "level"
    return "up" if value > before else "down"
