"""Part: the columns of a return read off into the parts of each standing.

A part is given by field, as its model takes it; None where nothing is to be said.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from services.benchmark.core.accumulation import Levels
from services.benchmark.core.column import Array, Mask, Whole, listed
from services.benchmark.core.position import BANDS, Places
from services.benchmark.core.trial import Tested
from services.benchmark.core.yardstick import Measure

Part = dict[str, object]


class Columns(NamedTuple):
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


def comparisons_of(columns: Columns, levels: Levels) -> Iterator[Part | None]:
    """Yield the comparison values."""
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


def england_of(
    columns: Columns, measures: Sequence[Measure], tested: Tested
) -> Iterator[Part | None]:
    """Yield places and tests; there is nothing to say where England has no value either."""
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


def neighbours_of(
    columns: Columns, measures: Sequence[Measure], *, of: int
) -> Iterator[Part | None]:
    """Yield the medians of the neighbours, ``of`` so many."""
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


def changes_of(columns: Columns) -> Iterator[Part | None]:
    """Yield the moves."""
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
