"""Outliers: how far a quarter's own values lie from the authority's earlier ones (R18)."""

import numpy as np

from services.benchmark.core.column import Array, nine_each
from services.benchmark.core.neighbours import find_medians

FEWEST_EARLIER = 8
_MAD_TO_SD = 1.4826
"""Makes the median absolute deviation of a normal an estimate of its standard deviation."""


def find_outliers(now: Array, earlier: Array) -> Array:
    """Return the distance of each value from the median of its earlier ones, in robust sd.

    ``earlier`` has a row for each quarter and a column for each value; missing is not a number. Nor
    is the distance of a missing value, of one with fewer than eight earlier ones, or of one whose
    earlier ones do not vary. Nine significant digits.
    """
    middle, known = find_medians(earlier.T)
    deviation = _MAD_TO_SD * find_medians(np.abs(earlier - middle).T).value
    assessable = (known >= FEWEST_EARLIER) & (deviation > 0)
    return nine_each(np.abs(now - middle) / np.where(assessable, deviation, np.nan))
