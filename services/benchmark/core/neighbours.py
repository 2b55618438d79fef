"""Neighbours: the median of an authority's statistical neighbours, on one basis (R11).

This quarter's in-year figures where at least five of the ten have one, else the published figures
of one year; never a mixture. The authority itself is none of its ten; a joint row is nobody's
neighbour. The median is that of DfE's children's social care dashboard, which equals the published
neighbour rows of every authority.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.numbers import nine

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

FEWEST_IN_YEAR = 5
ASSESSABLE_SHARE = 0.8
"""Before close a condition on neighbours needs this share of them with a figure."""


class Median(NamedTuple):
    """A median (None of nobody) and the number of neighbours it is of."""

    value: float | None
    used: int


def find_median(codes: Sequence[str], values: Mapping[str, float]) -> Median:
    """Return the median over those of the codes that have a value, to nine digits."""
    found = sorted(values[code] for code in codes if code in values)
    if not found:
        return Median(None, 0)
    middle = len(found) // 2
    if len(found) % 2:
        return Median(nine(found[middle]), len(found))
    return Median(nine((found[middle - 1] + found[middle]) / 2), len(found))


def find_medians(values: Array) -> tuple[Array, Whole]:
    """Return medians over the last axis and the numbers used; missing is not a number.

    The median of nobody is not a number. Not rounded.
    """
    ordered = np.sort(values, axis=-1)
    used = np.count_nonzero(~np.isnan(ordered), axis=-1)
    last = np.maximum(used - 1, 0)
    low = np.take_along_axis(ordered, (last // 2)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, ((last + 1) // 2)[..., None], axis=-1)[..., 0]
    return (low + high) / 2, used


def find_difference(value: float | None, median: float | None, *, polarity: str) -> float | None:
    """Return the adverse relative difference, 0.5 for 50 % worse; of neutral, 50 % higher.

    None where either is missing or the median is 0, because nothing is relative to nothing.
    """
    if value is None or not median:
        return None
    relative = (value - median) / abs(median)
    return nine(-relative if polarity == "H" else relative)


def is_assessable(used: int, of: int, *, closed: bool) -> bool:
    """Whether a condition may rest on the median: any at close, four fifths of them before."""
    return used > 0 and (closed or used >= ASSESSABLE_SHARE * of)
