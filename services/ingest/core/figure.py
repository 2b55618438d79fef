"""Reads one figure of a return: a number as given, and everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from schemas.catalogue import Indicator, Kind
from schemas.events import Symbol
from services.ingest.core.document import Cell, Odd
from services.ingest.core.fault import Column, Fault, fault

LARGEST = 10_000_000
"""No authority counts as far: all of England has twelve million children."""
SYMBOLS: Mapping[str, Symbol] = {symbol: symbol for symbol in get_args(Symbol)}
"""Every symbol by its text."""

_LONGEST = 40
_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
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
    """Return how many decimals a figure may have: one for FTE, working days and sums of scores.

    Everything else counts children, referrals, plans or cases, which are whole.
    """
    wording = indicator.numerator if column is Column.NUMERATOR else indicator.denominator
    if "FTE" in wording or "working days" in wording:
        return 1
    return 1 if indicator.kind is Kind.MEAN and column is Column.NUMERATOR else 0


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
    """Return the number, or None with its error; a number may come with a notice."""
    if isinstance(cell.raw, Decimal):
        return cell.raw, ()
    plain = cell.text.replace("\u2212", "-")
    for found, rule in (
        (plain.lower() in SYMBOLS, "C059"),
        (plain.endswith("%"), "C057"),
        (_DATE.fullmatch(plain), "C051"),
    ):
        if found:
            return None, (because(rule),)
    if len(plain) <= _LONGEST and _THOUSANDS.fullmatch(plain):
        read = plain.replace(",", "")
        return Decimal(read), (because("C056", read=read),)
    if not _DECIMAL.fullmatch(plain):
        return None, (because("C050"),)
    return Decimal(plain if len(plain) <= _LONGEST else "Infinity"), ()


def _errors(number: Decimal, most: int | None, because: Because) -> tuple[Fault, ...]:
    if number < 0:
        return (because("C054"),)
    if number > LARGEST:
        return (because("C055"),)
    if most is not None and number != round(number, most):
        return (because("C053" if most else "C052"),)
    return ()
