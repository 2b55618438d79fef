"""How numbers are rounded: nine digits in events, half away from zero on the page.

Half up works on the decimal text of the number, so that a figure which a person reads as a
tie is treated as one whatever its binary tail: DfE's statistics round half away from zero with a
tolerance of ``sqrt(eps)`` (dfeR, ``round_five_up``), Python's own ``round`` goes to the even digit.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_TOLERANCE = Decimal(2.0**-26)
_NEAR_A_TIE = 1e-6
_EXACT = 1e9


@lru_cache(maxsize=65_536)
def nine(x: float) -> float:
    """Return ``x`` to the nine significant digits that events and the API carry.

    Decisions are taken on the rounded number, so two machines that differ in the last binary
    digit of a logarithm still decide alike. Not a number stays so; zero loses its sign.
    """
    return float("%.9g" % x) + 0.0  # noqa: UP031 - a third faster, and there are hundreds


@lru_cache(maxsize=8)
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def round_half_up(x: float, decimals: int = 0) -> float:
    """Round to ``decimals`` places, half away from zero, as DfE publishes.

    ``decimals`` may be negative (tens, hundreds). 2.5 gives 3, 285 to tens 290, 2.85 to one 2.9.
    """
    scaled = abs(x) * 10.0**decimals
    if decimals >= 0 and scaled < _EXACT and abs(scaled % 1 - 0.5) > _NEAR_A_TIE:
        # Far from a tie the nearest whole number of units is what decimal arithmetic gives, too.
        whole: float = int(scaled + 0.5) / 10**decimals
        return whole if x > 0 else 0.0 - whole
    unit = _unit(decimals)
    exact = Decimal(repr(float(x)))
    nudge = _TOLERANCE * unit if exact >= 0 else -_TOLERANCE * unit
    return float((exact + nudge).quantize(unit, rounding=ROUND_HALF_UP)) + 0.0
