"""How numbers are rounded: nine digits in events, half away from zero on the page.

Half up works on the decimal text of the number, so that a figure which a person reads as a
tie is treated as one whatever its binary tail: DfE's statistics round half away from zero with a
tolerance of ``sqrt(eps)`` (dfeR, ``round_five_up``), Python's own ``round`` goes to the even digit.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_TOLERANCE = Decimal(2.0**-26)


@lru_cache(maxsize=65_536)
def nine(x: float) -> float:
    """Return ``x`` to the nine significant digits that events and the API carry.

    Decisions are taken on the rounded number, so two machines that differ in the last binary
    digit of a logarithm still decide alike. Not a number stays so; zero loses its sign.
    """
    return float(f"{x:.9g}") + 0.0


@lru_cache(maxsize=8)
def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def round_half_up(x: float, decimals: int = 0) -> float:
    """Round to ``decimals`` places, half away from zero, as DfE publishes.

    ``decimals`` may be negative (tens, hundreds). 2.5 gives 3, 285 to tens 290, 2.85 to one 2.9.
    """
    unit = _unit(decimals)
    exact = Decimal(repr(float(x)))
    nudge = _TOLERANCE * unit if exact >= 0 else -_TOLERANCE * unit
    return float((exact + nudge).quantize(unit, rounding=ROUND_HALF_UP)) + 0.0
