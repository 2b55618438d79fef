"""Citation: the standing that a fact rests on, put together again from what was said of it."""

from schemas.catalogue import Indicator
from schemas.events import (
    DataSetAssessed,
    England,
    Evidence,
    Neighbours,
    Standing,
)
from schemas.events import State as Became
from services.benchmark.core.interval import Interval, find_interval
from services.benchmark.core.part import write_standing
from services.benchmark.core.saying import Word
from services.benchmark.core.state import Span, State


def cite_said(state: State, authority: str, indicator: str, *, span: Span, word: Word) -> Evidence:
    """Return what was said of a figure of a return, its neighbours as they were last said."""
    report = state.report(authority, span)
    standing = write_standing(
        indicator,
        report.observations.get(indicator) if report else None,
        word,
        state.quarter(span).near_of(authority, indicator),
        interval=_interval(word, state.catalogue()[indicator]),
        year=_fallback_year(state, indicator, span),
        of=len(state.neighbours_of(authority)),
    )
    return Evidence.model_validate(
        {"period": str(span[1]), "basis": "in-year", "standing": standing}
    )


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


def _fallback_year(state: State, indicator: str, span: Span) -> str | None:
    baseline = state.baselines.get(span)
    entry = baseline.indicators.get(indicator) if baseline else None
    known = state.shelf.sets.get(entry.neighbours or "") if entry else None
    return known.payload.period if known else None


def _interval(word: Word, indicator: Indicator) -> Interval | None:
    if word.level is None or word.total is None:
        return None
    return find_interval(indicator, word.total, word.n)
