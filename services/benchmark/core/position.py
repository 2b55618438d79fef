"""Position: where a value stands among authorities, exactly as DfE's LAIT shows it (R2).

A place is information, never an alarm: two authorities can swap places on one child. Bounds are
type-7 percentiles (Hyndman & Fan 1996; Excel PERCENTILE.INC), bands are compared ascending with
``<=`` whatever the polarity (so ties on a bound are not mirror images), ranks are minimum ranks.
Source: LAIT ``R/fn_table_helpers.R`` and ``R/fn_analysis.R``.

Many places are found at once, of one value in each of many distributions or of many in one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from services.benchmark.core.column import Array, Mask, Whole

_MORE_THAN_HALF = 1e-10
_QUARTILES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
_AROUND = np.array([-1, 0, 1])

Band = Literal["A", "B", "C", "D"]
"""The quarter of England in which a value lies; A is the best."""

BANDS: tuple[Band | None, ...] = (None, "A", "B", "C", "D")
"""The bands by number; 0 is none."""

UNBANDED = frozenset({"ME03"})
"""Measures that LAIT shows no band for: "Data range is too small"."""


class Places(NamedTuple):
    """Places among those ranked, side by side; 0 is no rank, nobody ranked and no band.

    ``rank`` 1 is the best by polarity and ties share it. ``band`` is the place in ``BANDS``.
    ``pos`` is the adverse place from 0 (best) to 1 (worst), others that are better plus half of
    those that tie over all others; not a number for an authority that is alone. Neutral indicators
    have neither rank nor band, and their ``pos`` counts from the lowest. There is no band where
    LAIT prints "Data range is too small": for measures that it marks so, and where all values are
    the same. A value that is not a number has no place, nor has any in a distribution of nobody.
    """

    rank: Whole
    ranked: Whole
    band: Whole
    pos: Array


@dataclass(frozen=True, eq=False)
class Distributions:
    """Values of England's authorities for one measure in each row, ascending.

    In ``padded`` minus infinity stands before each row and infinity behind it.
    """

    padded: Array
    size: Whole
    high_is_good: Mask
    neutral: Mask
    banded: Mask


def line_up(
    rows: Sequence[Sequence[float]], *, polarity: Sequence[str], banded: Sequence[bool]
) -> Distributions:
    """Return distributions side by side. Each row ascends; polarity is H, L or N (neutral)."""
    size = np.array([len(row) for row in rows], dtype=np.int64)
    # A place adds a value to its row, and a percentile looks at the one behind its own.
    padded = np.full((len(rows), size.max(initial=0) + 4), inf)
    padded[:, 0] = -inf
    for line, values in zip(padded, rows, strict=True):
        line[1 : len(values) + 1] = values
    letters = np.array(polarity, dtype="U1")
    return Distributions(padded, size, letters == "H", letters == "N", np.array(banded, dtype=bool))


def find_places(values: Array, among: Distributions, *, out: Array) -> Places:
    """Return the place of each value in its row, where it stands instead of ``out``.

    ``out`` is one of the values of the row; infinity if the value is one more. A single row serves
    all values.
    """
    ordered, value = among.padded[:, 1:], values[:, None]
    placed = ~np.isnan(values) & (among.size > 0)
    # Rows ascend to infinity, so the first that is not below stands behind as many as are below.
    below = (ordered < value).argmin(axis=1) - (out < values)
    upto = (ordered <= value).argmin(axis=1) - (out <= values)
    others = among.size - (out < inf)
    better = np.where(among.high_is_good, others - upto, below)
    ties = upto - below
    ranked = placed & ~among.neutral
    quarter = find_quarters(values, _find_bounds(values, among, out=out, others=others))
    band = np.where(among.high_is_good, (len(BANDS) - quarter) % len(BANDS), quarter)
    return Places(
        rank=np.where(ranked, better + 1, 0),
        ranked=np.where(placed, others + 1, 0),
        band=np.where(ranked & among.banded & (ties < others), band, 0),
        pos=(better + ties / 2) / np.where(placed & (others > 0), others, np.nan),
    )


def find_quarters(values: Array, bounds: Array) -> Whole:
    """Return in which quarter of its row of five bounds each value lies, 1 the lowest.

    It is the first whose upper bound the value does not exceed; 0 for a value outside the bounds or
    beside a missing one (LAIT's "Error").
    """
    value = values[:, None]
    inside = (value > bounds[:, :-1]) & (value <= bounds[:, 1:])
    inside[:, 0] |= (values == bounds[:, 0]) & (values <= bounds[:, 1])
    quarters: Whole = np.where(inside.any(axis=1), inside.argmax(axis=1) + 1, 0)
    return quarters


def _find_bounds(values: Array, among: Distributions, *, out: Array, others: Whole) -> Array:
    """Return the 0, 25, 50, 75 and 100 % bounds of each row with its value instead of ``out``.

    The k-th of some ascending numbers with one more among them is that one, kept between the
    (k-1)-th and the k-th of the others; so no row has to be sorted anew.
    """
    start, share = _locate(others[:, None], _QUARTILES)
    at = start[..., None] + _AROUND
    removed = (among.padded[:, 1:] < out[:, None]).argmin(axis=1)
    at = at + (at >= removed[:, None, None]) + 1
    row = np.arange(len(among.padded))[:, None, None]
    near = among.padded[row, at]
    before, here, behind = near[..., 0], near[..., 1], near[..., 2]
    low = np.minimum(np.maximum(values[:, None], before), here)
    high = np.minimum(np.maximum(values[:, None], here), behind)
    with np.errstate(invalid="ignore"):
        between = low + share * (high - low)
    bounds: Array = np.where(share <= _MORE_THAN_HALF, low, between)
    return bounds


def quantile(ordered: Sequence[float], probability: float) -> float:
    """Return the type-7 percentile of an ascending sequence: ``x[k] + f (x[k+1] - x[k])``.

    ``k + f = (n - 1) probability``. Raises ValueError for an empty sequence.
    """
    if not ordered:
        raise ValueError("a distribution of no values has no percentiles")
    start, share = _locate(len(ordered) - 1, probability)
    below = int(start)
    if share <= _MORE_THAN_HALF:
        return ordered[below]
    return ordered[below] + float(share) * (ordered[below + 1] - ordered[below])


def order_bounds(ordered: Sequence[float]) -> tuple[float, ...]:
    """Return the 0, 25, 50, 75 and 100 % bounds of values that ascend."""
    return tuple(quantile(ordered, probability) for probability in _QUARTILES.tolist())


def _locate(last: ArrayLike, probability: ArrayLike) -> tuple[Whole, Array]:
    """Return ``k`` and ``f`` of a type-7 percentile among values of which ``last`` is the last."""
    place = np.multiply(last, probability)
    start = np.floor(place + _MORE_THAN_HALF)
    return start.astype(np.int64), place - start
