"""Quality: facts about a return itself: late, missing, out of balance, out of line (R18)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from schemas.events import State as Became
from schemas.numbers import nine
from schemas.periods import Period, PeriodKind
from services.benchmark.core.facts import Fact
from services.benchmark.core.outlier import FEWEST_EARLIER
from services.benchmark.core.report import Report
from services.benchmark.core.saying import Word
from services.benchmark.core.state import Span, State
from services.benchmark.core.words import Words
from services.benchmark.core.yardstick import is_queried

# Suppressed is not missing: who withholds a small number knows it.
_UNUSABLE = (Became.MISSING, Became.UNRELIABLE, Became.NOT_RETURNED, Became.LATE)
_FLOWS: Mapping[str, tuple[str, str]] = {"CP05": ("CP06", "CP07"), "LA01": ("LA02", "LA03")}
"""Stocks with what is added to them and taken from them in a quarter."""

_NOT_IN = "the return is not in"
_RECENT = 5


@lru_cache(maxsize=512)
def _known(answer: bool, period: str) -> Fact:
    """Return a yes or no about the return, the same for every indicator of which it holds."""
    return Fact(answer, None, period, None, None, True)


@lru_cache(maxsize=512)
def _spell(year: int, part: int) -> str:
    return str(Period(PeriodKind.QUARTER, year, part))


def spell(quarter: Period) -> str:
    """Return the text of a quarter, which facts carry by the hundred."""
    return _spell(quarter.year, quarter.part)


def is_missing(word: Word) -> bool:
    """Whether nothing usable stands for a figure of which something was said."""
    return word.state in _UNUSABLE


class Quality:
    """The facts about an authority's returns as they stand in the state."""

    def __init__(self, state: State, authority: str, words: Words) -> None:
        self._state = state
        self._authority = authority
        self._catalogue = state.catalogue()
        self._words = words
        self._outliers: dict[tuple[str, int, int], Mapping[str, float | None]] = {}

    def late(self, period: Period) -> Fact:
        """Whether any return the authority takes part in came late, or was absent at close.

        A return is late that was first accepted after the due day. Not assessable while one is
        neither in nor closed: what is still to come is not late.
        """
        answers = [
            self._late_in((collection, period))
            for collection in self._state.newest
            if (collection, period) in self._state.openings and self._takes_part(collection, period)
        ]
        if True in answers:
            return Fact(True, None, spell(period), None, None, True)
        if not answers or None in answers:
            return Fact(None, "not every return of the quarter is in", spell(period))
        return Fact(False, None, spell(period), None, None, True)

    def missing(self, indicator: str, period: Period) -> Fact:
        """Whether nothing usable stands for the figure.

        What is not applicable, or suppressed because it is small, is not missing.
        """
        word = self._words.find(indicator, period)
        if word is None:
            return Fact(None, _NOT_IN, spell(period))
        return _known(is_missing(word), spell(period))

    def explained(self, indicator: str, period: Period) -> Fact:
        """Whether the sender wrote a note beside the figure, or explained it afterwards."""
        report = self._report(indicator, period)
        if report is None:
            return Fact(None, _NOT_IN, spell(period))
        return Fact(indicator in report.explained, None, spell(period))

    def queried(self, indicator: str, period: Period) -> Fact:
        """Whether a query is open on any figure that the comparison value is made of."""
        last_four = self._words.last_four(indicator, period)
        if last_four[0] is None:
            return Fact(None, _NOT_IN, spell(period))
        queried = is_queried(self._catalogue[indicator], last_four)
        return Fact(queried, None, spell(period))

    def balance(self, indicator: str, period: Period) -> Fact:
        """How far a stock is from the stock a quarter ago plus what came less what went."""
        if indicator not in _FLOWS:
            return Fact(None, "no flows are known for it", spell(period))
        came, went = _FLOWS[indicator]
        now, before = self._words.last_four(indicator, period)[:2]
        stock, stood = _count(now, indicator), _count(before, indicator)
        added, taken = _count(now, came), _count(now, went)
        if stock is None or stood is None or added is None or taken is None:
            return Fact(None, "the stock or one of its flows is missing", spell(period))
        expected = stood + added - taken
        if expected <= 0:
            return Fact(None, "the flows leave no stock to compare with", spell(period))
        value = nine(abs(stock - expected) / expected)
        return Fact(value, None, spell(period), "in-year", None, True)

    def outlier(self, indicator: str, period: Period) -> Fact:
        """How far the quarter's own value is from the median of its earlier ones, in robust sd."""
        value = self.distance(indicator, period)
        if value is None:
            return Fact(None, self._why_no_outlier(indicator, period), spell(period))
        return Fact(value, None, spell(period), "in-year", None, True)

    def distance(self, indicator: str, period: Period) -> float | None:
        """Return the value of ``outlier``."""
        return self._outliers_in(self._catalogue[indicator].collection, period).get(indicator)

    def distances(self, indicators: Sequence[str], period: Period) -> list[float | None]:
        """Return the values of ``outlier`` of indicators; None of one that is not known."""
        homes = self._state.homes()
        found = {
            home: self._outliers_in(home, period)
            for home in {homes[each] for each in indicators if each in homes}
        }
        return [found[homes[each]].get(each) if each in homes else None for each in indicators]

    def _outliers_in(self, collection: str, period: Period) -> Mapping[str, float | None]:
        """Return the distances of all figures of a collection that have one."""
        key = (collection, period.year, period.part)
        if key not in self._outliers:
            now = self._words.at(collection, period)
            earlier = self._words.before(collection, period)
            self._outliers[key] = now.outliers(earlier) if now is not None else {}
        return self._outliers[key]

    def _why_no_outlier(self, indicator: str, period: Period) -> str:
        now = self._words.find(indicator, period)
        if now is None or now.value is None:
            return "there is no figure for the quarter"
        earlier = self._words.before(self._catalogue[indicator].collection, period)
        said = (saying.words.get(indicator) for saying in earlier)
        if sum(word is not None and word.value is not None for word in said) < FEWEST_EARLIER:
            return "fewer than eight earlier quarters are known"
        return "earlier quarters do not vary"

    def _report(self, indicator: str, period: Period) -> Report | None:
        return self._words.last_four(indicator, period)[0]

    def _late_in(self, span: Span) -> bool | None:
        received = self._state.received.get((span[0], self._authority, span[1]))
        opening = self._state.openings[span]
        if received is not None:
            return received > opening.due
        return True if opening.closed else None

    def _takes_part(self, collection: str, period: Period) -> bool:
        """Whether the authority sent, or was missed in, one of the last five quarters."""
        sayings = self._state.sayings.get((collection, self._authority), {})
        return any(period.shift(-back) in sayings for back in range(_RECENT))


def _count(report: Report | None, indicator: str) -> float | None:
    counted = report.counted.get(indicator) if report else None
    return float(counted.numerator) if counted else None
