"""Column: many numbers worked on at once, where "not a number" stands for what is missing.

Each is rounded bit for bit as ``schemas.numbers`` rounds it alone: scaled by a power of ten until
the last digit that stays is that of units, rounded to a whole number and scaled back. Powers of ten
up to 10^22 are floats exactly, so either scaling is one correctly rounded operation, and the number
scaled back is the float nearest to the decimal. What would need another power is left to the
function for one number.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from schemas.numbers import nine, round_half_up

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
Letters = NDArray[np.str_]

_EXACT = 22
_TENS = np.array([10.0**k for k in range(_EXACT + 1)])
_LAST = 8
_TINY = 1e-300
_SMALLEST, _LARGEST = 1e8, 1e9
_HALF = 0.5
_SPLITTER = 2.0**27 + 1
_NEAR_A_TIE = 1e-6
_TOTAL_DECIMALS = 6


def nine_each(numbers: Array) -> Array:
    """Return each number to nine significant digits, as ``nine`` does."""
    size = np.abs(numbers)
    power = _LAST - np.floor(np.log10(np.fmax(size, _TINY)))
    up = _TENS.take(power.astype(np.int64), mode="clip")
    scaled = size * up
    whole = np.rint(scaled)
    ties = (np.abs(scaled - whole) == _HALF).nonzero()
    if ties[0].size:
        whole[ties] = _untie(size[ties], up[ties], scaled[ties])
    rounded = np.copysign(whole / up, numbers) + 0.0
    beyond = ((whole < _SMALLEST) | (whole > _LARGEST)) & (size > 0)
    return _settle(rounded, numbers, beyond, nine)


def _untie(size: Array, up: Array, scaled: Array) -> Array:
    """Return the nearest whole numbers of ``size × up``, which rounds to the tie ``scaled``.

    Half of all medians are ties in decimals. Which way they go lies in what the product lost when
    it was rounded, and that is found without error from halves of its factors (Dekker 1971).
    """
    (a, b), (c, d) = _halve(size), _halve(up)
    lost = ((a * c - scaled) + a * d + b * c) + b * d
    whole: Array = np.where(lost == 0, np.rint(scaled), scaled + np.copysign(_HALF, lost))
    return whole


def _halve(numbers: Array) -> tuple[Array, Array]:
    """Return numbers as sums of two with half the digits each, whose products are exact."""
    most = numbers * _SPLITTER
    high = most - (most - numbers)
    return high, numbers - high


def round_each_half_up(numbers: Array, decimals: Whole) -> Array:
    """Return each number rounded half away from zero to its decimals, as ``round_half_up`` does."""
    unit = _TENS[np.maximum(decimals, 0)]
    scaled = np.abs(numbers) * unit
    above = scaled + _HALF
    whole = np.floor(above)
    clear = (np.abs(above - whole - _HALF) < _HALF - _NEAR_A_TIE) & (scaled < _LARGEST)
    rounded: Array = np.copysign(whole / unit, numbers) + 0.0
    unclear = ~(clear & (decimals >= 0)) & ~np.isnan(numbers)
    if unclear.any():
        places = np.broadcast_to(decimals, numbers.shape)
        for i in np.flatnonzero(unclear):
            rounded.flat[i] = round_half_up(float(numbers.flat[i]), int(places.flat[i]))
    return rounded


def tidy_totals(totals: Array) -> Array:
    """Return sums without the tail that floats add to FTE, which carry one decimal.

    Whole numbers, which are nearly all, are exact as they are.
    """
    return _settle(totals.copy(), totals, totals % 1 > 0, _tidy)


def _tidy(total: float) -> float:
    return round(total, _TOTAL_DECIMALS)


def listed(column: Array) -> list[float | None]:
    """Return the numbers of a column, None for what is missing."""
    numbers: list[float | None] = column.tolist()
    for place in np.isnan(column).nonzero()[0].tolist():
        numbers[place] = None
    return numbers


def listed_each(table: Array) -> list[list[float | None]]:
    """Return the numbers of each row of a table, None for what is missing."""
    rows: list[list[float | None]] = table.tolist()
    for row, place in np.argwhere(np.isnan(table)).tolist():
        rows[row][place] = None
    return rows


def _settle(
    rounded: Array, numbers: Array, unclear: Mask, alone: Callable[[float], float]
) -> Array:
    """Enter what the function for one number makes of those that are unclear."""
    places = unclear.nonzero()
    if places[0].size:
        rounded[places] = [alone(number) for number in numbers[places].tolist()]
    return rounded
