"""A saying: what was last said of one return, as compact as signatures and changes need it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import Literal, NamedTuple

import numpy as np

from schemas.events import (
    Change,
    England,
    Flag,
    Number,
    SignatureResult,
    Standing,
    StandingsUpdated,
    State,
)
from services.benchmark.core.column import Array, listed
from services.benchmark.core.outlier import FEWEST_EARLIER, find_outliers


class Word(NamedTuple):
    """What was said of one figure; a tuple, because hundreds are made for one return.

    ``value`` is the quarter's own value; ``level`` the comparison value, ``total`` over ``n``, that
    rests on so many ``quarters``. ``england`` is England's value and ``source`` where it is from.
    ``since``, ``by`` and ``year_on_year`` are the change.
    """

    state: State
    value: float | None
    level: float | None
    total: Number | None
    n: Number | None
    quarters: int
    england: float | None
    source: str | None
    rank: int | None
    ranked: int | None
    percentile: float | None
    band: Literal["A", "B", "C", "D"] | None
    z: float | None
    p: float | None
    flag: Flag
    reliability: float | None
    since: str | None
    by: float | None
    arrow: Literal["up", "down", "level"] | None
    year_on_year: float | None
    open_query: bool
    reason: str | None


@dataclass(slots=True)
class Saying:
    """What was said of one return: a word for each indicator, and how signatures came out."""

    return_id: str | None
    baseline: str | None
    provisional: bool
    words: Mapping[str, Word]
    results: dict[str, SignatureResult] = field(default_factory=dict)
    columns: dict[tuple[str, tuple[str, ...]], Array] = field(
        default_factory=dict, compare=False, repr=False
    )
    """Fields of the words side by side, as far as they were asked for or are at hand."""
    _beside: tuple[Sequence["Saying"], Mapping[str, float | None]] = field(
        default=((), {}), compare=False, repr=False
    )

    def levels(self, indicators: tuple[str, ...]) -> Array:
        """Return the comparison values of indicators, not a number where none was said."""
        return self._column("level", indicators)

    def values(self, indicators: tuple[str, ...]) -> Array:
        """Return the quarter's own values of indicators, not a number where none was said."""
        return self._column("value", indicators)

    def outliers(self, earlier: Sequence["Saying"]) -> Mapping[str, float | None]:
        """Return how far each value lies from those of the earlier quarters.

        Found once: as long as those say the same, the same distances are returned.
        """
        known, distances = self._beside
        if len(known) == len(earlier) and all(map(is_, known, earlier)):
            return distances
        if len(earlier) >= FEWEST_EARLIER:
            codes = tuple(self.words)
            past = np.array([each.values(codes) for each in earlier])
            found = find_outliers(self.values(codes), past)
            distances = dict(zip(codes, listed(found), strict=True))
        else:
            distances = {}
        self._beside = (earlier, distances)
        return distances

    def _column(self, name: str, indicators: tuple[str, ...]) -> Array:
        """Return a field of the words of indicators; put together once."""
        key = (name, indicators)
        if key not in self.columns:
            words = (self.words.get(code) for code in indicators)
            column = [getattr(word, name) if word is not None else None for word in words]
            self.columns[key] = np.array(column, dtype=float)
        return self.columns[key]


def read_saying(updated: StandingsUpdated) -> Saying:
    """Return what a ``standings.updated`` said."""
    return Saying(
        updated.return_id,
        updated.baseline,
        updated.provisional,
        {standing.indicator: read_word(standing) for standing in updated.standings},
        {result.id: result for result in updated.signatures},
    )


_NO_ENGLAND = England()
_NO_CHANGE = Change()


def read_word(standing: Standing) -> Word:
    """Return what was said of one figure."""
    level = standing.comparison
    england = standing.england or _NO_ENGLAND
    change = standing.change or _NO_CHANGE
    return Word(
        standing.state,
        standing.value,
        level.value if level else None,
        level.numerator if level else None,
        level.denominator if level else None,
        level.quarters if level else 0,
        england.value,
        england.source,
        england.rank,
        england.ranked,
        england.percentile,
        england.band,
        england.z,
        england.p,
        england.flag,
        standing.reliability,
        change.since,
        change.by,
        change.arrow,
        change.year_on_year,
        standing.open_query,
        standing.reason,
    )
