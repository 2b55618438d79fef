"""Evidence: the facts that signatures ask for, answered from what was said and what was returned.

An indicator's figure in a quarter is the authority's own where its return is in; where the region
does not collect the indicator, the latest published figure stands in and names its year.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter

from schemas.events import DataSetAssessed, Flag
from schemas.events import Evidence as Cited
from schemas.events import State as Became
from schemas.numbers import nine
from schemas.periods import Period
from services.benchmark.core.citation import cite_published, cite_said
from services.benchmark.core.draft import Draft
from services.benchmark.core.facts import Fact, Function, Reading
from services.benchmark.core.neighbours import is_assessable
from services.benchmark.core.quality import Quality, is_missing, spell
from services.benchmark.core.quarter import Near
from services.benchmark.core.saying import Word
from services.benchmark.core.state import Span, State
from services.benchmark.core.unknown import WHY_UNKNOWN
from services.benchmark.core.vocabulary import YES_OR_NO
from services.benchmark.core.words import Words


class Evidence:
    """The facts about one authority, as they stand in the state when they are asked for.

    Answers are remembered, so an object serves one moment: make a new one after a change. ``near``
    are neighbours of one quarter in place of those that were said, ``drafted`` is what is about to
    be said of one.
    """

    def __init__(
        self,
        state: State,
        authority: str,
        *,
        near: tuple[Span, Mapping[str, Near]] | None = None,
        drafted: tuple[Span, Draft] | None = None,
    ) -> None:
        self.tallied: dict[tuple[object, int, int], tuple[bool | None, ...]] = {}
        self._near = near
        self._drafted = drafted
        self._state = state
        self._authority = authority
        self._region = state.authority(authority).region
        self._catalogue = state.catalogue()
        self._words = Words(state, authority)
        self._about_the_return = Quality(state, authority, self._words)
        self._known: dict[tuple[Function, str | None, int, int], Fact] = {}
        self._collected: dict[tuple[str, int, int], bool] = {}
        self._published: dict[tuple[str, int, int], DataSetAssessed | None] = {}

    def look(self, function: Function, *, indicator: str | None, period: Period) -> Fact:
        """Return what ``function`` says of an indicator in a quarter; ``late`` takes None."""
        key = (function, indicator, period.year, period.part)
        fact = self._known.get(key)
        if fact is None:
            fact = self._known[key] = self._look(function, indicator, period)
        return fact

    def read(self, function: Function, *, indicator: str | None, period: Period) -> Reading:
        """Return value and denominator of what ``look`` returns; of a figure at hand, at once."""
        if indicator is not None and indicator in self._catalogue:
            of_word = _OF_WORD.get(function)
            if of_word is not None:
                word = self._words.find(indicator, period)
                if word is not None:
                    return of_word(word), None if function in YES_OR_NO else word.n
            elif function is Function.OUTLIER:
                return self._about_the_return.distance(indicator, period), None
        fact = self.look(function, indicator=indicator, period=period)
        return fact.value, fact.n

    def read_each(
        self, function: Function, *, indicators: Sequence[str], period: Period
    ) -> Sequence[Reading]:
        """Return what ``read`` returns of each of several indicators, those at hand at once."""
        if function is Function.OUTLIER:
            distances = self._about_the_return.distances(indicators, period)
            return [(distance, None) for distance in distances]
        of_word = _OF_WORD.get(function)
        if of_word is None:
            return [self.read(function, indicator=each, period=period) for each in indicators]
        plain = function in YES_OR_NO
        return [
            (of_word(word), None if plain else word.n)
            if word is not None
            else self.read(function, indicator=indicator, period=period)
            for indicator, word in zip(
                indicators, self._words.find_each(indicators, period), strict=True
            )
        ]

    def cite(self, indicator: str, *, period: Period) -> Cited | None:
        """Return the standing that the facts of an indicator in a quarter rest on."""
        word = self._words.find(indicator, period)
        if word is not None:
            span = self._span(indicator, period)
            if self._drafted is not None and self._drafted[0] == span:
                standing = self._drafted[1].by_indicator[indicator]
                return Cited(period=str(period), basis="in-year", standing=standing)
            return cite_said(self._state, self._authority, indicator, span=span, word=word)
        assessed = self._fallback(indicator, period)
        if assessed is None:
            return None
        place = _place(assessed, self._authority)
        return cite_published(assessed, place) if place is not None else None

    def _look(self, function: Function, indicator: str | None, period: Period) -> Fact:
        if indicator is None:
            return self._about_the_return.late(period)
        if indicator not in self._catalogue:
            return Fact(None, "the catalogue in force has no such indicator", spell(period))
        if function in _ANSWERS:
            return _ANSWERS[function](self, indicator, period)
        if function in _OF_SET:
            return self._figure(function, indicator, period)
        return _ABOUT_THE_RETURN[function](self._about_the_return, indicator, period)

    # -- where a figure is found

    def _span(self, indicator: str, period: Period) -> Span:
        return self._catalogue[indicator].collection, period

    def _near_of(self, indicator: str, span: Span) -> Near:
        if self._near is not None and self._near[0] == span and indicator in self._near[1]:
            return self._near[1][indicator]
        return self._state.quarter(span).near_of(self._authority, indicator)

    def _fallback(self, indicator: str, period: Period) -> DataSetAssessed | None:
        """Return the latest published set, where nothing came and the region does not collect."""
        if self._is_collected(indicator, period):
            return None
        return self._latest_published(indicator, period)

    def _latest_published(self, indicator: str, period: Period) -> DataSetAssessed | None:
        key = (indicator, period.year, period.part)
        if key not in self._published:
            latest = self._state.shelf.latest(indicator, by=period.ends)
            self._published[key] = (
                self._state.assessed.get((indicator, latest.payload.period)) if latest else None
            )
        return self._published[key]

    def _is_collected(self, indicator: str, period: Period) -> bool:
        """Whether anyone of the region returned its collection in the last four quarters."""
        collection = self._catalogue[indicator].collection
        key = (collection, period.year, period.part)
        if key not in self._collected:
            seen = self._state.collected.get((collection, self._region), set())
            self._collected[key] = any(period.shift(-back) in seen for back in range(4))
        return self._collected[key]

    # -- answers from one figure

    def _figure(self, function: Function, indicator: str, period: Period) -> Fact:
        word = self._words.find(indicator, period)
        if word is not None:
            value = _OF_WORD[function](word)
            why = WHY_UNKNOWN.get(word.reason, "it has no place or test") if value is None else None
            n = float(word.n) if word.n is not None else None
            return Fact(value, why, spell(period), "in-year", n, _is_observed(word))
        assessed = self._fallback(indicator, period)
        if assessed is None:
            return Fact(None, self._absence(indicator, period), spell(period))
        place = _place(assessed, self._authority)
        value = _OF_SET[function](assessed, place) if place is not None else None
        why = None if value is not None else "the published figures do not have it"
        return Fact(value, why, assessed.period, "published")

    def _absence(self, indicator: str, period: Period) -> str:
        if self._is_collected(indicator, period):
            return "the return is not in"
        return "the region does not collect it and no published figure is known"

    def _sn(self, indicator: str, period: Period) -> Fact:
        word = self._words.find(indicator, period)
        if word is None:
            return self._figure(Function.SN, indicator, period)
        span = self._span(indicator, period)
        near = self._near_of(indicator, span)
        of = len(self._state.neighbours_of(self._authority))
        closed = self._state.is_closed(span)
        return judge_near(near, word, period, of=of, closed=closed)

    # -- answers from two figures

    def _d4(self, indicator: str, period: Period) -> Fact:
        return self._since(indicator, period, years=1)

    def _d8(self, indicator: str, period: Period) -> Fact:
        return self._since(indicator, period, years=2)

    def _since(self, indicator: str, period: Period, *, years: int) -> Fact:
        """In-year with in-year, else published with published; never one with the other."""
        in_year = self._moved(indicator, period, period.shift(-4 * years))
        if in_year is not None:
            return in_year
        latest = self._latest_published(indicator, period)
        if latest is None:
            return Fact(None, "there is no earlier figure to compare it with", spell(period))
        before = str(Period.parse(latest.period).shift(-years))
        earlier = self._state.assessed.get((indicator, before))
        now = _published_value(latest, self._authority)
        then = _published_value(earlier, self._authority) if earlier is not None else None
        if now is None or then is None:
            why = "there is no earlier figure to compare it with"
            return Fact(None, why, latest.period, "published")
        return Fact(self._adverse(indicator, now - then), None, latest.period, "published")

    def _move(self, indicator: str, period: Period) -> Fact:
        moved = self._moved(indicator, period, period.previous())
        if moved is not None:
            return moved
        return Fact(None, "there are no figures for both quarters", spell(period))

    def _moved(self, indicator: str, period: Period, before: Period) -> Fact | None:
        now, then = self._words.find(indicator, period), self._words.find(indicator, before)
        if now is None or then is None or now.level is None or then.level is None:
            return None
        value = self._adverse(indicator, now.level - then.level)
        n = float(now.n) if now.n is not None else None
        return Fact(value, None, spell(period), "in-year", n, _is_observed(now))

    def _adverse(self, indicator: str, change: float) -> float:
        high_is_good = self._catalogue[indicator].polarity == "H"
        return nine(-change if high_is_good else change)


def judge_near(near: Near, word: Word, period: Period, *, of: int, closed: bool) -> Fact:
    """Return the fact ``sn``: the difference, where enough neighbours have a figure."""
    n = float(word.n) if word.n is not None else None
    value, why = near.difference, None
    if word.level is None:
        value, why = None, WHY_UNKNOWN.get(word.reason, "there is no value to compare")
    elif not is_assessable(near.used, of, closed=closed):
        value, why = None, "too few statistical neighbours have a figure yet"
    elif value is None:
        why = "the neighbours' median is nothing"
    return Fact(value, why, spell(period), "in-year", n, _is_observed(word))


def _is_observed(word: Word) -> bool:
    return word.state is Became.REPORTED and word.level is not None


def _place(assessed: DataSetAssessed, authority: str) -> int | None:
    try:
        return assessed.authorities.index(authority)
    except ValueError:
        return None


def _published_value(assessed: DataSetAssessed, authority: str) -> float | None:
    place = _place(assessed, authority)
    return assessed.values[place] if place is not None else None


_FLAGS: Mapping[Flag, str | None] = {
    flag: None if flag is Flag.NOT_ASSESSED else flag.value for flag in Flag
}
_OF_WORD: Mapping[Function, Callable[[Word], float | str | None]] = {
    Function.VALUE: attrgetter("level"),
    Function.POS: attrgetter("percentile"),
    Function.BAND: attrgetter("band"),
    Function.Z: attrgetter("z"),
    Function.FLAG: lambda word: _FLAGS[word.flag],
    Function.MISSING: is_missing,
}
"""The answers that stand in what was said of a figure."""
_OF_SET: Mapping[Function, Callable[[DataSetAssessed, int], float | str | None]] = {
    Function.VALUE: lambda assessed, place: assessed.values[place],
    Function.POS: lambda assessed, place: assessed.percentiles[place],
    Function.BAND: lambda assessed, place: assessed.bands[place],
    Function.Z: lambda assessed, place: assessed.z[place],
    Function.FLAG: lambda assessed, place: _FLAGS[assessed.flags[place]],
    Function.SN: lambda assessed, place: assessed.differences[place],
}
"""The answers that stand in what was said of a published set, by the authority's place in it."""

_Answer = Callable[[Evidence, str, Period], Fact]
_ANSWERS: Mapping[Function, _Answer] = {
    Function.SN: Evidence._sn,
    Function.D4: Evidence._d4,
    Function.D8: Evidence._d8,
    Function.MOVE: Evidence._move,
}
_ABOUT_THE_RETURN: Mapping[Function, Callable[[Quality, str, Period], Fact]] = {
    Function.MISSING: Quality.missing,
    Function.BALANCE: Quality.balance,
    Function.OUTLIER: Quality.outlier,
    Function.EXPLAINED: Quality.explained,
    Function.QUERIED: Quality.queried,
}
