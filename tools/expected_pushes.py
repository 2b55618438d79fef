"""Count how often anyone would be told in an England without real differences.

``python -m tools.expected_pushes [--seeds 4] [--collections riia-quarterly …]`` runs the product's
own core over invented returns of all 153 authorities, after the shipped published figures, and
prints pushes a quarter. Each version of the rule file carries its result in ``[expected]``.

*Without real differences*: every authority has a habit of its own, which differs from England's
ratio as authorities ordinarily do (τ² of the published figures, correlated between indicators as
they are), wanders from year to year as habits do (correlation of an authority's published
departures in two years that follow one another), and is counted with chance (binomial, Poisson) in
the authority's real size. Nothing else happens: whatever is pushed is habit and chance.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.catalogue import Accumulates, Indicator, Kind, Polarity
from schemas.events import (
    Event,
    Observation,
    Payload,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
    SignatureChanged,
    SignatureRaised,
    derived_id,
)
from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import ENGLAND
from schemas.topics import Producer
from services.benchmark.core.baseline import depart, fit
from services.benchmark.core.published import Figures, read_figures, scale
from services.benchmark.core.pushing import PushReason
from services.benchmark.core.state import State
from services.benchmark.core.step import CORE

Array = NDArray[np.float64]

FIRST = Period.parse("2026-27-Q1")
SETTLING, MEASURED = 12, 8
"""Quarters until every change can be assessed and first episodes are over; quarters counted."""

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


def _event(payload: Payload, day: str) -> Event:
    name = derived_id(payload.type, payload.subject(), day)
    return Event(name, ENGLAND, Producer.INGEST, f"{day}T09:00:00Z", payload)


def furnish() -> State:
    """Return benchmark's state with the shipped published figures."""
    state = CORE.empty(ENGLAND)
    for figures in shipped_figures():
        CORE.step(state, _event(figures, "2026-01-05"))
    return state


def simulate(collections: Sequence[str], *, seed: int) -> Iterator[tuple[int, str]]:
    """Yield (quarter, signature) of every push that says something is amiss or worse.

    That a correction lowered, cleared or withdrew what was told is no false alarm of its own.
    """
    state = furnish()
    england = read_england(state, collections)
    chance = np.random.default_rng(seed)
    period = FIRST
    for number, habits in zip(range(SETTLING + MEASURED), england.quarters(chance), strict=False):
        opened = f"{period.next().starts}"
        for said in _one_quarter(state, england, habits, period, opened, collections, chance):
            if not isinstance(said, SignatureRaised | SignatureChanged):
                continue
            if said.push and said.push_reason != PushReason.LOWERED:
                yield number, f"{said.signature} {said.push_reason}"
        period = period.next()


def _one_quarter(
    state: State,
    england: NullEngland,
    habits: Array,
    period: Period,
    day: str,
    collections: Sequence[str],
    chance: np.random.Generator,
) -> Iterator[Payload]:
    for collection in collections:
        due = f"{period.next().starts.replace(day=28)}"
        opened = PeriodOpened(collection=collection, period=str(period), due=due)
        yield from CORE.step(state, _event(opened, day))
    for row, authority in enumerate(england.authorities):
        for collection in collections:
            observations = tuple(
                observe(habit, authority, float(habits[row, column]), chance)
                for column, habit in enumerate(england.habits)
                if habit.indicator.collection == collection
            )
            yield from CORE.step(
                state, _event(_return(authority, collection, period, observations), day)
            )
    for collection in collections:
        closed = PeriodClosed(collection=collection, period=str(period))
        yield from CORE.step(state, _event(closed, day))


def _return(
    authority: str, collection: str, period: Period, observations: tuple[Observation, ...]
) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=derived_id(authority, collection, str(period)),
        authority=authority,
        collection=collection,
        period=str(period),
        sha256="0" * 64,
        size=0,
        media_type="application/json",
        channel="simulation",
        rules="simulation",
        observations=observations,
    )


def main() -> None:
    """Print pushes a quarter by signature, for all England and for each authority."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--collections", nargs="+", default=["riia-quarterly"])
    given = parser.parse_args()
    counted: Counter[str] = Counter()
    settling: Counter[int] = Counter()
    for seed in range(given.seeds):
        for number, signature in simulate(given.collections, seed=seed):
            settling[number] += 1
            if number >= SETTLING:
                counted[signature] += 1
    quarters = given.seeds * MEASURED
    senders = len(CORE.empty(ENGLAND).senders())
    for signature, pushes in counted.most_common():
        print(f"{signature:55} {pushes / quarters:8.3f}")
    total = counted.total() / quarters
    print(
        f"England {total:.2f}  authority {total / senders:.4f}  eleven {11 * total / senders:.3f}"
    )
    print("by quarter:", [round(settling[n] / given.seeds, 2) for n in range(SETTLING + MEASURED)])


if __name__ == "__main__":
    main()
