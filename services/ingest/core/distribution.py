"""Queries about a figure that lies beyond what other authorities have.

Half of all figures lie on one side of the middle; only what is beyond everybody's is asked about.
"""

from math import sqrt

from schemas.catalogue import Indicator
from schemas.numbers import round_half_up
from services.ingest.core.consistency import ask
from services.ingest.core.crossfield import number, variance
from services.ingest.core.entry import Entry
from services.ingest.core.fault import Fault
from services.ingest.core.lending import Range
from services.ingest.core.past import Measured, Past

_DEVIATIONS = 3.0
_EVENTS = 10
_BEYOND = 1.25
_UNITS = {"%": "%", "/10k": " per 10,000", "/100k": " per 100,000"}


def beyond_region(entry: Entry, indicator: Indicator, past: Past) -> Fault | None:
    """Ask about a figure that is beyond what the region's authorities returned in three years.

    Only where England publishes none: what others in England have had is plausible in the region,
    and a warning must not wait for an explanation because it is the first of its kind there.
    """
    if past.england(indicator) is not None:
        return None
    return _beyond_range("Q212", entry, indicator, past, past.region(indicator.code))


def beyond_england(entry: Entry, indicator: Indicator, past: Past) -> Fault | None:
    """Ask about a figure that is beyond what England's authorities published in three years."""
    return _beyond_range("Q213", entry, indicator, past, past.england(indicator))


def _beyond_range(
    rule: str, entry: Entry, indicator: Indicator, past: Past, known: Range | None
) -> Fault | None:
    count, of = entry.numerator.number, entry.denominator.number
    if known is None or count is None:
        return None
    measured = past.measure(indicator, float(count), float(of) if of else None)
    if measured is None:
        return None
    bound = known.high if measured.value > known.high else known.low
    inside = known.low <= measured.value <= known.high
    if inside or not is_beyond(measured, bound, indicator):
        return None
    return ask(
        rule,
        entry,
        now=_valued(measured.value, indicator),
        low=_valued(known.low, indicator),
        high=_valued(known.high, indicator),
    )


def is_beyond(measured: Measured, bound: float, indicator: Indicator) -> bool:
    """Say whether a count is further beyond a bound than chance and a fifth or so take it."""
    base, now = measured.base, measured.count
    at_bound = bound / measured.scale * base
    events = abs(now - at_bound)
    spread = max(variance(indicator, count, base) for count in (now, at_bound))
    return (
        events > _EVENTS
        and (now > _BEYOND * at_bound or now * _BEYOND < at_bound)
        and events > _DEVIATIONS * sqrt(spread)
    )


def _valued(value: float, indicator: Indicator) -> str:
    return f"{number(round_half_up(value, indicator.decimals))}{_UNITS.get(indicator.unit, '')}"
