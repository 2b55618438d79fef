"""Flag: what the exact test with over-dispersion says about one figure (R6–R9).

Two conditions must hold together: the over-dispersed score is beyond its line, and the plain exact
tail is as rare. The tail protects small counts, so no smallest count has to be chosen: "low" cannot
be said where fewer than 3.69 are expected (amber) or 6.91 (red). Lines are applied to numbers that
are rounded to nine digits, as they are published.
"""

from typing import NamedTuple

from schemas.events import Flag
from schemas.numbers import nine

AMBER_Z, AMBER_P = 1.959964, 0.025
RED_Z, RED_P = 3.090232, 0.001


class Judgement(NamedTuple):
    """The flag with the score and the tail it rests on, both seen from the adverse side.

    ``z`` is positive when adverse and ``p`` the exact adverse tail; of a neutral indicator ``z`` is
    positive when higher and ``p`` the smaller tail. Nine significant digits.
    """

    flag: Flag
    z: float
    p: float


_ADVERSE = (Flag.AMBER, Flag.RED)
_GOOD = (Flag.BETTER, Flag.MUCH_BETTER)
_HIGHER = (Flag.HIGH, Flag.VERY_HIGH)
_LOWER = (Flag.LOW, Flag.VERY_LOW)


def judge(z: float, *, p_low: float, p_high: float, polarity: str) -> Judgement:
    """Return the flag of an over-dispersed score ``z`` (positive = higher) and its exact tails.

    ``polarity`` is H (high is good), L (low is good) or N (neutral).
    """
    if polarity == "N":
        score = nine(z)
        lower, higher = nine(p_low), nine(p_high)
        flag = _grade(score, higher, _HIGHER) or _grade(-score, lower, _LOWER)
        return Judgement(flag or Flag.AS_EXPECTED, score, min(lower, higher))
    score = nine(-z if polarity == "H" else z)
    adverse, good = (nine(p_low), nine(p_high)) if polarity == "H" else (nine(p_high), nine(p_low))
    flag = _grade(score, adverse, _ADVERSE) or _grade(-score, good, _GOOD)
    return Judgement(flag or Flag.AS_EXPECTED, score, adverse)


def _grade(score: float, tail: float, words: tuple[Flag, Flag]) -> Flag | None:
    if score >= RED_Z and tail <= RED_P:
        return words[1]
    if score >= AMBER_Z and tail <= AMBER_P:
        return words[0]
    return None
