"""Plausibility: queries about what is odd but possible. Quiet about small numbers; never blocking.

Each looks for what chance does not do: more than three standard deviations and more than ten events
at once. Counts are taken as Poisson and shares as binomial, so that deviations are known from the
counts alone. A figure is asked about once, by the first rule that it meets.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import sqrt

from schemas.catalogue import Indicator
from schemas.events import Observation
from schemas.periods import Period
from services.ingest.core.consistency import ask, counted_elsewhere
from services.ingest.core.crossfield import number, variance
from services.ingest.core.distribution import beyond_england, beyond_region
from services.ingest.core.entry import Entry
from services.ingest.core.fault import FIGURES, Column, Fault, fault
from services.ingest.core.figure import decimals
from services.ingest.core.past import Past

_MORE_THAN_HALF = 0.5
_DEVIATIONS = 3.0
_EVENTS = 10
_TOLERANCE = 0.03
_SMALL_STOCK = 30
_COMPARED = 10
_IDENTICAL = 0.8
_QUARTERS_WITHOUT_ZERO = 4
_NEVER_ZERO = 7
"""Where as many are usual, none at all comes about once in a thousand quarters."""
_ROUND, _ROUNDABLE, _FEWEST_ROUND, _MOSTLY_ROUND = 10, 100, 6, 0.6

_RESTLESS = frozenset({"AS04", "SE03"})
"""One authority of three, and one of five, changes by more than half from one year to the next."""

_STOCKS = (("CP05", "CP06", "CP07"), ("LA01", "LA02", "LA03"))

Entries = Mapping[str, Entry]


def implausible(entries: Entries, *, past: Past) -> Iterator[Fault]:
    """Yield what is odd in the figures, held against what is known from before."""
    for entry in entries.values():
        if entry.indicator is not None:
            found = _first(entry, entry.indicator, past)
            if found is None and not counted_elsewhere(entry, entries):
                found = _denominator(entry, past)
            if found is not None:
                yield found
    for stock, starts, ends in _STOCKS:
        if {stock, starts, ends} <= set(entries):
            yield from _balance(entries[stock], entries[starts], entries[ends], past.before)
    yield from _copied(entries, past.before)


def rounded(entries: Entries) -> Iterator[Fault]:
    """Yield a query where most of the larger counts are round: they may be estimates."""
    counts = [
        figure.number
        for entry in entries.values()
        for column, figure in zip(FIGURES, (entry.numerator, entry.denominator), strict=True)
        if figure.number is not None and figure.number >= _ROUNDABLE
        if entry.indicator is not None and not decimals(entry.indicator, column)
    ]
    round_ones = sum(count % _ROUND == 0 for count in counts)
    if round_ones >= _FEWEST_ROUND and round_ones > _MOSTLY_ROUND * len(counts):
        yield fault("Q211", round=str(round_ones), compared=str(len(counts)))


def _first(entry: Entry, indicator: Indicator, past: Past) -> Fault | None:
    asked = (rule(entry, indicator, past) for rule in _OF_ONE_FIGURE)
    return next((found for found in asked if found is not None), None)


def _vanished(entry: Entry, _: Indicator, past: Past) -> Fault | None:
    if entry.numerator.number != 0:
        return None
    earlier = [known.get(str(entry.code)) for known in past.in_a_row(_QUARTERS_WITHOUT_ZERO)]
    counts = [said.numerator for said in earlier if said is not None and said.numerator]
    too_few = len(counts) < _QUARTERS_WITHOUT_ZERO
    if too_few or sum(counts) < _NEVER_ZERO * _QUARTERS_WITHOUT_ZERO:
        return None
    then = ", ".join(number(count) for count in reversed(counts))
    return ask("Q210", entry, then=then)


def _change(entry: Entry, indicator: Indicator, past: Past) -> Fault | None:
    if indicator.code in _RESTLESS:
        return None
    newest = None
    for quarter, known in past.returned:
        said = known.get(indicator.code)
        if said is None or said.numerator is None:
            continue
        if not _is_far(entry, said, indicator):
            return None
        newest = newest or (quarter, said)
    if newest is None:
        return None
    quarter, said = newest
    return ask(
        "Q200",
        entry,
        now=_in_words(entry.numerator.number, entry.denominator.number),
        then=_in_words(said.numerator, said.denominator),
        quarter=_spoken(quarter),
    )


def _is_far(entry: Entry, then: Observation, indicator: Indicator) -> bool:
    now, old = float(entry.numerator.number or 0), float(then.numerator or 0)
    if entry.denominator.number is None or then.denominator is None:
        return _differs(now, old, chance=sqrt(now + old))
    here, there = float(entry.denominator.number), float(then.denominator)
    if not (here and there):
        return False
    # What this quarter would have had at the rate of the other, and what chance makes of both.
    pooled = (now + old) / (here + there)
    of_now = variance(indicator, pooled * here, here)
    of_then = variance(indicator, pooled * there, there) * (here / there) ** 2
    return _differs(now, old * here / there, chance=sqrt(of_now + of_then))


def _differs(now: float, expected: float, *, chance: float) -> bool:
    events = abs(now - expected)
    return events > max(_EVENTS, _MORE_THAN_HALF * expected, _DEVIATIONS * chance)


def _denominator(entry: Entry, past: Past) -> Fault | None:
    here = entry.denominator.number
    if here is None:
        return None
    newest = None
    for _, known in past.returned:
        said = known.get(str(entry.code))
        if said is None or said.denominator is None:
            continue
        if not _has_jumped(float(here), float(said.denominator)):
            return None
        newest = newest or number(said.denominator)
    if newest is None:
        return None
    return ask("Q214", entry, column=Column.DENOMINATOR, now=number(here), then=newest)


def _has_jumped(now: float, then: float) -> bool:
    return _differs(now, then, chance=sqrt(now + then))


def _balance(
    stock: Entry, starts: Entry, ends: Entry, before: Mapping[str, Observation]
) -> Iterator[Fault]:
    then = before.get(str(stock.code))
    if then is None or then.numerator is None:
        return
    if max(float(then.numerator), float(stock.numerator.number or 0)) <= _SMALL_STOCK:
        return
    started, ended = starts.numerator.number or Decimal(0), ends.numerator.number or Decimal(0)
    expected = Decimal(str(then.numerator)) + started - ended
    apart = abs((stock.numerator.number or Decimal(0)) - expected)
    if apart > _EVENTS and float(apart) > _TOLERANCE * float(abs(expected)):
        yield ask(
            "Q201",
            stock,
            now=number(stock.numerator.number),
            then=number(then.numerator),
            started=number(started),
            ended=number(ended),
            expected=number(expected),
        )


def _copied(entries: Entries, before: Mapping[str, Observation]) -> Iterator[Fault]:
    """The file of the quarter before, sent again: figures above ten rarely stay the same."""
    same = compared = 0
    for code, entry in entries.items():
        then, given = before.get(code), entry.numerator.given
        if then is None or then.numerator is None or given is None or given <= _EVENTS:
            continue
        compared += 1
        same += (then.numerator, then.denominator) == (given, entry.denominator.given)
    if compared >= _COMPARED and same > _IDENTICAL * compared:
        yield fault("Q202", same=str(same), compared=str(compared))


def _in_words(numerator: Decimal | float | None, denominator: Decimal | float | None) -> str:
    whole = f" of {number(denominator)}" if denominator is not None else ""
    return number(numerator) + whole


def _spoken(quarter: Period) -> str:
    return f"quarter {quarter.part} of {str(quarter).rpartition('-')[0]}"


_OF_ONE_FIGURE: tuple[Callable[[Entry, Indicator, Past], Fault | None], ...] = (
    _vanished,
    _change,
    beyond_england,
    beyond_region,
)
