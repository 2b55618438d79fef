"""Plausibility: queries about what is odd but possible. Quiet about small numbers; never blocking.

Each looks for what chance does not do: more than half, more than three standard deviations and more
than ten events at once. Counts are taken as Poisson and shares as binomial, so that the deviation
of the difference of two quarters is known from the counts alone.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import sqrt

from schemas.catalogue import Kind
from schemas.events import Observation
from services.ingest.core.crossfield import exceeds, is_share, number
from services.ingest.core.entry import Entry
from services.ingest.core.fault import Column, Fault, fault

_MORE_THAN_HALF = 0.5
_DEVIATIONS = 3.0
_EVENTS = 10
_TOLERANCE = 0.03
_SMALL_STOCK = 30
_COMPARED = 10
_IDENTICAL = 0.8

_STOCKS = (("CP05", "CP06", "CP07"), ("LA01", "LA02", "LA03"))
_SAME_COUNT = (
    ("FD04", "FD03"),
    ("FD07", "FD03"),
    ("AS03", "AS02"),
    ("CP08", "CP06"),
    ("CP09", "CP06"),
    ("LA04", "LA01"),
)

Before = Mapping[str, Observation]


def query(entries: Mapping[str, Entry], *, before: Before) -> Iterator[Fault]:
    """Yield what is odd in the figures, held against one another and the quarter before."""
    for entry in entries.values():
        yield from _rare_excess(entry)
        yield from _change(entry, before)
    for stock, starts, ends in _STOCKS:
        if {stock, starts, ends} <= set(entries):
            yield from _balance(entries[stock], entries[starts], entries[ends], before)
    for share, count in _SAME_COUNT:
        if share in entries and count in entries:
            yield from _same_count(entries[share], entries[count])
    yield from _copied(entries, before)


def _rare_excess(entry: Entry) -> Iterator[Fault]:
    if entry.indicator is None or entry.indicator.kind is not Kind.PERCENTAGE:
        return
    if entry.code in {"CP02", "SE04"} and not is_share(entry.indicator) and exceeds(entry):
        yield _of(
            "Q203",
            entry,
            numerator=number(entry.numerator.number),
            denominator=number(entry.denominator.number),
        )


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
        yield _of("Q200", entry, now=_in_words(now, here), then=_in_words(old, there))


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
        yield _of(
            "Q201",
            stock,
            now=number(stock.numerator.number),
            then=number(then.numerator),
            started=number(started),
            ended=number(ended),
            expected=number(expected),
        )


def _same_count(share: Entry, count: Entry) -> Iterator[Fault]:
    here, there = share.denominator.number, count.numerator.number
    if here is None or there is None:
        return
    apart = abs(here - there)
    if apart > _EVENTS and float(apart) > _TOLERANCE * float(there):
        yield _of(
            "Q204",
            share,
            column=Column.DENOMINATOR,
            denominator=number(here),
            other=str(count.code),
            count_there=number(there),
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


def _of(rule: str, entry: Entry, *, column: Column = Column.NUMERATOR, **facts: str) -> Fault:
    return fault(
        rule,
        place=entry.place(column),
        indicator=entry.code,
        value=entry.row[column].shown,
        **facts,
    )
