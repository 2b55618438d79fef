"""An England without real differences, made of what is published of the real one.

Every authority has a habit of its own, which differs from England's ratio as authorities ordinarily
do (τ² of the published figures, correlated between indicators as they are), wanders from year to
year as habits do (correlation of an authority's published departures in two years that follow one
another), and is counted with chance (binomial, Poisson) in the authority's real size.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.catalogue import Accumulates, Indicator, Kind, Polarity
from schemas.events import Observation
from schemas.periods import Period
from services.benchmark.core.baseline import depart, fit
from services.benchmark.core.published import Figures, read_figures, scale
from services.benchmark.core.state import State

Array = NDArray[np.float64]

FIRST = Period.parse("2026-27-Q1")
"""The first quarter that is made up; what is published by its end is what England is like."""

RATIO = "WF06"


@dataclass(frozen=True, slots=True)
class Habit:
    """What is published of one indicator: England's ratio, the spread, each authority's size."""

    indicator: Indicator
    theta: float
    tau: float
    sizes: Mapping[str, float]
    now: Mapping[str, float]
    before: Mapping[str, float]


def read_habit(state: State, indicator: Indicator) -> Habit | None:
    """Return the habit of an indicator from its two latest published years, None if untested."""
    latest = state.shelf.latest(indicator.code, by=FIRST.ends)
    if latest is None:
        return None
    earlier = state.shelf.latest(indicator.code, by=latest.ends.replace(year=latest.ends.year - 1))
    catalogue = state.catalogue()
    years = []
    for data_set in (latest, earlier):
        if data_set is None:
            return None
        lent = state.shelf.lend(data_set, indicator, catalogue=catalogue)
        figures = read_figures(data_set, indicator, lent=lent)
        base = fit(indicator, figures, data_set=data_set, year=data_set.payload.period, lent=lent)
        years.append((figures, base))
    (figures, base), (older, old_base) = years
    if indicator.code == RATIO:
        values = figures.exact[~np.isnan(figures.exact)]
        mean, spread = float(values.mean()), float(values.std())
        now, before = _scores(figures, mean, spread), _scores(older, mean, spread)
        return Habit(indicator, mean, spread, _sizes(indicator, figures), now, before)
    if base.theta is None or base.tau2 is None or old_base.theta is None:
        return None
    sign = -1.0 if indicator.polarity is Polarity.HIGH else 1.0
    return Habit(
        indicator,
        base.theta,
        float(np.sqrt(base.tau2)),
        _sizes(indicator, figures),
        _by_row(figures, sign * depart(indicator, figures, theta=base.theta).d),
        _by_row(older, sign * depart(indicator, older, theta=old_base.theta).d),
    )


def _scores(figures: Figures, mean: float, spread: float) -> dict[str, float]:
    return _by_row(figures, (figures.exact - mean) / spread)


def _sizes(indicator: Indicator, figures: Figures) -> dict[str, float]:
    return _by_row(figures, figures.trials * indicator.factor / scale(indicator))


def _by_row(figures: Figures, values: Array) -> dict[str, float]:
    pairs = zip(figures.rows, values.tolist(), strict=True)
    return {code: v for members, v in pairs if not np.isnan(v) for code in members}


@dataclass(frozen=True, slots=True)
class NullEngland:
    """Habits of all indicators: how they go together, and how much of one stays for a quarter."""

    habits: tuple[Habit, ...]
    authorities: tuple[str, ...]
    together: Array
    stays: float

    def quarters(self, chance: np.random.Generator) -> Iterator[Array]:
        """Yield standard habits (authorities × indicators), adverse positive, for ever."""
        root = np.linalg.cholesky(self.together)
        shape = (len(self.authorities), len(self.habits))
        habit = chance.standard_normal(shape) @ root.T
        while True:
            yield habit
            fresh = chance.standard_normal(shape) @ root.T
            habit = self.stays * habit + np.sqrt(1 - self.stays**2) * fresh


def read_england(state: State, collections: Sequence[str]) -> NullEngland:
    """Return the England without real differences of the collections' tested indicators."""
    chosen = [
        indicator
        for collection in collections
        for indicator in state.collection(collection)
        if indicator.code == RATIO
        or (
            indicator.polarity is not Polarity.NEUTRAL
            and indicator.kind in (Kind.RATE, Kind.PERCENTAGE)
        )
    ]
    habits = tuple(h for h in (read_habit(state, indicator) for indicator in chosen) if h)
    authorities = state.senders()
    table = np.array([[h.now.get(code, np.nan) for h in habits] for code in authorities])
    yearly = [_correlate(h.now, h.before) for h in habits]
    return NullEngland(
        habits, authorities, _nearest(_correlations(table)), float(np.mean(yearly)) ** 0.25
    )


def _correlate(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    codes = sorted(one.keys() & other.keys())
    return float(np.corrcoef([one[c] for c in codes], [other[c] for c in codes])[0, 1])


def _correlations(table: Array) -> Array:
    """Return pairwise correlations, each over the authorities that have both."""
    size = table.shape[1]
    found = np.eye(size)
    for i in range(size):
        for j in range(i):
            both = ~np.isnan(table[:, i]) & ~np.isnan(table[:, j])
            found[i, j] = found[j, i] = np.corrcoef(table[both, i], table[both, j])[0, 1]
    return found


def _nearest(correlations: Array) -> Array:
    """Return the matrix made positive definite: negative directions are raised to a little."""
    values, vectors = np.linalg.eigh(correlations)
    raised = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    width = np.sqrt(np.diag(raised))
    mended: Array = raised / np.outer(width, width)
    return mended


def observe(
    habit: Habit, authority: str, strength: float, chance: np.random.Generator
) -> Observation:
    """Return what an authority of that habit counts in a quarter, "x" where its size is unknown."""
    indicator, size = habit.indicator, habit.sizes.get(authority, 0.0)
    if size < 1:
        return Observation(indicator=indicator.code, symbol="x")
    if indicator.code == RATIO:
        cases = round(size * max(1.0, habit.theta + habit.tau * strength))
        return Observation(indicator=indicator.code, numerator=cases, denominator=round(size, 1))
    signed = -strength if indicator.polarity is Polarity.HIGH else strength
    flows = indicator.accumulates in (Accumulates.FLOW, Accumulates.FLOW_OVER_STOCK)
    share = 0.25 if flows else 1.0
    if indicator.kind is Kind.RATE:
        ratio = habit.theta * max(0.0, 1 + habit.tau * signed) ** 2
        count = int(chance.poisson(size * ratio * share))
        return Observation(indicator=indicator.code, numerator=count)
    angle = np.arcsin(np.sqrt(habit.theta)) + habit.tau * signed
    ratio = float(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)
    if indicator.accumulates is Accumulates.FLOW_OVER_STOCK:
        trials = round(size * scale(indicator) / indicator.factor)
        count = int(chance.binomial(trials, ratio * share))
        return Observation(indicator=indicator.code, numerator=count, denominator=round(size, 1))
    trials = max(1, round(size * share))
    count = int(chance.binomial(trials, ratio))
    return Observation(indicator=indicator.code, numerator=count, denominator=trials)
