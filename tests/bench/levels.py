"""Levels: what each authority published last, in whole numbers, around which its returns lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.events import FiguresPublished

PEOPLE = "population:0-17"
ENGLAND_ROW = "E92000001"
_SCALE = 10_000


@dataclass(frozen=True, slots=True)
class Levels:
    """Published values (ten-thousandths of their unit) and counts, by indicator and area."""

    values: Mapping[str, Mapping[str, int]]
    counts: Mapping[str, Mapping[str, int]]

    def people(self, authority: str) -> int:
        """Return the children of an authority."""
        return self.counts[PEOPLE][authority]

    def share(self, indicator: str, authority: str) -> int:
        """Return a percentage in millionths; England's where the authority published none."""
        known = self.values[indicator]
        return known.get(authority, known[ENGLAND_ROW])

    def of_rate(self, indicator: str, authority: str) -> int:
        """Return the thousandths of a year's or a day's count that a rate comes from."""
        counted = self.counts.get(indicator, {})
        if authority in counted:
            return 1_000 * counted[authority]
        people = self.people(authority)
        known = self.values.get(indicator, {})
        if authority in known or not counted:
            return known.get(authority, known.get(ENGLAND_ROW, 0)) * people // (10 * _SCALE)
        return 1_000 * counted[ENGLAND_ROW] * people // self.counts[PEOPLE][ENGLAND_ROW]


def read_levels(published: Iterable[FiguresPublished]) -> Levels:
    """Return the newest data set of each indicator, one with counts where several end together."""
    newest: dict[str, FiguresPublished] = {}
    for figures in published:
        known = newest.get(figures.indicator)
        if known is None or _order(figures) > _order(known):
            newest[figures.indicator] = figures
    return Levels(
        values={code: _values(figures) for code, figures in newest.items()},
        counts={code: _column(figures, figures.numerators, 1) for code, figures in newest.items()},
    )


def _order(figures: FiguresPublished) -> tuple[str, bool, str, str]:
    counted = any(number is not None for number in figures.numerators)
    return figures.ends, counted, figures.release, figures.source


def _values(figures: FiguresPublished) -> dict[str, int]:
    printed = _column(figures, figures.values, _SCALE)
    rows = zip(figures.areas, figures.numerators, figures.denominators, strict=True)
    counted = {
        area: round(100 * _SCALE * above / below)
        for area, above, below in rows
        if above is not None and below
    }
    return {**counted, **printed}


def _column(figures: FiguresPublished, numbers: Iterable[float | None], by: int) -> dict[str, int]:
    pairs = zip(figures.areas, numbers, strict=True)
    return {area: round(by * number) for area, number in pairs if number is not None}
