"""Rules across fields: within one row, and between the rows of one return."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemas.catalogue import Accumulates, Indicator, Kind
from services.ingest.core.entry import Entry
from services.ingest.core.fault import Column, Fault, fault

_NOT_A_PART = frozenset({"CP02", "SE04"})
"""Percentages whose numerator may hold cases of an earlier quarter than the denominator."""

_SPELLS = {"WF04": 30}
"""Working days that one spell of sickness takes, as those of a few take months."""

_SCALES = {"LA15": 40, "ED01": 90}
"""Where the scale of a mean ends: the strengths and difficulties questionnaire, Attainment 8."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A numerator that is some of another indicator's count."""

    rule: str
    part: str
    whole: str


_PARTS = (
    _Part("X110", "CP04", "CP03"),
    _Part("X112", "CP09", "CP08"),
    _Part("X113", "LA04", "LA01"),
    _Part("X114", "CP05", "CN01"),
    _Part("X115", "CN02", "CN01"),
)
"""What is some of another count by its very definition; what is so by custom alone is a query."""


def figures_fit(entries: Iterable[Entry]) -> Iterator[Fault]:
    """Hold the figures of each row against one another."""
    for entry in entries:
        if entry.indicator is not None and entry.counted:
            yield from _denominator(entry, entry.indicator)
            yield from _share(entry, entry.indicator)
            yield from _mean(entry, entry.indicator)


def rows_fit(entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """Hold rows against one another; ``entries`` are those with figures, by indicator."""
    for rule in _PARTS:
        if rule.part in entries and rule.whole in entries:
            yield from _part(entries[rule.part], entries[rule.whole], rule)


def wants_denominator(indicator: Indicator) -> bool:
    """Say whether the sender gives the denominator: not of rates per population or counts."""
    return indicator.has_denominator and indicator.population is None


def exceeds(entry: Entry) -> bool:
    """Say whether a percentage is of more than all."""
    numerator, denominator = entry.numerator.number, entry.denominator.number
    return numerator is not None and denominator is not None and numerator > denominator


def is_share(indicator: Indicator) -> bool:
    """Say whether the numerator of a percentage is some of its denominator.

    Days lost and leavers over a mean stock are not, nor is what may stem from an earlier quarter.
    """
    return (
        indicator.kind is Kind.PERCENTAGE
        and indicator.accumulates is not Accumulates.FLOW_OVER_STOCK
        and indicator.code not in _NOT_A_PART
    )


def variance(indicator: Indicator, count: float, base: float) -> float:
    """Return how much chance alone moves a count: its variance.

    Shares are binomial, counts Poisson, days off come in spells, and a sum of scores varies with
    the number of those who have one.
    """
    if is_share(indicator):
        return max(count * (1 - count / base), 0.0)
    if indicator.kind is Kind.MEAN:
        return count * count / base
    return count * _SPELLS.get(indicator.code, 1)


def _denominator(entry: Entry, indicator: Indicator) -> Iterator[Fault]:
    place, given = entry.place(Column.DENOMINATOR), entry.denominator.number
    if wants_denominator(indicator) and given is None:
        yield fault("X100", place=place, indicator=indicator.code)
    elif not wants_denominator(indicator) and given is not None:
        yield fault("X101", place=place, indicator=indicator.code)
    elif given == 0 and entry.numerator.number and not is_share(indicator):
        yield fault("X103", place=place, indicator=indicator.code)


def _share(entry: Entry, indicator: Indicator) -> Iterator[Fault]:
    if is_share(indicator) and exceeds(entry):
        yield fault(
            "X102",
            place=entry.place(Column.NUMERATOR),
            indicator=indicator.code,
            value=entry.row[Column.NUMERATOR].shown,
            numerator=number(entry.numerator.number),
            denominator=number(entry.denominator.number),
            part=indicator.numerator,
            whole=indicator.denominator,
        )


def _part(part: Entry, whole: Entry, rule: _Part) -> Iterator[Fault]:
    some, of = part.numerator.number, whole.numerator.number
    # A share of more than all has been told already, in the words of its own row.
    if some is not None and of is not None and some > of and not exceeds(part):
        yield _between(rule.rule, part, Column.NUMERATOR, number(some), number(of))


def _mean(entry: Entry, indicator: Indicator) -> Iterator[Fault]:
    most = _SCALES.get(indicator.code)
    total, of = entry.numerator.number, entry.denominator.number
    if most is not None and total and of and total > most * of:
        yield fault(
            "X104",
            place=entry.place(Column.NUMERATOR),
            indicator=indicator.code,
            value=entry.row[Column.NUMERATOR].shown,
            numerator=number(total),
            denominator=number(of),
            mean=number(round(total / of, 1)),
            most=str(most),
            part=indicator.numerator,
            whole=indicator.denominator,
        )


def _between(rule: str, entry: Entry, column: Column, part: str, whole: str) -> Fault:
    return fault(
        rule,
        place=entry.place(column),
        indicator=entry.code,
        value=entry.row[column].shown,
        part=part,
        whole=whole,
    )


def number(value: Decimal | float | None) -> str:
    """Return a figure as messages write it: no exponent, no thousands commas, no trailing zeros."""
    if value is None:
        return "nothing"
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
