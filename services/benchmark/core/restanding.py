"""Restanding: what is to be said of one authority's return after something may have changed it.

A generator says one payload at a time, and has entered it in the state by then: so a later word
rests on the earlier ones exactly as a replay of the log would have it.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from schemas.events import Payload, SignatureResult, StandingsUpdated
from schemas.periods import Period
from services.benchmark.core.column import Whole
from services.benchmark.core.draft import Draft, draft_absent
from services.benchmark.core.episode import Context, Followed, Occasion, follow
from services.benchmark.core.evidence import Evidence
from services.benchmark.core.hearing import enter, say
from services.benchmark.core.lending import yardstick_of
from services.benchmark.core.quarter import Near, Quarter
from services.benchmark.core.reading import read_rules
from services.benchmark.core.rule import RuleBook
from services.benchmark.core.saying import Saying
from services.benchmark.core.sensitivity import Line, lines_on_neighbours
from services.benchmark.core.standing import Case, draft
from services.benchmark.core.state import Span, State


def say_return(
    state: State, authority: str, span: Span, *, occasion: Occasion, only_news: bool = False
) -> Iterator[Payload]:
    """Say where an authority's return stands, then what its signatures make of that.

    Without a return its figures are said to be not returned. ``only_news``: nothing is said where
    neither a figure nor a signature came out otherwise than was said before.
    """
    before = _said(state, authority, span) if only_news else None
    drafted = draft_return(state, authority, span)
    saying = _begin_saying(state, authority, span, drafted)
    followed = follow_signatures(state, authority, span, occasion=occasion, drafted=drafted)
    saying.results.update({result.id: result for result in followed.results})
    if only_news and not followed.payloads and before == _said(state, authority, span):
        return
    yield _write(state, authority, span, drafted, followed.results)
    for payload in followed.payloads:
        yield say(state, payload)


def reconsider_later(
    state: State, authority: str, span: Span, *, occasion: Occasion
) -> Iterator[Payload]:
    """Say what is new of the later quarters of a return that changed, oldest first."""
    for later in later_spans(state, authority, span):
        yield from say_return(state, authority, later, occasion=occasion, only_news=True)


def later_spans(state: State, authority: str, span: Span) -> list[Span]:
    """Return the later quarters of which something was said, oldest first.

    Of a quarter without a return of the same collection, one of another collection: signatures look
    at all of them.
    """
    collection, period = span
    found: dict[Period, str] = {}
    for name in (collection, *(other for other in state.newest if other != collection)):
        for later in state.sayings.get((name, authority), {}):
            if _order(later) > _order(period):
                found.setdefault(later, name)
    return [(found[later], later) for later in sorted(found, key=_order)]


def _order(quarter: Period) -> tuple[int, int]:
    """Order quarters, all of one kind, without looking at days."""
    return quarter.year, quarter.part


def draft_return(state: State, authority: str, span: Span) -> Draft:
    """Return what is to be said of the figures of a return, or of its absence."""
    yardstick = yardstick_of(state, span)
    if state.report(authority, span) is None:
        return draft_absent(yardstick)
    return draft(_case(state, authority, span), yardstick)


def _begin_saying(state: State, authority: str, span: Span, drafted: Draft) -> Saying:
    """Enter what is to be said of figures, so that signatures may rest on it."""
    report = drafted.report
    saying = Saying(
        return_id=report.return_id if report else None,
        baseline=yardstick_of(state, span).id,
        provisional=not state.is_closed(span),
        words=drafted.words,
        columns=dict(drafted.columns),
    )
    enter(state, authority, span, saying, near=drafted.near)
    return saying


def _write(
    state: State,
    authority: str,
    span: Span,
    drafted: Draft,
    results: tuple[SignatureResult, ...],
) -> StandingsUpdated:
    report, method = drafted.report, state.method
    return StandingsUpdated(
        authority=authority,
        collection=span[0],
        period=str(span[1]),
        return_id=report.return_id if report else None,
        baseline=yardstick_of(state, span).id,
        catalogue=method.catalogue,
        neighbours=method.neighbours,
        rules=method.rules,
        engine=method.engine,
        provisional=not state.is_closed(span),
        standings=drafted.standings,
        signatures=results,
    )


def follow_signatures(
    state: State,
    authority: str,
    span: Span,
    *,
    occasion: Occasion,
    near: Mapping[str, Near] | None = None,
    drafted: Draft | None = None,
) -> Followed:
    """Evaluate an authority's signatures; ``near`` stands in for what was said of neighbours.

    ``drafted`` is what is about to be said of the return itself, to be cited as it is.
    """
    collection, period = span
    closed = frozenset(
        name for (name, of), opening in state.openings.items() if of == period and opening.closed
    )
    context = Context(state.nation, collection, occasion, state.newest, closed)
    return follow(
        state.episodes.get(authority, {}),
        rules=rules_of(state),
        facts=Evidence(
            state,
            authority,
            near=(span, near) if near is not None else None,
            drafted=(span, drafted) if drafted is not None else None,
        ),
        authority=authority,
        period=period,
        context=context,
    )


def rules_of(state: State) -> RuleBook:
    """Return the rules in force, read once."""
    key = ("rules", state.method.rules, state.method.catalogue)
    if key not in state.cache:
        state.cache[key] = read_rules(
            state.library.rules(state.method.rules), catalogue=state.catalogue()
        )
    found: RuleBook = state.cache[key]
    return found


def lines_of(state: State) -> tuple[Line, ...]:
    """Return the conditions on neighbours in the rules in force, gathered once."""
    key = ("lines", state.method.rules, state.method.catalogue)
    if key not in state.cache:
        state.cache[key] = lines_on_neighbours(rules_of(state))
    found: tuple[Line, ...] = state.cache[key]
    return found


def saying_of(state: State, authority: str, span: Span) -> Saying | None:
    """Return what was last said of a return."""
    return state.sayings.get((span[0], authority), {}).get(span[1])


def _said(state: State, authority: str, span: Span) -> tuple[Saying | None, list[Near]]:
    return saying_of(state, authority, span), state.quarter(span).nears_of(authority)


def _case(state: State, authority: str, span: Span) -> Case:
    collection, period = span
    neighbours = state.neighbours_of(authority)
    quarter = state.quarter(span)
    known = state.authority(authority)
    sayings = state.sayings.get((collection, authority), {})
    before = _order(period)
    earlier = sorted((w for w in sayings if _order(w) < before), key=_order, reverse=True)
    return Case(
        authority=authority,
        last_four=state.last_four(authority, span),
        population_of=known.drawn_from or authority,
        earlier=[(when, sayings[when]) for when in earlier],
        year_ago=sayings.get(period.year_before()),
        neighbours=neighbours,
        near=quarter.levels[:, columns_of_neighbours(state, quarter, authority)],
    )


def columns_of_neighbours(state: State, quarter: Quarter, authority: str) -> Whole:
    """Return the columns of an authority's neighbours in a quarter's table."""
    key = ("columns", state.method.neighbours, authority)
    if key not in state.cache:
        columns = quarter.columns(state.neighbours_of(authority))
        state.cache[key] = np.array(columns, dtype=np.int64)
    found: Whole = state.cache[key]
    return found
