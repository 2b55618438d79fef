"""Ripple: what one authority's return changes for those that have it as a statistical neighbour.

Before close each gets the new medians, compactly. Its signatures are looked at again only where a
condition on neighbours comes out otherwise than before; then its later quarters are, too. After
close others' figures may withdraw a signature and never raise one, so medians are said again only
beside what is withdrawn.
"""

from collections.abc import Iterator, Mapping
from math import isnan

import numpy as np

from schemas.events import NeighboursUpdated, Payload, SignatureResult
from schemas.numbers import nine
from services.benchmark.core.episode import Occasion
from services.benchmark.core.evidence import judge_near
from services.benchmark.core.lending import yardstick_of
from services.benchmark.core.neighbours import (
    FEWEST_IN_YEAR,
    find_difference,
    find_medians,
)
from services.benchmark.core.quarter import NOBODY, Array, Near, Quarter, Whole
from services.benchmark.core.restanding import (
    follow_signatures,
    lines_of,
    reconsider_later,
    saying_of,
)
from services.benchmark.core.saying import Saying
from services.benchmark.core.sensitivity import Line
from services.benchmark.core.state import Span, State
from services.benchmark.core.yardstick import Measure, Yardstick


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
    yardstick = yardstick_of(state, span)
    found = _find_news(state, span, quarter, yardstick, [sender for sender, _ in returned])
    for sender, saying in returned:
        if found[sender]:
            yield from _tell_one(state, sender, span, saying, news=found[sender])


def _tell_one(
    state: State, sender: str, span: Span, saying: Saying, *, news: Mapping[str, Near]
) -> Iterator[Payload]:
    crossed = _crosses_a_line(state, sender, span, saying, news)
    if state.is_closed(span):
        if crossed:
            yield from _tell_after_close(state, sender, span, saying, news)
        return
    if not crossed:
        yield _updated(sender, span, news, ())
        return
    followed = follow_signatures(state, sender, span, occasion=Occasion.OTHERS_RETURN, near=news)
    yield _updated(sender, span, news, _changed(saying, followed.results))
    yield from followed.payloads
    yield from reconsider_later(state, sender, span, occasion=Occasion.OTHERS_RETURN)


def _tell_after_close(
    state: State, sender: str, span: Span, saying: Saying, news: Mapping[str, Near]
) -> Iterator[Payload]:
    followed = follow_signatures(state, sender, span, occasion=Occasion.OTHERS_RETURN, near=news)
    if not followed.payloads:
        return
    yield _updated(sender, span, news, _changed(saying, followed.results))
    yield from followed.payloads
    yield from reconsider_later(state, sender, span, occasion=Occasion.OTHERS_RETURN)


def _find_news(
    state: State, span: Span, quarter: Quarter, yardstick: Yardstick, senders: list[str]
) -> dict[str, dict[str, Near]]:
    """Return for each sender the indicators whose neighbours are not as they were said."""
    columns = np.array([_columns(state, quarter, sender) for sender in senders])
    medians, used = find_medians(quarter.levels[:, columns])
    own = quarter.levels[:, quarter.columns(senders)]
    found: dict[str, dict[str, Near]] = {}
    for k, sender in enumerate(senders):
        at = (medians[:, k], used[:, k])
        found[sender] = _news_of(state, quarter, yardstick, sender, *at, own[:, k])
        if not state.is_closed(span):
            # Before close all news is told, so what was weighed is what was said.
            quarter.weighed[sender] = at
    return found


def _news_of(
    state: State,
    quarter: Quarter,
    yardstick: Yardstick,
    sender: str,
    medians: Array,
    used: Whole,
    own: Array,
) -> dict[str, Near]:
    said = quarter.near.get(sender, {})
    news: dict[str, Near] = {}
    for i in _moved(quarter, sender, medians, used):
        code, number = quarter.indicators[i], int(used[i])
        before = said.get(code, NOBODY)
        if number >= FEWEST_IN_YEAR:
            value = nine(float(medians[i]))
            # Its own value is as it was, so the same median means the same difference.
            if before.in_year and before.median == value and before.used == number:
                continue
            near = _near(yardstick.measures[i], float(own[i]), value, number, in_year=True)
        elif before.in_year:
            lent = yardstick.published_medians(state.neighbours_of(sender))[i]
            near = _near(yardstick.measures[i], float(own[i]), lent.value, lent.used, in_year=False)
        else:
            continue
        news[code] = near
    return news


def _moved(quarter: Quarter, sender: str, medians: Array, used: Whole) -> list[int]:
    """Return the rows that can have changed since they were last weighed, all at first."""
    weighed = quarter.weighed.get(sender)
    if weighed is None:
        return list(range(len(quarter.indicators)))
    same = ((medians == weighed[0]) | (np.isnan(medians) & np.isnan(weighed[0]))) & (
        used == weighed[1]
    )
    rows: list[int] = np.flatnonzero(~same).tolist()
    return rows


def _near(
    measure: Measure, level: float, median: float | None, used: int, *, in_year: bool
) -> Near:
    own = None if isnan(level) else level
    difference = find_difference(own, median, polarity=measure.indicator.polarity)
    return Near(median, used, in_year, difference)


def _columns(state: State, quarter: Quarter, sender: str) -> list[int]:
    key = ("columns", state.method.neighbours, sender)
    if key not in state.cache:
        state.cache[key] = quarter.columns(state.neighbours_of(sender))
    found: list[int] = state.cache[key]
    return found


def _crosses_a_line(
    state: State, sender: str, span: Span, saying: Saying, news: Mapping[str, Near]
) -> bool:
    """Whether a condition on neighbours comes out otherwise with the news."""
    quarter = state.quarter(span)
    of, closed = len(state.neighbours_of(sender)), state.is_closed(span)

    def judge(line: Line, near: Near) -> bool | None:
        word = saying.words[line.indicator]
        return line.judge(judge_near(near, word, span[1], of=of, closed=closed))

    return any(
        judge(line, quarter.near_of(sender, line.indicator)) != judge(line, news[line.indicator])
        for line in lines_of(state)
        if line.indicator in news and line.indicator in saying.words
    )


def _changed(saying: Saying, results: tuple[SignatureResult, ...]) -> tuple[SignatureResult, ...]:
    return tuple(result for result in results if saying.results.get(result.id) != result)


def _updated(
    sender: str, span: Span, news: Mapping[str, Near], results: tuple[SignatureResult, ...]
) -> NeighboursUpdated:
    near = news.values()
    return NeighboursUpdated(
        authority=sender,
        collection=span[0],
        period=str(span[1]),
        indicators=tuple(news),
        values=tuple(each.median for each in near),
        used=tuple(each.used for each in near),
        differences=tuple(each.difference for each in near),
        in_year=tuple(each.in_year for each in near),
        signatures=results,
    )
