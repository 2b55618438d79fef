"""Plausibility: queries about what is odd but possible. Quiet about small numbers; never blocking.

Each looks for what chance does not do: more than half, more than three standard deviations and more
than ten events at once. Counts are taken as Poisson and shares as binomial, so that the deviation
of the difference of two quarters is known from the counts alone.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import sqrt

from schemas.events import Observation
from services.ingest.core.consistency import ask
from services.ingest.core.crossfield import is_share, number
from services.ingest.core.entry import Entry
from services.ingest.core.fault import Fault, fault

_MORE_THAN_HALF = 0.5
_DEVIATIONS = 3.0
_EVENTS = 10
_TOLERANCE = 0.03
_SMALL_STOCK = 30
_COMPARED = 10
_IDENTICAL = 0.8

_STOCKS = (("CP05", "CP06", "CP07"), ("LA01", "LA02", "LA03"))

Before = Mapping[str, Observation]


def query(entries: Mapping[str, Entry], *, before: Before) -> Iterator[Fault]:
    """Yield what is odd in the figures, held against one another and the quarter before."""
    for entry in entries.values():
        yield from _change(entry, before)
    for stock, starts, ends in _STOCKS:
        if {stock, starts, ends} <= set(entries):
            yield from _balance(entries[stock], entries[starts], entries[ends], before)
    yield from _copied(entries, before)


def _change(entry: Entry, before: Before) -> Iterator[Fault]:
    then = before.get(str(entry.code))
    if then is None or then.numerator is None:
        return
    now, old = float(entry.numerator.number or 0), float(then.numerator)
    here, there = entry.denominator.number, then.denominator
    both = here is not None and there is not None
    if both and not (here and there):
        return
    # What this quarter would have had at the rate of the quarter before.
    expected = old * float(here or 1) / float(there or 1) if both else old
    events = abs(now - expected)
    if events > _EVENTS and events > _MORE_THAN_HALF * expected and _beyond(entry, now, old, there):
        yield ask("Q200", entry, now=_in_words(now, here), then=_in_words(old, there))


def _beyond(entry: Entry, now: float, old: float, there: float | None) -> bool:
    here = entry.denominator.number
    share = entry.indicator is not None and is_share(entry.indicator)
    if here is None or there is None:
        return abs(now - old) > _DEVIATIONS * sqrt(now + old)
    sizes = 1 / float(here) + 1 / float(there)
    pooled = (now + old) / (float(here) + float(there))
    spread = pooled * max(1 - pooled, 0) if share else pooled
    return abs(now / float(here) - old / float(there)) > _DEVIATIONS * sqrt(spread * sizes)


def _balance(stock: Entry, starts: Entry, ends: Entry, before: Before) -> Iterator[Fault]:
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


def _copied(entries: Mapping[str, Entry], before: Before) -> Iterator[Fault]:
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


def _in_words(numerator: float, denominator: Decimal | float | None) -> str:
    whole = f" of {number(denominator)}" if denominator is not None else ""
    return number(numerator) + whole
