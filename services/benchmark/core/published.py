"""Published figures: data sets side by side, and which of them stands for an indicator.

A data set is one source, indicator, period and release. Within a source the later release wins,
whatever its order of arrival; between sources one with counts beats one with percentages alone. A
joint row ("314 / 318") gives its value to each member for rank and band, counts once in a spread
and is left out of neighbours' medians, as DfE does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import isnan

import numpy as np
from numpy.typing import NDArray

from schemas.catalogue import Indicator, Kind
from schemas.events import FiguresPublished, Number, Symbol
from schemas.numbers import nine, round_half_up
from schemas.reference import ENGLAND_CODE
from services.benchmark.core.departure import round_counts

Array = NDArray[np.float64]

POPULATION = "population:"
_JOINT = " / "
_PER_CENT = 100.0


@dataclass(frozen=True)
class DataSet:
    """One data set as logged. ``rows`` are the local-authority rows, each with its members."""

    payload: FiguresPublished

    @property
    def id(self) -> str:
        """The data set's id."""
        return self.payload.id

    @cached_property
    def ends(self) -> date:
        """The day the period ends."""
        return date.fromisoformat(self.payload.ends)

    @cached_property
    def local(self) -> tuple[int, ...]:
        """The places of the local-authority rows among the areas."""
        return tuple(i for i, area in enumerate(self.payload.areas) if not area.startswith("E"))

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The members of each local-authority row: one code, of a joint row several."""
        return tuple(tuple(self.payload.areas[i].split(_JOINT)) for i in self.local)

    @cached_property
    def has_counts(self) -> bool:
        """Whether the file itself holds numerators and not ratios alone."""
        return any(self.payload.numerators[i] is not None for i in self.local)

    @cached_property
    def has_denominators(self) -> bool:
        """Whether the file itself holds denominators."""
        return any(self.payload.denominators[i] is not None for i in self.local)

    @cached_property
    def by_area(self) -> Mapping[str, float]:
        """The count (of a population set) of each area that has one."""
        pairs = zip(self.payload.areas, self.payload.numerators, strict=True)
        return {area: float(count) for area, count in pairs if count is not None}

    @cached_property
    def england(self) -> int | None:
        """The place of England's row, None where the file has none."""
        areas = self.payload.areas
        return areas.index(ENGLAND_CODE) if ENGLAND_CODE in areas else None

    def column(self, numbers: Sequence[Number | None]) -> Array:
        """Return a column of the local-authority rows; what has a symbol is not a number."""
        symbols = self.payload.symbols
        return np.array(
            [
                np.nan if numbers[i] is None or symbols[i] is not None else numbers[i]
                for i in self.local
            ],
            dtype=float,
        )


@dataclass(frozen=True, slots=True)
class Lent:
    """Counts by area that stand in for denominators a file does not print, and whose they are."""

    counts: Mapping[str, float]
    of: str | None


NOTHING = Lent({}, None)


@dataclass
class Shelf:
    """All data sets that were logged, by indicator and period."""

    sets: dict[str, DataSet] = field(default_factory=dict)
    places: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _latest: dict[tuple[str, date], DataSet | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    def put(self, payload: FiguresPublished) -> DataSet:
        """Keep a data set; the same id again takes the place of the first."""
        data_set = DataSet(payload)
        self.sets[data_set.id] = data_set
        self._latest.clear()
        periods = self.places.setdefault(payload.indicator, {})
        periods.setdefault(payload.period, set()).add(data_set.id)
        return data_set

    def standing(self, indicator: str, period: str) -> DataSet | None:
        """Return the data set that stands for an indicator and period."""
        ids = self.places.get(indicator, {}).get(period, ())
        newest: dict[str, DataSet] = {}
        for data_set in sorted((self.sets[id_] for id_ in ids), key=lambda s: s.payload.release):
            newest[data_set.payload.source] = data_set
        return max(newest.values(), key=_precedence, default=None)

    def latest(self, indicator: str, *, by: date) -> DataSet | None:
        """Return the standing data set that ends latest and not after a day."""
        if (indicator, by) not in self._latest:
            standing = (self.standing(indicator, p) for p in self.places.get(indicator, {}))
            known = (s for s in standing if s is not None and s.ends <= by)
            latest = max(known, key=lambda s: (s.ends, _precedence(s)), default=None)
            self._latest[indicator, by] = latest
        return self._latest[indicator, by]

    def population(self, band: str, *, by: date) -> DataSet | None:
        """Return the mid-year estimates of an age band that end latest and not after a day."""
        return self.latest(POPULATION + band, by=by)

    def lend(
        self, data_set: DataSet, indicator: Indicator, *, catalogue: Mapping[str, Indicator]
    ) -> Lent:
        """Return the denominators that a data set lacks: a population, or another set's counts.

        Where the other set has a rate alone, its counts are the rate times the population.
        """
        if data_set.has_denominators:
            return NOTHING
        if indicator.population is not None:
            people = self.population(indicator.population, by=data_set.ends)
            return Lent(people.by_area, people.payload.indicator) if people else NOTHING
        name = data_set.payload.implied_n
        other = self.standing(name, data_set.payload.period) if name is not None else None
        if name is None or other is None:
            return NOTHING
        if other.by_area:
            return Lent(other.by_area, name)
        return Lent(self._from_rate(other, catalogue.get(name)), name)

    def _from_rate(self, other: DataSet, indicator: Indicator | None) -> Mapping[str, float]:
        if indicator is None or indicator.population is None:
            return {}
        people = self.population(indicator.population, by=other.ends)
        if people is None:
            return {}
        pairs = zip(other.payload.areas, other.payload.values, strict=True)
        return {
            area: round_half_up(value * people.by_area[area] / indicator.factor)
            for area, value in pairs
            if value is not None and area in people.by_area
        }


def _precedence(data_set: DataSet) -> tuple[bool, str, str]:
    """Order the newest releases of rival sources: counts first, then the later release."""
    payload = data_set.payload
    return data_set.has_counts, payload.release, payload.source


@dataclass(frozen=True)
class Figures:
    """Figures of many authorities in one period, on the scales that the arithmetic needs.

    ``rows`` are the members of each row. ``trials`` is the denominator of the test: the population
    of a rate; of a percentage the cases that make 100 (for sickness FTE × 253 working days).
    ``exact`` is the value from counts where there are any, ``ranked`` the value as it is printed,
    or would be at the catalogue's decimals. What is not known is not a number.
    """

    rows: tuple[tuple[str, ...], ...]
    numerators: Array
    trials: Array
    exact: Array
    ranked: Array

    @cached_property
    def ordered(self) -> tuple[float, ...]:
        """The distribution for rank and band, ascending; a joint row counts once per member."""
        return tuple(sorted(self.value_of.values()))

    @cached_property
    def value_of(self) -> Mapping[str, float]:
        """The ranked value of each authority that has one."""
        values = zip(self.rows, self.ranked.tolist(), strict=True)
        return {code: v for members, v in values if not isnan(v) for code in members}

    @cached_property
    def single(self) -> Mapping[str, float]:
        """The exact value of each authority with a row of its own, for neighbours' medians."""
        values = zip(self.rows, self.exact.tolist(), strict=True)
        return {members[0]: nine(v) for members, v in values if not isnan(v) and len(members) == 1}


def scale(indicator: Indicator) -> float:
    """Return what turns the test's ratio into the unit: 10,000 of a rate, 100 of a percentage."""
    return _PER_CENT if indicator.kind is Kind.PERCENTAGE else indicator.factor


def read_figures(data_set: DataSet, indicator: Indicator, *, lent: Lent = NOTHING) -> Figures:
    """Return the local-authority figures of a data set.

    Denominators that the file does not print are ``lent``, to a joint row those of its members
    together. A numerator that it does not print is implied by value and denominator; the value then
    stays as printed.
    """
    payload = data_set.payload
    printed = data_set.column(payload.values)
    numerators = data_set.column(payload.numerators)
    below = data_set.column(payload.denominators)
    if lent.counts:
        below = np.array([_sum_up(lent.counts, members) for members in data_set.rows])
    implied = np.isnan(numerators) & ~np.isnan(printed) & ~np.isnan(below)
    numerators = np.where(implied, round_counts(printed * below / indicator.factor), numerators)
    with np.errstate(divide="ignore", invalid="ignore"):
        counted = indicator.factor * numerators / np.where(below > 0, below, np.nan)
    if indicator.kind is Kind.COUNT:
        counted = numerators
    keep_printed = implied | np.isnan(counted)
    exact = np.where(keep_printed, printed, counted)
    published = [v if isnan(v) else round_half_up(v, indicator.decimals) for v in exact.tolist()]
    ranked = np.where(np.isnan(printed), published, printed)
    return Figures(
        data_set.rows, numerators, below * scale(indicator) / indicator.factor, exact, ranked
    )


def _sum_up(counts: Mapping[str, float], members: tuple[str, ...]) -> float:
    joint = counts.get(_JOINT.join(members))
    return joint if joint is not None else sum(counts.get(code, np.nan) for code in members)


def symbols_of(data_set: DataSet) -> Mapping[str, Symbol]:
    """Return the symbol of each authority that has one instead of a figure."""
    symbols = data_set.payload.symbols
    return {
        code: symbol
        for i, members in zip(data_set.local, data_set.rows, strict=True)
        if (symbol := symbols[i]) is not None
        for code in members
    }
