"""Awaiting: whose return of an open period is awaited, said anew whenever that changes.

It is said of periods that were opened with days on which people are to be told. Alerts decides who
is told; this core knows who takes part.
"""

from collections.abc import Iterator

from schemas.events import (
    Payload,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
    ReturnsAwaited,
    ReturnWithdrawn,
)
from schemas.periods import Period
from services.benchmark.core.state import Opening, Span, State

_QUARTERS_BACK = range(1, 5)


def takes_part(state: State, authority: str, span: Span) -> bool:
    """Whether an authority is to return: it did in the last four quarters, or is fictional.

    One that never took part in the collection is not late for it.
    """
    reports = state.reports.get((span[0], authority), {})
    took_part = any(span[1].shift(-back) in reports for back in _QUARTERS_BACK)
    return took_part or state.authority(authority).drawn_from is not None


def say_awaited(state: State, data: Payload) -> Iterator[ReturnsAwaited]:
    """Say of each period that an event, which was just taken, concerns whose return is awaited."""
    if not isinstance(data, ReturnAccepted | ReturnWithdrawn | PeriodOpened | PeriodClosed):
        return
    period = Period.parse(data.period)
    for later in (0, *_QUARTERS_BACK):
        span = (data.collection, period.shift(later))
        opening = state.openings.get(span)
        if opening is None or (opening.remind is None and opening.chase is None):
            continue
        said = _awaited(state, span, opening)
        if said != state.awaited.get(span):
            yield said


def _awaited(state: State, span: Span, opening: Opening) -> ReturnsAwaited:
    missing = (
        code
        for code in state.senders()
        if state.report(code, span) is None and takes_part(state, code, span)
    )
    return ReturnsAwaited(
        collection=span[0],
        period=str(span[1]),
        due=opening.due.isoformat(),
        remind=opening.remind,
        chase=opening.chase,
        authorities=() if opening.closed else tuple(missing),
    )
