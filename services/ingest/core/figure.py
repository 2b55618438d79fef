"""Reads one figure of a return: a number as given, and everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from schemas.catalogue import Indicator
from schemas.events import Symbol
from schemas.tidy import LARGEST
from services.ingest.core.document import Cell, Odd
from services.ingest.core.fault import Column, Fault, fault

SYMBOLS: Mapping[str, Symbol] = {symbol: symbol for symbol in get_args(Symbol)}
"""Every symbol by its text."""

READ_OTHERWISE = frozenset({"C056", "C066", "C067"})
"""Rules of figures that were not written as numbers and are clear all the same: notices."""

_LONGEST = 40
_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}([, \u00a0\u202f]\d{3})+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"[, \u00a0\u202f]")
_QUOTED = re.compile(r"""["“”'‘’]+\s*([^"“”'‘’]+?)\s*["“”'‘’]*""")
_POUNDS = re.compile(r"([-+]?)£\s*(\S.*)|([^£]*\S)\s*£", re.DOTALL)
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d{1,2}", re.ASCII)
_CUT_SHORT = re.compile(r"[-+]?\d+(\.\d+)?E[-+]?\d+|#{2,}", re.ASCII | re.IGNORECASE)
_BROKEN = re.compile(r"#[A-Z/0-9_]+[!?]?|Err:\d{3}", re.ASCII | re.IGNORECASE)
_MONTHS = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\d{{1,4}}[-/ ](?:{_MONTHS})[a-z]*(?:[-/ ]\d{{2,4}})?|(?:{_MONTHS})[a-z]*[-/ ]\d{{1,4}}"
    r"|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}",
    re.IGNORECASE | re.ASCII,
)

Because = Callable[..., Fault]
"""Makes the fault of the cell at hand from a rule and the facts that its words need."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says: its number, None where it says none, and the faults of saying it so."""

    number: Decimal | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def given(self) -> int | float | None:
        """The number as an observation carries it: whole ones as int."""
        if self.number is None:
            return None
        whole = self.number.to_integral_value()
        return int(whole) if self.number == whole else float(self.number)


def decimals(indicator: Indicator, column: Column) -> int:
    """Return how many decimals a figure may have."""
    if column is Column.NUMERATOR:
        return indicator.numerator_decimals
    return indicator.denominator_decimals


def is_plain(text: str) -> bool:
    """Say whether a text is a number as it stands."""
    return len(text) <= _LONGEST and bool(_DECIMAL.fullmatch(text))


def read_figure(cell: Cell, *, column: Column, indicator: Indicator | None) -> Figure:
    """Read a numerator or denominator; without the indicator, decimals are not judged."""

    def because(code: str, **facts: str) -> Fault:
        known = indicator.code if indicator else None
        value = cell.shown
        return fault(code, place=cell.place, indicator=known, value=value, column=column, **facts)

    if cell.blank:
        return Figure()
    if isinstance(cell.raw, Odd):
        return Figure(None, (because("C065", found=cell.raw.text, wanted="a number"),))
    number, notices = _number(cell, because)
    if number is None:
        return Figure(None, notices)
    errors = _errors(number, decimals(indicator, column) if indicator else None, because)
    return Figure(None if errors else number, (*notices, *errors))


def _number(cell: Cell, because: Because) -> tuple[Decimal | None, tuple[Fault, ...]]:
    """Return the number, or None with its error; a number may come with notices."""
    if isinstance(cell.raw, Decimal):
        return cell.raw, ()
    bare = cell.text.replace("\u2212", "-")
    if is_plain(bare):
        return Decimal(bare), ()
    read_as = ""
    for rule, form in (("C067", _QUOTED), ("C066", _POUNDS)):
        found = form.fullmatch(bare)
        if found:
            bare, read_as = "".join(filter(None, found.groups())), rule
    wrong = _unlike(bare)
    if wrong is not None:
        return None, (because(wrong),)
    if len(bare) <= _LONGEST and _THOUSANDS.fullmatch(bare):
        bare, read_as = _GROUPED.sub("", bare), read_as or "C056"
    if not _DECIMAL.fullmatch(bare):
        return None, (because("C050"),)
    number = Decimal(bare if len(bare) <= _LONGEST else "Infinity")
    return number, (because(read_as, read=f"{number.normalize():f}"),) if read_as else ()


def _unlike(bare: str) -> str | None:
    """Return the rule of what is known for something else than a number."""
    forms: tuple[tuple[bool, str], ...] = (
        (bare.lower() in SYMBOLS, "C059"),
        (bare.endswith("%"), "C057"),
        (bool(_DATE.fullmatch(bare)), "C051"),
        (bool(_DECIMAL_COMMA.fullmatch(bare)), "C068"),
        (bool(_CUT_SHORT.fullmatch(bare)), "C069"),
        (bool(_BROKEN.fullmatch(bare)), "C070"),
        (bare.startswith("="), "C071"),
    )
    return next((rule for found, rule in forms if found), None)


def _errors(number: Decimal, most: int | None, because: Because) -> tuple[Fault, ...]:
    if number < 0:
        return (because("C054"),)
    if number > LARGEST:
        return (because("C055"),)
    if most is not None and number != round(number, most):
        return (because("C053" if most else "C052"),)
    return ()
