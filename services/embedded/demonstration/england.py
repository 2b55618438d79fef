"""England as published: the newest figure of every authority, around which the invented lie."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from schemas.catalogue import Indicator, Polarity
from schemas.errors import UnknownCode
from schemas.events import FiguresPublished

PEOPLE = "population:0-17"


@dataclass(frozen=True, slots=True)
class England:
    """Published values by indicator and authority, and the children of each authority.

    A place is adverse: 0 is the best of England, 1 the worst; of a neutral indicator the highest.
    """

    indicators: Mapping[str, Indicator]
    people: Mapping[str, float]
    values: Mapping[str, Mapping[str, float]]

    def value(self, indicator: str, authority: str) -> float | None:
        """Return an authority's newest published value, None where there is none."""
        return self.values.get(indicator, {}).get(authority)

    def has(self, indicator: str) -> bool:
        """Whether any authority has a published value."""
        return bool(self.values.get(indicator))

    def at(self, indicator: str, place: float) -> float:
        """Return the value at a place: a percentile of type 7 over all authorities."""
        ordered = self._ordered(indicator)
        up = 1 - place if self._high_is_good(indicator) else place
        at = up * (len(ordered) - 1)
        low = int(at)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (at - low) * (ordered[high] - ordered[low])

    def place(self, indicator: str, value: float) -> float:
        """Return the place of a value: the share of authorities that are better, ties by half."""
        ordered = self._ordered(indicator)
        below = sum(other < value for other in ordered)
        ties = sum(other == value for other in ordered)
        up = (below + ties / 2) / len(ordered)
        return 1 - up if self._high_is_good(indicator) else up

    def _ordered(self, indicator: str) -> list[float]:
        found = self.values.get(indicator)
        if not found:
            raise UnknownCode("published indicator", indicator)
        return sorted(found.values())

    def _high_is_good(self, indicator: str) -> bool:
        return self.indicators[indicator].polarity is Polarity.HIGH


def read_england(
    published: Iterable[FiguresPublished], *, indicators: Mapping[str, Indicator]
) -> England:
    """Return the newest data set of each indicator; of those that end together one with counts."""
    newest: dict[str, FiguresPublished] = {}
    for figures in published:
        known = newest.get(figures.indicator)
        if known is None or _precedence(figures) > _precedence(known):
            newest[figures.indicator] = figures
    people = dict(_counts(newest[PEOPLE]))
    return England(
        indicators=indicators,
        people=people,
        values={
            code: dict(_values(newest[code], indicator, people))
            for code, indicator in indicators.items()
            if code in newest
        },
    )


def _precedence(figures: FiguresPublished) -> tuple[str, bool, str, str]:
    counted = figures.implied_n is None and any(n is not None for n in figures.numerators)
    return figures.ends, counted, figures.release, figures.source


def _counts(figures: FiguresPublished) -> Iterator[tuple[str, float]]:
    for area, count in zip(figures.areas, figures.numerators, strict=True):
        if count is not None and not area.startswith("E"):
            yield area, float(count)


def _values(
    figures: FiguresPublished, indicator: Indicator, people: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
    rows = zip(figures.areas, figures.values, figures.numerators, figures.denominators, strict=True)
    for area, value, above, below in rows:
        if area.startswith("E"):
            continue
        if indicator.population is not None and below is None:
            below = people.get(area)
        if value is not None:
            yield area, float(value)
        elif above is not None and not indicator.has_denominator:
            yield area, float(above)
        elif above is not None and below:
            yield area, indicator.factor * above / below
