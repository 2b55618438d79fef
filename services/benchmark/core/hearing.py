"""Hearing: what benchmark itself said, entered in its state; hearing it twice changes nothing.

Whoever says something enters it as it was worked out; whoever rebuilds hears it from the record.
Both make the same state.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from schemas.events import (
    BaselineSet,
    DataSetAssessed,
    NeighboursUpdated,
    Payload,
    ReturnsAwaited,
    SignatureEvent,
    SignatureResult,
    StandingsUpdated,
)
from schemas.periods import Period
from services.benchmark.core.column import Array
from services.benchmark.core.quarter import Quarter, write_nears
from services.benchmark.core.record import hear as hear_signature
from services.benchmark.core.saying import Saying, read_saying
from services.benchmark.core.state import Span, State

Said = TypeVar("Said", bound=Payload)


def hear(state: State, payload: Payload) -> None:
    """Fold one of benchmark's own outputs; hearing it again changes nothing."""
    match payload:
        case StandingsUpdated():
            _hear_standings(state, payload)
        case NeighboursUpdated():
            _hear_neighbours(state, payload)
        case BaselineSet(collection=collection, period=period):
            state.baselines[(collection, Period.parse(period))] = payload
        case ReturnsAwaited(collection=collection, period=period):
            state.awaited[(collection, Period.parse(period))] = payload
        case DataSetAssessed(indicator=indicator, period=period):
            state.assessed[(indicator, period)] = payload
        case SignatureEvent(authority=authority):
            hear_signature(state.episodes.setdefault(authority, {}), payload)
        case _:
            pass


def say(state: State, payload: Said) -> Said:
    """Hear a payload that is about to be said, and return it."""
    hear(state, payload)
    return payload


def _hear_standings(state: State, updated: StandingsUpdated) -> None:
    span = (updated.collection, Period.parse(updated.period))
    near = write_nears(updated.standings)
    enter(state, updated.authority, span, read_saying(updated), near=near)


def _hear_neighbours(state: State, updated: NeighboursUpdated) -> None:
    span = (updated.collection, Period.parse(updated.period))
    said = (updated.values, updated.used, updated.in_year, updated.differences)
    enter_near(
        state,
        updated.authority,
        span,
        updated.indicators,
        near=np.array(said, dtype=float),
        results=updated.signatures,
    )


def enter(state: State, authority: str, span: Span, saying: Saying, *, near: Array) -> None:
    """Enter what is said of a return; ``near`` is of its neighbours, as ``Quarter`` takes it."""
    state.sayings.setdefault((span[0], authority), {})[span[1]] = saying
    _table(state, span).put(authority, saying.words, near)


def enter_near(
    state: State,
    authority: str,
    span: Span,
    indicators: Sequence[str],
    *,
    near: Array,
    results: Sequence[SignatureResult],
) -> None:
    """Enter what another's return changed: neighbours of some indicators, and signatures."""
    _table(state, span).put_near(authority, indicators, near)
    saying = state.sayings.get((span[0], authority), {}).get(span[1])
    if saying is not None:
        saying.results.update({result.id: result for result in results})


def _table(state: State, span: Span) -> Quarter:
    """Return the table of a period for something to be entered."""
    if span not in state.quarters:
        state.quarters[span] = state.quarter(span)
    return state.quarters[span]
