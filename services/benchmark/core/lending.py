"""Lending: which figures England lends a period, and the yardstick made of them.

Baselines are fixed from what is known when a period opens, mended when the first figures of an
indicator come later, replaced at close by the quarter's own where enough authorities returned, and
set anew by the method alone after that.
"""

from collections.abc import Iterator, Mapping

from schemas.catalogue import Indicator
from schemas.events import BaselineReason, BaselineSet, IndicatorBaseline
from services.benchmark.core.baseline import Unflagged, fit, without_figures
from services.benchmark.core.published import POPULATION, DataSet, Figures, read_figures
from services.benchmark.core.state import Span, State
from services.benchmark.core.yardstick import Yardstick, collect_returned, lay_out

ENOUGH_RETURNED = 100
"""So many authorities must have returned for a quarter to lend its own figures (R19)."""


def open_baseline(state: State, span: Span) -> BaselineSet:
    """Return the baseline of a period that opens, from the sets that are known now."""
    entries = {each.code: lend(state, each, span) for each in state.collection(span[0])}
    return _set(state, span, BaselineReason.OPENED, entries)


def mend_baseline(state: State, span: Span, arrived: DataSet) -> BaselineSet | None:
    """Return the baseline with what the first figures of an indicator add, None if nothing."""
    current = state.baselines.get(span)
    if current is None or state.is_closed(span) or arrived.ends > span[1].ends:
        return None
    changed = {}
    for indicator in state.collection(span[0]):
        entry = current.indicators.get(indicator.code)
        if entry is None or _is_whole(indicator, entry):
            continue
        if not _concerns(state, arrived, indicator, entry):
            continue
        mended = _mend(state, indicator, span, entry)
        if mended != entry:
            changed[indicator.code] = mended
    if not changed:
        return None
    entries = {**current.indicators, **changed}
    return _set(state, span, BaselineReason.FIRST_PUBLISHED, entries)


def close_baseline(state: State, span: Span) -> BaselineSet | None:
    """Return the quarter's own baseline, None where too few returned for any indicator."""
    current = state.baselines.get(span)
    if current is None:
        return None
    changed = {}
    for indicator in state.collection(span[0]):
        entry = current.indicators.get(indicator.code, IndicatorBaseline())
        figures = _returned(state, span, indicator, entry.population)
        if len(figures.rows) >= ENOUGH_RETURNED:
            changed[indicator.code] = _fit_returned(state, span, indicator, entry, figures)
    if not changed:
        return None
    return _set(state, span, BaselineReason.CLOSED, {**current.indicators, **changed})


def reset_baseline(state: State, span: Span) -> BaselineSet | None:
    """Return the baseline under a new method, from the same figures; None where it is the same."""
    current = state.baselines.get(span)
    if current is None:
        return None
    entries = {}
    for indicator in state.collection(span[0]):
        entry = current.indicators.get(indicator.code)
        if entry is None:
            entries[indicator.code] = lend(state, indicator, span)
        elif entry.data_set is None and entry.areas is not None:
            figures = _returned(state, span, indicator, entry.population)
            entries[indicator.code] = _fit_returned(state, span, indicator, entry, figures)
        else:
            entries[indicator.code] = _refit(state, indicator, entry)
    if entries == current.indicators:
        return None
    return _set(state, span, BaselineReason.METHOD, entries)


def lend(state: State, indicator: Indicator, span: Span) -> IndicatorBaseline:
    """Return what the latest figures lend that end not after the quarter."""
    ends = span[1].ends
    data_set = state.shelf.latest(indicator.code, by=ends)
    band = indicator.population
    people = state.shelf.population(band, by=ends) if band is not None else None
    return _fit_published(state, indicator, data_set, people)


def yardstick_of(state: State, span: Span) -> Yardstick:
    """Return the yardstick of a period under the baseline in force."""
    baseline = state.baselines.get(span)
    key = (span, baseline.id if baseline else None, state.method.catalogue)
    if key not in state.yardsticks:
        yardstick = state.yardsticks[key] = lay_out(
            state.collection(span[0]),
            baseline,
            find=lambda id_: state.shelf.sets[id_],
            read=lambda indicator, id_: read(state, indicator, state.shelf.sets[id_]),
            returned=lambda indicator: _returned(
                state, span, indicator, _population_id(baseline, indicator)
            ),
        )
        yardstick.find_published_medians(
            [*{state.neighbours_of(sender) for sender in state.senders()}]
        )
    return state.yardsticks[key]


def read(state: State, indicator: Indicator, data_set: DataSet) -> Figures:
    """Return the figures of a data set, with what others lend it as things stand."""
    lent = state.shelf.lend(data_set, indicator, catalogue=state.catalogue())
    return read_figures(data_set, indicator, lent=lent)


def depends_on(state: State, data_set: DataSet, arrived: DataSet) -> bool:
    """Whether a data set borrows its denominators from one that has just arrived."""
    if data_set.has_denominators:
        return False
    indicator = state.catalogue().get(data_set.payload.indicator)
    if indicator is None:
        return False
    lenders = _lenders(state, data_set, indicator)
    return any(lender is not None and lender.id == arrived.id for lender in lenders)


def _lenders(state: State, data_set: DataSet, indicator: Indicator) -> Iterator[DataSet | None]:
    if indicator.population is not None:
        yield state.shelf.population(indicator.population, by=data_set.ends)
    name = data_set.payload.implied_n
    if name is None:
        return
    yield state.shelf.standing(name, data_set.payload.period)
    other = state.catalogue().get(name)
    if other is not None and other.population is not None:
        yield state.shelf.population(other.population, by=data_set.ends)


def _is_whole(indicator: Indicator, entry: IndicatorBaseline) -> bool:
    """Whether the entry has all it can have: figures, a population where needed, and a test."""
    lacks_people = indicator.population is not None and entry.population is None
    lacks_test = entry.reason in (
        Unflagged.NO_PUBLISHED_FIGURES,
        Unflagged.NO_CENTRE,
        Unflagged.TOO_FEW_COUNTS,
    )
    return not lacks_people and not lacks_test and entry.data_set is not None


def _concerns(
    state: State, arrived: DataSet, indicator: Indicator, entry: IndicatorBaseline
) -> bool:
    """Whether a set that has just arrived can fill what the entry is wanting."""
    name = arrived.payload.indicator
    if name == indicator.code:
        return True
    if indicator.population is not None and name == POPULATION + indicator.population:
        return True
    data_set = state.shelf.sets.get(entry.data_set or "")
    return data_set is not None and depends_on(state, data_set, arrived)


def _mend(
    state: State, indicator: Indicator, span: Span, entry: IndicatorBaseline
) -> IndicatorBaseline:
    """Fill what is missing and leave what was fixed."""
    fresh = lend(state, indicator, span)
    data_set = state.shelf.sets.get(entry.data_set or fresh.data_set or "")
    people = state.shelf.sets.get(entry.population or fresh.population or "")
    return _fit_published(state, indicator, data_set, people)


def _refit(state: State, indicator: Indicator, entry: IndicatorBaseline) -> IndicatorBaseline:
    sets = state.shelf.sets
    return _fit_published(
        state, indicator, sets.get(entry.data_set or ""), sets.get(entry.population or "")
    )


def _fit_published(
    state: State, indicator: Indicator, data_set: DataSet | None, people: DataSet | None
) -> IndicatorBaseline:
    if data_set is None:
        return without_figures(indicator, people)
    lent = state.shelf.lend(data_set, indicator, catalogue=state.catalogue())
    return fit(
        indicator,
        read_figures(data_set, indicator, lent=lent),
        data_set=data_set,
        year=data_set.payload.period,
        lent=lent,
        own_population=people,
        neighbours=data_set.id,
    )


def _fit_returned(
    state: State, span: Span, indicator: Indicator, entry: IndicatorBaseline, figures: Figures
) -> IndicatorBaseline:
    return fit(
        indicator,
        figures,
        data_set=None,
        year=str(span[1]),
        own_population=state.shelf.sets.get(entry.population or ""),
        neighbours=entry.neighbours,
    )


def _returned(state: State, span: Span, indicator: Indicator, population: str | None) -> Figures:
    """Return the quarter's own figures at close; fictional authorities never make England."""
    people: Mapping[str, float] = (
        state.shelf.sets[population].by_area if population is not None else {}
    )
    real = {
        code: last_four
        for code, last_four in state.at_close.get(span, {}).items()
        if state.authority(code).drawn_from is None
    }
    return collect_returned(indicator, real, people=people)


def _population_id(baseline: BaselineSet | None, indicator: Indicator) -> str | None:
    entry = baseline.indicators.get(indicator.code) if baseline else None
    return entry.population if entry else None


def _set(
    state: State,
    span: Span,
    why: BaselineReason,
    entries: Mapping[str, IndicatorBaseline],
) -> BaselineSet:
    """Name the baseline by collection, period and the how-manieth it is."""
    current = state.baselines.get(span)
    number = int(current.id.rsplit("-", 1)[1]) + 1 if current else 1
    return BaselineSet(
        id=f"{span[0]}-{span[1]}-{number}",
        collection=span[0],
        period=str(span[1]),
        why=why,
        indicators=dict(entries),
    )
