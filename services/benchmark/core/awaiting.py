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
        said = state.awaited.get(span)
        if said is not None and isinstance(data, ReturnAccepted | ReturnWithdrawn):
            found = _behind_return(state, said, data.authority, span)
        else:
            found = _awaited(state, span, opening)
        if found != said:
            yield found


def _behind_return(
    state: State, said: ReturnsAwaited, authority: str, span: Span
) -> ReturnsAwaited:
    """Return what was said with its own authority on the list or off it: no other one moved."""
    if _is_awaited(state, authority, span) == (authority in said.authorities):
        return said
    codes = tuple(sorted({authority}.symmetric_difference(said.authorities)))
    return said.model_copy(update={"authorities": codes})


def _is_awaited(state: State, authority: str, span: Span) -> bool:
    return (
        not state.openings[span].closed
        and state.report(authority, span) is None
        and takes_part(state, authority, span)
    )


def _awaited(state: State, span: Span, opening: Opening) -> ReturnsAwaited:
    return ReturnsAwaited(
        collection=span[0],
        period=str(span[1]),
        due=opening.due.isoformat(),
        remind=opening.remind,
        chase=opening.chase,
        authorities=tuple(code for code in state.senders() if _is_awaited(state, code, span)),
    )
