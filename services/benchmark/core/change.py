"""Change: how far comparison values have moved since what was said of earlier quarters.

The arrow is LAIT's: the sign of the difference of the values as they are published.
"""

from collections.abc import Iterable
from math import nan
from typing import Literal, NamedTuple

import numpy as np

from schemas.periods import Period
from services.benchmark.core.column import Array
from services.benchmark.core.saying import Saying

_ARROWS: tuple[Literal["up", "down", "level"], ...] = ("level", "up", "down")
"""By the sign of the difference: 0, 1, and -1, which is the last."""


class Past(NamedTuple):
    """The last earlier value of each figure, not a number where it has none, and its quarter."""

    value: Array
    since: list[str | None]


def look_back(
    values: Array, earlier: Iterable[tuple[Period, Saying]], *, indicators: tuple[str, ...]
) -> Past:
    """Return the last earlier values of the figures that have one now.

    ``earlier`` is what was said of earlier quarters, newest first.
    """
    wanted = ~np.isnan(values)
    past = np.full(len(indicators), nan)
    since: list[str | None] = [None] * len(indicators)
    for period, saying in earlier:
        if not wanted.any():
            break
        said = saying.levels(indicators)
        found = wanted & ~np.isnan(said)
        past[found] = said[found]
        wanted &= ~found
        text = str(period)
        for i in np.flatnonzero(found).tolist():
            since[i] = text
    return Past(past, since)


def point(published: Array, before: Array) -> list[Literal["up", "down", "level"]]:
    """Return the arrows between values that are rounded as they are published, no tolerance."""
    way = (published > before).astype(np.int64) - (published < before)
    return [_ARROWS[i] for i in way.tolist()]
