"""Flag: what the exact test with over-dispersion says about one figure (R6–R9).

Two conditions must hold together: the over-dispersed score is beyond its line, and the plain exact
tail is as rare. The tail protects small counts, so no smallest count has to be chosen: "low" cannot
be said where fewer than 3.69 are expected (amber) or 6.91 (red). Lines are applied to numbers that
are rounded to nine digits, as they are published.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from schemas.events import Flag
from services.benchmark.core.column import Array, Whole, nine_each

AMBER_Z, AMBER_P = 1.959964, 0.025
RED_Z, RED_P = 3.090232, 0.001


class Judgements(NamedTuple):
    """Flags with the scores and tails they rest on, both seen from the adverse side.

    ``z`` is positive when adverse and ``p`` the exact adverse tail; of a neutral indicator ``z`` is
    positive when higher and ``p`` the smaller tail. Nine significant digits. Where there is no
    score ``z`` is not a number and the flag is "not assessed".
    """

    flag: list[Flag]
    z: Array
    p: Array


_WORDS = (
    Flag.MUCH_BETTER, Flag.BETTER, Flag.AS_EXPECTED, Flag.AMBER, Flag.RED,
    Flag.VERY_LOW, Flag.LOW, Flag.AS_EXPECTED, Flag.HIGH, Flag.VERY_HIGH,
    Flag.NOT_ASSESSED,
)  # fmt: skip
"""Five words from good to adverse, five of a neutral indicator from low to high, and none."""
_DIRECTED, _NEUTRAL, _NOT_ASSESSED = 2, 7, 10
"""The places of "as expected", of "as expected" where neither way is good, and of no flag."""


def judge(z: Array, *, p_low: Array, p_high: Array, polarity: ArrayLike) -> Judgements:
    """Return the flags of over-dispersed scores ``z`` (positive = higher) and their exact tails.

    Polarity is H (high is good), L (low is good) or N (neutral), of each or of all.
    """
    high_is_good, neutral = np.equal(polarity, "H"), np.equal(polarity, "N")
    known = np.isfinite(z)
    score = np.where(known, np.where(high_is_good, -z, z), np.nan)
    score, low, high = nine_each(np.array([score, p_low, p_high]))
    adverse, good = np.where(high_is_good, (low, high), (high, low))
    p = np.where(neutral, np.minimum(low, high), adverse)
    grade = _grade(score, adverse) - _grade(-score, good)
    word = np.where(known, np.where(neutral, _NEUTRAL, _DIRECTED) + grade, _NOT_ASSESSED)
    return Judgements([_WORDS[i] for i in word.tolist()], score, np.where(known, p, np.nan))


def _grade(score: Array, tail: Array) -> Whole:
    """Return 2 where score and tail are both beyond the red lines, 1 beyond amber, else 0."""
    amber = (score >= AMBER_Z) & (tail <= AMBER_P)
    red = (score >= RED_Z) & (tail <= RED_P)
    return amber.astype(np.int64) + red
