"""Citation: the standing that a fact rests on, put together again from what was said of it."""

from schemas.catalogue import Indicator
from schemas.events import (
    Basis,
    Change,
    Comparison,
    DataSetAssessed,
    England,
    Evidence,
    Neighbours,
    Standing,
)
from schemas.events import State as Became
from services.benchmark.core.interval import find_interval
from services.benchmark.core.saying import Word
from services.benchmark.core.state import Span, State


def cite_said(state: State, authority: str, indicator: str, *, span: Span, word: Word) -> Evidence:
    """Return what was said of a figure of a return, its neighbours as they were last said."""
    report = state.report(authority, span)
    observation = report.observations.get(indicator) if report else None
    standing = Standing(
        indicator=indicator,
        symbol=observation.symbol if observation else None,
        numerator=observation.numerator if observation else None,
        denominator=observation.denominator if observation else None,
        value=word.value,
        comparison=_comparison(word, state.catalogue()[indicator]),
        england=_england(word),
        neighbours=_neighbours(state, authority, indicator, span),
        change=_change(word),
        state=word.state,
        reliability=word.reliability,
        open_query=word.open_query,
        reason=word.reason,
    )
    return Evidence(period=str(span[1]), basis="in-year", standing=standing)


def cite_published(assessed: DataSetAssessed, place: int) -> Evidence:
    """Return where an authority, by its place in the lists, stands in a published data set."""
    value = assessed.values[place]
    standing = Standing(
        indicator=assessed.indicator,
        symbol=assessed.symbols[place],
        value=value,
        england=England(
            value=assessed.england,
            source=f"{assessed.period} published",
            rank=assessed.ranks[place],
            ranked=len(assessed.values) - assessed.values.count(None),
            band=assessed.bands[place],
            percentile=assessed.percentiles[place],
            z=assessed.z[place],
            p=assessed.p[place],
            flag=assessed.flags[place],
        ),
        neighbours=Neighbours(
            value=assessed.neighbours[place],
            basis="published",
            year=assessed.period,
            used=assessed.used[place],
            of=10,
            difference=assessed.differences[place],
        ),
        state=Became.REPORTED if value is not None else Became.MISSING,
        reason=assessed.reason,
    )
    return Evidence(period=assessed.period, basis="published", standing=standing)


def _neighbours(state: State, authority: str, indicator: str, span: Span) -> Neighbours | None:
    near = state.quarter(span).near_of(authority, indicator)
    if near.median is None:
        return None
    basis: Basis = "in-year" if near.in_year else "published"
    return Neighbours(
        value=near.median,
        basis=basis,
        year=None if near.in_year else _fallback_year(state, indicator, span),
        used=near.used,
        of=len(state.neighbours_of(authority)),
        difference=near.difference,
    )


def _fallback_year(state: State, indicator: str, span: Span) -> str | None:
    baseline = state.baselines.get(span)
    entry = baseline.indicators.get(indicator) if baseline else None
    known = state.shelf.sets.get(entry.neighbours or "") if entry else None
    return known.payload.period if known else None


def _comparison(word: Word, indicator: Indicator) -> Comparison | None:
    if word.level is None or word.total is None:
        return None
    return Comparison(
        numerator=word.total,
        denominator=word.n,
        value=word.level,
        quarters=word.quarters,
        interval=find_interval(indicator, word.total, word.n),
    )


def _england(word: Word) -> England | None:
    if word.source is None:
        return None
    return England(
        value=word.england,
        source=word.source,
        rank=word.rank,
        ranked=word.ranked,
        band=word.band,
        percentile=word.percentile,
        z=word.z,
        p=word.p,
        flag=word.flag,
    )


def _change(word: Word) -> Change | None:
    if word.since is None:
        return None
    return Change(since=word.since, by=word.by, arrow=word.arrow, year_on_year=word.year_on_year)
