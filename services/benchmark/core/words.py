"""Words: what was said of one authority's figures, found by indicator and quarter."""

from collections.abc import Mapping, Sequence

from schemas.periods import Period
from services.benchmark.core.report import Report
from services.benchmark.core.saying import Saying, Word
from services.benchmark.core.state import Span, State

_NOTHING: Mapping[str, Word] = {}


class Words:
    """What was said of an authority, and what it returned, as the state has it.

    What was looked up is remembered, so an object serves one moment: make a new one after a change.
    """

    def __init__(self, state: State, authority: str) -> None:
        self._state = state
        self._authority = authority
        self._homes = state.homes()
        self._at: dict[tuple[str, int, int], Mapping[str, Word]] = {}
        self._last_four: dict[tuple[str, int, int], tuple[Report | None, ...]] = {}

    def find(self, indicator: str, period: Period) -> Word | None:
        """Return what was said of a figure; None where nothing was.

        What was withdrawn while its quarter is open is awaited again: nothing was said of it.
        """
        return self._said(self._homes[indicator], period).get(indicator)

    def find_each(self, indicators: Sequence[str], period: Period) -> list[Word | None]:
        """Return what was said of figures; None where nothing was, as of an unknown indicator."""
        home, *others = {self._homes.get(indicator) for indicator in indicators}
        if home is not None and not others:
            return [*map(self._said(home, period).get, indicators)]
        return [self.find(each, period) if each in self._homes else None for each in indicators]

    def _said(self, collection: str, period: Period) -> Mapping[str, Word]:
        key = (collection, period.year, period.part)
        words = self._at.get(key)
        if words is None:
            saying = self.at(collection, period)
            awaited = saying is None or self._is_awaited(saying, (collection, period))
            words = self._at[key] = saying.words if saying and not awaited else _NOTHING
        return words

    def at(self, collection: str, period: Period) -> Saying | None:
        """Return what was said of a quarter's return; None where nothing was."""
        return self._state.sayings.get((collection, self._authority), {}).get(period)

    def before(self, collection: str, period: Period) -> list[Saying]:
        """Return what was said of the returns of all earlier quarters."""
        sayings = self._state.sayings.get((collection, self._authority), {})
        this = (period.year, period.part)
        return [saying for q, saying in sayings.items() if (q.year, q.part) < this]

    def last_four(self, indicator: str, period: Period) -> tuple[Report | None, ...]:
        """Return the returns of the indicator's collection, the quarter's own first."""
        collection = self._homes[indicator]
        key = (collection, period.year, period.part)
        found = self._last_four.get(key)
        if found is None:
            span = (collection, period)
            found = self._last_four[key] = self._state.last_four(self._authority, span)
        return found

    def _is_awaited(self, saying: Saying, span: Span) -> bool:
        return saying.return_id is None and not self._state.is_closed(span)
