"""What published figures lend the check: the range of each indicator, and populations.

A fold: of rival releases of one source, indicator and period the latest counts, whatever the order
in which they came.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.catalogue import Indicator
from schemas.events import FiguresPublished

_POPULATION = "population:"
_YEARS = 3
_FEWEST = 30
TINY = frozenset({"201", "420"})
"""City of London and the Isles of Scilly, whose few children break every rate."""


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest of some values, and how many there were."""

    low: float
    high: float
    values: int


@dataclass(frozen=True, slots=True)
class _Released:
    """A data set: the range of its values, or its counts by area where it prints none."""

    release: str
    ends: str
    range: Range | None
    counts: Mapping[str, float]


@dataclass(slots=True)
class Lender:
    """The published figures of one nation, as far as the check needs them."""

    _sets: dict[str, dict[tuple[str, str], _Released]] = field(default_factory=dict)
    _ranges: dict[tuple[str, date], Range | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def take(self, published: FiguresPublished) -> None:
        """Fold a data set."""
        known = self._sets.setdefault(published.indicator, {})
        key = (published.source, published.period)
        if key in known and known[key].release > published.release:
            return
        printed = widest(_values(published))
        counts = _counts(published) if printed is None else {}
        known[key] = _Released(published.release, published.ends, printed, counts)
        self._ranges.clear()

    def england(self, indicator: Indicator, *, by: date) -> Range | None:
        """Return the range of the authorities' values in the three years published last by a day.

        None where fewer than 30 authorities have any.
        """
        if (indicator.code, by) not in self._ranges:
            self._ranges[indicator.code, by] = self._england(indicator, by=by)
        return self._ranges[indicator.code, by]

    def people(self, band: str, area: str, *, by: date) -> float | None:
        """Return the mid-year estimate that ends latest and not after a day."""
        known = self._sets.get(_POPULATION + band, {}).values()
        found = [each for each in known if each.ends <= by.isoformat() and area in each.counts]
        newest = max(found, key=lambda each: (each.ends, each.release), default=None)
        return newest.counts[area] if newest is not None else None

    def _england(self, indicator: Indicator, *, by: date) -> Range | None:
        sets = self._sets.get(indicator.code, {}).values()
        years = sorted({each.ends for each in sets if each.ends <= by.isoformat()})[-_YEARS:]
        found = [self._range(each, indicator) for each in sets if each.ends in years]
        together = merge(each for each in found if each is not None)
        return together if together is not None and together.values >= _FEWEST else None

    def _range(self, released: _Released, indicator: Indicator) -> Range | None:
        """Return the range of a set; its counts are made rates where it prints no values."""
        if released.range is not None or indicator.population is None:
            return released.range
        ends = date.fromisoformat(released.ends)
        return widest(
            count / people * indicator.factor
            for area, count in released.counts.items()
            if (people := self.people(indicator.population, area, by=ends))
        )


def widest(values: Iterable[float]) -> Range | None:
    """Return the range of values, None where there are none."""
    known = list(values)
    return Range(min(known), max(known), len(known)) if known else None


def merge(ranges: Iterable[Range]) -> Range | None:
    """Return the range of all that several ranges are of."""
    known = list(ranges)
    if not known:
        return None
    return Range(
        min(each.low for each in known),
        max(each.high for each in known),
        sum(each.values for each in known),
    )


def _values(published: FiguresPublished) -> Iterator[float]:
    for area, value in zip(published.areas, published.values, strict=True):
        if value is not None and _is_compared(area):
            yield float(value)


def _counts(published: FiguresPublished) -> dict[str, float]:
    """Return the counts by area; a population is asked of every area, tiny ones too."""
    everyone = published.indicator.startswith(_POPULATION)
    counted = zip(published.areas, published.numerators, strict=True)
    return {
        area: float(count)
        for area, count in counted
        if count is not None and (everyone or _is_compared(area))
    }


def _is_compared(area: str) -> bool:
    return area[0].isdigit() and area not in TINY
