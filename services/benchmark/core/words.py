"""Words: what was said of one authority's figures, found by indicator and quarter."""

from collections.abc import Mapping, Sequence

from schemas.periods import Period
from services.benchmark.core.report import Report
from services.benchmark.core.saying import Word
from services.benchmark.core.state import State

_NOTHING: Mapping[str, Word] = {}


class Words:
    """What was said of an authority, and what it returned, as the state has it.

    What was looked up is remembered, so an object serves one moment: make a new one after a change.
    """

    def __init__(self, state: State, authority: str) -> None:
        self._state = state
        self._authority = authority
        self._catalogue = state.catalogue()
        self._at: dict[tuple[str, int, int], Mapping[str, Word]] = {}
        self._earlier: dict[tuple[str, int, int], Sequence[Mapping[str, Word]]] = {}
        self._last_four: dict[tuple[str, int, int], tuple[Report | None, ...]] = {}

    def find(self, indicator: str, period: Period) -> Word | None:
        """Return what was said of a figure; None where nothing was."""
        collection = self._catalogue[indicator].collection
        key = (collection, period.year, period.part)
        words = self._at.get(key)
        if words is None:
            saying = self._state.sayings.get((collection, self._authority), {}).get(period)
            words = self._at[key] = saying.words if saying is not None else _NOTHING
        return words.get(indicator)

    def before(self, indicator: str, period: Period) -> list[Word]:
        """Return what was said of the figure in all earlier quarters of its collection."""
        collection = self._catalogue[indicator].collection
        key = (collection, period.year, period.part)
        if key not in self._earlier:
            sayings = self._state.sayings.get((collection, self._authority), {})
            this = (period.year, period.part)
            self._earlier[key] = [
                saying.words for q, saying in sayings.items() if (q.year, q.part) < this
            ]
        return [words[indicator] for words in self._earlier[key] if indicator in words]

    def last_four(self, indicator: str, period: Period) -> tuple[Report | None, ...]:
        """Return the returns of the indicator's collection, the quarter's own first."""
        collection = self._catalogue[indicator].collection
        key = (collection, period.year, period.part)
        found = self._last_four.get(key)
        if found is None:
            span = (collection, period)
            found = self._last_four[key] = self._state.last_four(self._authority, span)
        return found
