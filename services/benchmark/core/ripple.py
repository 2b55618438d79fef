"""Ripple: what one authority's return changes for those that have it as a statistical neighbour.

Before close each gets the new medians, compactly. Its signatures are looked at again only where a
condition on neighbours comes out otherwise than before; then its later quarters are, too. After
close others' figures may withdraw a signature and never raise one, so medians are said again only
beside what is withdrawn.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from schemas.events import NeighboursUpdated, Payload, Result, SignatureResult
from services.benchmark.core.column import Array, Mask, listed, nine_each
from services.benchmark.core.episode import Occasion, weigh
from services.benchmark.core.evidence import Evidence, judge_near
from services.benchmark.core.hearing import enter_near, say
from services.benchmark.core.lending import yardstick_of
from services.benchmark.core.neighbours import FEWEST_IN_YEAR, find_differences, find_medians
from services.benchmark.core.quarter import Near, Quarter
from services.benchmark.core.restanding import (
    columns_of_neighbours,
    follow_signatures,
    lines_of,
    reconsider_later,
    rules_of,
    saying_of,
)
from services.benchmark.core.saying import Saying
from services.benchmark.core.sensitivity import Line
from services.benchmark.core.state import Span, State


class News(NamedTuple):
    """The indicators whose neighbours are not as they were said, in lists that run in parallel.

    ``near`` is the same as a table, with the fields of ``Near`` in turn.
    """

    near: Array
    indicators: tuple[str, ...]
    medians: tuple[float | None, ...]
    used: tuple[int, ...]
    in_year: tuple[bool, ...]
    differences: tuple[float | None, ...]

    def nears(self) -> Mapping[str, Near]:
        """Return the news by indicator."""
        return dict(zip(self.indicators, map(Near, *self[2:]), strict=True))

    def near_of(self, indicator: str) -> Near:
        """Return the news of one of the indicators."""
        i = self.indicators.index(indicator)
        return Near(self.medians[i], self.used[i], self.in_year[i], self.differences[i])


def tell_neighbours(state: State, authority: str, span: Span) -> Iterator[Payload]:
    """Say what a return changed for each sender that has its authority among its ten."""
    quarter = state.quarters.get(span)
    if quarter is None:
        return
    returned = [
        (sender, saying)
        for sender in state.has_as_neighbour(authority)
        if (saying := saying_of(state, sender, span)) is not None and saying.return_id is not None
    ]
    if not returned:
        return
    news = _find_news(state, span, quarter, [sender for sender, _ in returned])
    for (sender, saying), each in zip(returned, news, strict=True):
        if each.indicators:
            yield from _tell_one(state, sender, span, saying, news=each)


def _tell_one(
    state: State, sender: str, span: Span, saying: Saying, *, news: News
) -> Iterator[Payload]:
    crossed = _find_crossed(state, sender, span, saying, news)
    if state.is_closed(span):
        if crossed:
            yield from _tell_after_close(state, sender, span, saying, news)
        return
    if not crossed:
        yield _say_news(state, sender, span, news, ())
        return
    results = _weigh_quietly(state, sender, span, crossed, news)
    if results is not None:
        yield _say_news(state, sender, span, news, _changed(saying, results))
        yield from reconsider_later(state, sender, span, occasion=Occasion.OTHERS_RETURN)
        return
    followed = follow_signatures(
        state, sender, span, occasion=Occasion.OTHERS_RETURN, near=news.nears()
    )
    yield _say_news(state, sender, span, news, _changed(saying, followed.results))
    for payload in followed.payloads:
        yield say(state, payload)
    yield from reconsider_later(state, sender, span, occasion=Occasion.OTHERS_RETURN)


def _weigh_quietly(
    state: State, sender: str, span: Span, crossed: Sequence[Line], news: News
) -> tuple[SignatureResult, ...] | None:
    """Return how the rules come out in which a line was crossed, where nobody is to hear of it.

    None where one of them fires or stands: then all rules are looked at, for what fires may weigh
    more beside another, or be told already by it.
    """
    ids = frozenset().union(*(line.rules for line in crossed))
    if any(each.open and each.signature in ids for each in state.episodes.get(sender, {}).values()):
        return None
    facts = Evidence(state, sender, near=(span, news.nears()))
    rules = (rule for rule in rules_of(state).touching(span[0]).rules if rule.id in ids)
    results = tuple(weigh(rule, facts, period=span[1]) for rule in rules)
    return None if any(each.result is Result.FIRED for each in results) else results


def _tell_after_close(
    state: State, sender: str, span: Span, saying: Saying, news: News
) -> Iterator[Payload]:
    followed = follow_signatures(
        state, sender, span, occasion=Occasion.OTHERS_RETURN, near=news.nears()
    )
    if not followed.payloads:
        return
    yield _say_news(state, sender, span, news, _changed(saying, followed.results))
    for payload in followed.payloads:
        yield say(state, payload)
    yield from reconsider_later(state, sender, span, occasion=Occasion.OTHERS_RETURN)


def _find_news(state: State, span: Span, quarter: Quarter, senders: Sequence[str]) -> list[News]:
    """Return for each sender the indicators whose neighbours are not as they were said.

    All tables have a row per indicator and a column per sender.
    """
    yardstick = yardstick_of(state, span)
    columns = quarter.columns(senders)
    lists = np.array([columns_of_neighbours(state, quarter, sender) for sender in senders])
    medians, used = find_medians(quarter.levels[:, lists])
    medians, in_year = nine_each(medians), used >= FEWEST_IN_YEAR
    said_medians, said_used, said_in_year, _ = quarter.near[:, :, columns]
    # Its own value is as it was, so the same median means the same difference.
    same = ~in_year | ((medians == said_medians) & (used == said_used))
    moved = ~same | (in_year != said_in_year)
    for k in np.flatnonzero((moved & ~in_year).any(axis=0)).tolist():
        lent = yardstick.published_medians(state.neighbours_of(senders[k]))
        medians[:, k] = np.where(in_year[:, k], medians[:, k], lent.value)
        used[:, k] = np.where(in_year[:, k], used[:, k], lent.used)
    polarity = yardstick.nulls.polarity[:, None]
    own = quarter.levels[:, columns]
    differences = nine_each(find_differences(own, medians, polarity=polarity))
    near = np.array([medians, used, in_year, differences])
    return _share_out(quarter.indicators, moved.T, near.transpose(0, 2, 1))


def _share_out(indicators: tuple[str, ...], moved: Mask, near: Array) -> list[News]:
    """Return what moved of each sender, a row each, the indicators in their order."""
    cells = near[:, moved]
    medians, used, in_year, differences = cells
    columns = (
        [indicators[place] for place in moved.nonzero()[1].tolist()],
        listed(medians),
        used.astype(np.int64).tolist(),
        in_year.astype(bool).tolist(),
        listed(differences),
    )
    ends = np.cumsum(moved.sum(axis=1)).tolist()
    return [
        News(cells[:, start:end], *(tuple(column[start:end]) for column in columns))
        for start, end in pairwise((0, *ends))
    ]


def _find_crossed(state: State, sender: str, span: Span, saying: Saying, news: News) -> list[Line]:
    """Return the conditions on neighbours that come out otherwise with the news."""
    lines = [
        line
        for line in lines_of(state)
        if line.indicator in news.indicators and line.indicator in saying.words
    ]
    if not lines:
        return []
    quarter = state.quarter(span)
    of, closed = len(state.neighbours_of(sender)), state.is_closed(span)

    def judge(line: Line, near: Near) -> bool | None:
        word = saying.words[line.indicator]
        return line.judge(judge_near(near, word, span[1], of=of, closed=closed))

    return [
        line
        for line in lines
        if judge(line, quarter.near_of(sender, line.indicator))
        != judge(line, news.near_of(line.indicator))
    ]


def _changed(saying: Saying, results: tuple[SignatureResult, ...]) -> tuple[SignatureResult, ...]:
    return tuple(result for result in results if saying.results.get(result.id) != result)


def _say_news(
    state: State, sender: str, span: Span, news: News, results: tuple[SignatureResult, ...]
) -> NeighboursUpdated:
    """Enter the news and return what is said of it."""
    enter_near(state, sender, span, news.indicators, near=news.near, results=results)
    return NeighboursUpdated(
        authority=sender,
        collection=span[0],
        period=str(span[1]),
        indicators=news.indicators,
        values=news.medians,
        used=news.used,
        differences=news.differences,
        in_year=news.in_year,
        signatures=results,
    )
