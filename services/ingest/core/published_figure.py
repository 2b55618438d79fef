"""Cells of published files: numbers as they stand, symbols as DfE means them."""

import re
from collections.abc import Sequence
from decimal import Decimal

from schemas.events import Number, Symbol

Part = Decimal | Symbol
"""What stands in a cell: a number as written, or a symbol in its place."""

_SYMBOLS: dict[str, Symbol] = {"z": "z", "x": "x", "c": "c", "u": "u", "low": "low", "k": "k"}
LEGACY: dict[str, Symbol] = {"": "x", ":": "x", "..": "x", "-": "x", ".": "z", "~": "k"}
"""Marks of the time before DfE's symbols, and blanks: each is taken with a notice."""

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?")
_LARGEST = Decimal(10) ** 12
"""Every figure that is published stays far below; arithmetic on more digits would not be exact."""
_WHOLE = re.compile(r"[0-9]{1,15}")


def read_cell(text: str) -> Part | None:
    """Return the number or symbol in a cell, None where it is neither.

    Numbers are plain, not negative and below 10¹²: "1,234", "12%", "nan" and "-3" are no figures
    of any file that we know, and guessing at them would be worse than leaving them out.
    """
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        number = Decimal(stripped)
        return number if number < _LARGEST else None
    return _SYMBOLS.get(stripped.lower()) or LEGACY.get(stripped)


def add(parts: Sequence[Part]) -> Part:
    """Return the exact sum of the parts, or the first symbol among them."""
    total = Decimal(0)
    for part in parts:
        if not isinstance(part, Decimal):
            return part
        total += part
    return total


def divide(dividend: Part, divisor: Part) -> Part:
    """Return the quotient; a symbol stays one, and what is divided by nothing is not applicable."""
    if not isinstance(dividend, Decimal):
        return dividend
    if not isinstance(divisor, Decimal):
        return divisor
    return dividend / divisor if divisor else "z"


def as_number(number: Decimal) -> Number:
    """Return the number as events carry it: a whole number that was written as one stays whole."""
    text = str(number)
    return int(text) if _WHOLE.fullmatch(text) else float(number)
