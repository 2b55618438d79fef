"""Step: benchmark's core. From one event of ``returns.v1`` to all that follows from it.

``step`` takes the event and decides; each decision is entered in the state before the next one is
made, so that a rebuilt state, which took the same events and heard the same words, decides alike.
"""

from collections.abc import Iterator

from schemas.core import Core
from schemas.events import (
    DataSetAssessed,
    Event,
    FiguresPublished,
    MethodSet,
    Payload,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnWithdrawn,
    StandingsUpdated,
)
from schemas.periods import Period
from schemas.topics import Producer, Topic
from services.benchmark.core.assessment import assess
from services.benchmark.core.awaiting import say_awaited, takes_part
from services.benchmark.core.episode import Occasion
from services.benchmark.core.hearing import hear, say
from services.benchmark.core.lending import (
    close_baseline,
    depends_on,
    mend_baseline,
    open_baseline,
    reset_baseline,
)
from services.benchmark.core.published import POPULATION, DataSet
from services.benchmark.core.restanding import reconsider_later, rules_of, say_return, saying_of
from services.benchmark.core.ripple import tell_neighbours
from services.benchmark.core.state import Span, State, begin, is_of_sandbox, take

__all__ = ["CORE", "begin", "hear", "step", "take"]


def step(state: State, event: Event) -> list[Payload]:
    """Take one event, decide what follows, hear it and return it in order."""
    if is_of_sandbox(event.data):
        return []
    before = state.method
    news, returned = _is_news(state, event.data), _own_occasion(state, event.data)
    take(state, event)
    decided = _decide(state, event.data, before, returned) if news else ()
    awaited = (say(state, payload) for payload in say_awaited(state, event.data))
    return [*decided, *awaited]


CORE: Core[State] = Core(
    name=Producer.BENCHMARK,
    reads=Topic.RETURNS,
    writes=frozenset({Topic.STANDINGS, Topic.ALERTS}),
    empty=begin,
    take=take,
    step=step,
    hear=hear,
)


def _is_news(state: State, data: Payload) -> bool:
    """Whether an event changes anything: a second opening or close, or a stale withdrawal, not."""
    match data:
        case PeriodOpened(collection=collection, period=period):
            return (collection, Period.parse(period)) not in state.openings
        case PeriodClosed(collection=collection, period=period):
            opening = state.openings.get((collection, Period.parse(period)))
            return opening is not None and not opening.closed
        case ReturnWithdrawn(collection=collection, period=period):
            current = state.report(data.authority, (collection, Period.parse(period)))
            return current is not None and current.return_id == data.return_id
        case QueryExplained(indicator=indicator):
            current = state.explained_by(data)
            return current is not None and indicator in current.queried
        case MethodSet():
            return data != state.method
        case _:
            return True


def _own_occasion(state: State, data: Payload) -> Occasion:
    """Say what a return is to its authority, before it is taken."""
    match data:
        case ReturnAccepted(authority=authority, collection=collection, period=period):
            stands = state.report(authority, (collection, Period.parse(period))) is not None
            return Occasion.OWN_RETURN if stands else Occasion.OWN_FIRST_RETURN
        case _:
            return Occasion.OWN_WITHDRAWAL


def _decide(
    state: State, data: Payload, before: MethodSet, returned: Occasion
) -> Iterator[Payload]:
    match data:
        case ReturnAccepted() | ReturnWithdrawn():
            span = (data.collection, Period.parse(data.period))
            yield from _after_return(state, data.authority, span, returned)
        case QueryExplained():
            span = (data.collection, Period.parse(data.period))
            yield from _after_explanation(state, data.authority, span)
        case FiguresPublished():
            yield from _after_figures(state, state.shelf.sets[data.id])
        case PeriodOpened(collection=collection, period=period):
            yield say(state, open_baseline(state, (collection, Period.parse(period))))
        case PeriodClosed(collection=collection, period=period):
            yield from _after_close(state, (collection, Period.parse(period)))
        case MethodSet():
            yield from _after_method(state, before)
        case _:
            return


def _after_return(
    state: State, authority: str, span: Span, occasion: Occasion
) -> Iterator[Payload]:
    """The return's own standings, those of later quarters that rest on it, and its neighbours'."""
    yield from say_return(state, authority, span, occasion=occasion)
    changed = [span]
    for payload in reconsider_later(state, authority, span, occasion=occasion):
        yield payload
        if isinstance(payload, StandingsUpdated) and payload.collection == span[0]:
            changed.append((span[0], Period.parse(payload.period)))
    for each in changed:
        yield from tell_neighbours(state, authority, each)


def _after_explanation(state: State, authority: str, span: Span) -> Iterator[Payload]:
    """What may rest on a figure that was only watched; its neighbours' figures are as they were."""
    occasion = Occasion.OWN_EXPLANATION
    yield from say_return(state, authority, span, occasion=occasion, only_news=True)
    yield from reconsider_later(state, authority, span, occasion=occasion)


def _after_figures(state: State, arrived: DataSet) -> Iterator[Payload]:
    """What the set says of authorities, the periods it was wanting to, and signatures."""
    assessed = [arrived, *_borrowers(state, arrived)]
    for data_set in assessed:
        yield from _assess(state, data_set)
    for span in sorted(state.openings, key=lambda s: (s[1], s[0])):
        baseline = mend_baseline(state, span, arrived)
        if baseline is not None:
            yield say(state, baseline)
            yield from _say_all(state, span, Occasion.PUBLISHED)
        elif _looks_at(state, span, arrived):
            yield from _say_all(state, span, Occasion.PUBLISHED, only_news=True)


def _after_close(state: State, span: Span) -> Iterator[Payload]:
    """The quarter's own baseline where it has one, then every standing for good."""
    baseline = close_baseline(state, span)
    if baseline is not None:
        yield say(state, baseline)
    yield from _say_all(state, span, Occasion.CLOSED)
    for authority in _absent(state, span):
        yield from say_return(state, authority, span, occasion=Occasion.CLOSED)


def _after_method(state: State, before: MethodSet) -> Iterator[Payload]:
    """Everything anew under the new method; what comes out as before is not said again."""
    if (before.neighbours, before.engine) != (state.method.neighbours, state.method.engine):
        for indicator, period in sorted(state.assessed):
            standing = state.shelf.standing(indicator, period)
            if standing is not None:
                yield from _assess(state, standing)
    for span in sorted(state.openings, key=lambda s: (s[1], s[0])):
        baseline = reset_baseline(state, span)
        if baseline is not None:
            yield say(state, baseline)
        yield from _say_all(state, span, Occasion.METHOD)


def _say_all(
    state: State, span: Span, occasion: Occasion, *, only_news: bool = False
) -> Iterator[Payload]:
    """Say every return of a period again, in the order of the authorities' codes."""
    for authority in state.senders():
        if saying_of(state, authority, span) is not None:
            yield from say_return(state, authority, span, occasion=occasion, only_news=only_news)


def _absent(state: State, span: Span) -> Iterator[str]:
    """Yield who was to return and did not."""
    for authority in state.senders():
        if saying_of(state, authority, span) is None and takes_part(state, authority, span):
            yield authority


def _assess(state: State, data_set: DataSet) -> Iterator[DataSetAssessed]:
    """Say where authorities stand in a data set, if it is the one that stands and says news."""
    payload = data_set.payload
    indicator = state.catalogue().get(payload.indicator)
    if indicator is None:
        return
    standing = state.shelf.standing(payload.indicator, payload.period)
    if standing is None or standing.id != data_set.id:
        return
    assessed = assess(
        data_set,
        indicator,
        neighbours=state.neighbour_table(),
        neighbours_version=state.method.neighbours,
        lent=state.shelf.lend(data_set, indicator, catalogue=state.catalogue()),
    )
    if state.assessed.get((payload.indicator, payload.period)) != assessed:
        yield say(state, assessed)


def _borrowers(state: State, arrived: DataSet) -> list[DataSet]:
    """Return the standing sets that take denominators from the one that has just arrived."""
    found = []
    for indicator, period in sorted(state.assessed):
        data_set = state.shelf.standing(indicator, period)
        if data_set is not None and depends_on(state, data_set, arrived):
            found.append(data_set)
    return found


def _looks_at(state: State, span: Span, arrived: DataSet) -> bool:
    """Whether signatures of an open, newest period look at the set: the latest of its indicator."""
    code = arrived.payload.indicator
    if code.startswith(POPULATION) or state.is_closed(span) or not _is_latest(state, span, arrived):
        return False
    if state.newest.get(span[0]) != span[1]:
        return False
    return any(code in rule.indicators for rule in rules_of(state).touching(span[0]).rules)


def _is_latest(state: State, span: Span, arrived: DataSet) -> bool:
    latest = state.shelf.latest(arrived.payload.indicator, by=span[1].ends)
    return latest is not None and latest.id == arrived.id
