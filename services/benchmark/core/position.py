"""Position: where a value stands among authorities, exactly as DfE's LAIT shows it (R2).

A place is information, never an alarm: two authorities can swap places on one child. Bounds are
type-7 percentiles (Hyndman & Fan 1996; Excel PERCENTILE.INC), bands are compared ascending with
``<=`` whatever the polarity (so ties on a bound are not mirror images), ranks are minimum ranks.
Source: LAIT ``R/fn_table_helpers.R`` and ``R/fn_analysis.R``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import floor, inf, isnan
from typing import Literal, NamedTuple

_MORE_THAN_HALF = 1e-10


Band = Literal["A", "B", "C", "D"]
"""The quarter of England in which a value lies; A is the best."""

_ASCENDING: Mapping[str, tuple[Band, ...]] = {
    "L": ("A", "B", "C", "D"),
    "H": ("D", "C", "B", "A"),
}


class OutsideDistribution(ValueError):
    """The value lies outside the bounds, or a bound it needs is missing."""


class Place(NamedTuple):
    """A place among those ranked.

    ``rank`` 1 is the best by polarity and ties share it; ``pos`` is the adverse place from 0 (best)
    to 1 (worst), others that are better plus half of those that tie over all others. Neutral
    indicators have neither rank nor band, and ``pos`` counts from the lowest. Where ``band`` is
    None, ``reason`` says why.
    """

    rank: int | None
    ranked: int
    band: Band | None
    pos: float | None
    reason: str | None = None


def quantile(ordered: Sequence[float], probability: float) -> float:
    """Return the type-7 percentile of an ascending sequence: ``x[k] + f (x[k+1] - x[k])``.

    ``k + f = (n - 1) probability``. Raises ValueError for an empty sequence.
    """
    if not ordered:
        raise ValueError("a distribution of no values has no percentiles")
    place = (len(ordered) - 1) * probability
    below = floor(place + _MORE_THAN_HALF)
    share = place - below
    if share <= _MORE_THAN_HALF:
        return ordered[below]
    return ordered[below] + share * (ordered[below + 1] - ordered[below])


def find_bounds(values: Iterable[float]) -> tuple[float, float, float, float, float]:
    """Return the 0, 25, 50, 75 and 100 % bounds of the values, in any order."""
    return order_bounds(sorted(values))


def order_bounds(ordered: Sequence[float]) -> tuple[float, float, float, float, float]:
    """Return the five bounds of values that are ascending already."""
    return (
        quantile(ordered, 0.0),
        quantile(ordered, 0.25),
        quantile(ordered, 0.5),
        quantile(ordered, 0.75),
        quantile(ordered, 1.0),
    )


def find_band(value: float, bounds: Sequence[float], *, polarity: str) -> Band:
    """Return the band of a value: the first quarter whose upper bound it does not exceed.

    Raises OutsideDistribution for a value outside the bounds or beside a missing bound (LAIT's
    "Error"), ValueError for a neutral indicator, which has no bands.
    """
    if polarity not in _ASCENDING:
        raise ValueError("a neutral indicator has no bands")
    lower = -inf
    for upper, band in zip(bounds[1:], _ASCENDING[polarity], strict=True):
        floor_met = value >= bounds[0] if lower == -inf else value > lower
        if floor_met and value <= upper:
            return band
        lower = upper if not isnan(upper) else inf
    raise OutsideDistribution("the value lies outside the distribution")


def find_rank(value: float, ordered: Sequence[float], *, polarity: str) -> int:
    """Return the minimum rank of a value by polarity; ``ordered`` ascends and holds it too."""
    if polarity == "H":
        return len(ordered) - bisect_right(ordered, value) + 1
    return bisect_left(ordered, value) + 1


def find_place(
    value: float, ordered: Sequence[float], *, polarity: str, banded: bool = True
) -> Place:
    """Return rank, band and adverse place of a value among ``ordered`` (ascending, it included).

    No band where LAIT prints "Data range is too small": for measures it marks so (``banded`` False)
    and where all values are the same. No ``pos`` for an authority that is alone.
    """
    ranked = len(ordered)
    below, upto = bisect_left(ordered, value), bisect_right(ordered, value)
    better = ranked - upto if polarity == "H" else below
    ties = upto - below - 1
    pos = (better + ties / 2) / (ranked - 1) if ranked > 1 else None
    if polarity not in _ASCENDING:
        return Place(None, ranked, None, pos, "neutral")
    if not banded or ordered[0] == ordered[-1]:
        return Place(better + 1, ranked, None, pos, "range_too_small")
    band = find_band(value, order_bounds(ordered), polarity=polarity)
    return Place(better + 1, ranked, band, pos)


def put_in(ordered: Sequence[float], *, out: float | None, value: float) -> list[float]:
    """Return an ascending copy in which ``value`` stands in place of ``out`` (None: is added)."""
    new = list(ordered)
    if out is not None:
        del new[bisect_left(new, out)]
    new.insert(bisect_left(new, value), value)
    return new
