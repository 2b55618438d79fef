"""Neighbours: the median of an authority's statistical neighbours, on one basis (R11).

This quarter's in-year figures where at least five of the ten have one, else the published figures
of one year; never a mixture. The authority itself is none of its ten; a joint row is nobody's
neighbour. The median is that of DfE's children's social care dashboard, which equals the published
neighbour rows of every authority.
"""

from collections.abc import Mapping, Sequence
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from services.benchmark.core.column import Array, Whole

FEWEST_IN_YEAR = 5
ASSESSABLE_SHARE = 0.8
"""Before close a condition on neighbours needs this share of them with a figure."""


class Medians(NamedTuple):
    """Medians, of nobody not a number, and how many neighbours each is of; not rounded."""

    value: Array
    used: Whole


def gather(lists: Sequence[Sequence[str]], values: Mapping[str, float]) -> Array:
    """Return the values of each list of neighbours in a row; missing is not a number.

    There are as many rows as lists, and none where there is no list.
    """
    longest = max(map(len, lists), default=0)
    rows = [[values.get(code, nan) for code in each] for each in lists]
    table = np.array([row + [nan] * (longest - len(row)) for row in rows], dtype=float)
    return table.reshape(len(lists), longest)


def find_medians(values: Array) -> Medians:
    """Return the medians over the last axis; missing is not a number."""
    width = values.shape[-1]
    if not width:
        return Medians(np.full(values.shape[:-1], nan), np.zeros(values.shape[:-1], dtype=np.int64))
    ordered = np.sort(values, axis=-1)
    used = width - np.count_nonzero(np.isnan(ordered), axis=-1)
    last = np.maximum(used - 1, 0)
    first = np.arange(0, ordered.size, width).reshape(used.shape)
    flat = ordered.reshape(-1)
    middle = (flat[first + last // 2] + flat[first + (last + 1) // 2]) / 2
    return Medians(middle, used)


def find_differences(values: Array, medians: Array, *, polarity: ArrayLike) -> Array:
    """Return adverse relative differences, 0.5 for 50 % worse; of neutral, 50 % higher.

    Not a number where either is missing or the median is 0, because nothing is relative to nothing.
    Not rounded.
    """
    below = np.where(medians == 0, nan, np.abs(medians))
    relative = (values - medians) / below
    adverse: Array = np.where(np.equal(polarity, "H"), -relative, relative)
    return adverse


def is_assessable(used: int, of: int, *, closed: bool) -> bool:
    """Whether a condition may rest on the median: any at close, four fifths of them before."""
    return used > 0 and (closed or used >= ASSESSABLE_SHARE * of)
