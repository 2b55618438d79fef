"""A quarter: the comparison values of all senders for one collection and period, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from schemas.events import Neighbours, NeighboursUpdated, StandingsUpdated

Array = NDArray[np.float64]
Whole = NDArray[np.int64]


class Near(NamedTuple):
    """What was said of an authority's neighbours for one indicator; nothing is None."""

    median: float | None
    used: int
    in_year: bool
    difference: float | None


NOBODY = Near(None, 0, False, None)


@lru_cache(maxsize=64)
def _places(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


@dataclass(slots=True)
class Quarter:
    """One row per indicator, one column per sender and a last column that is always empty.

    ``levels`` are comparison values to nine digits, not a number where there is none or it is a
    plain count, which is held against nobody's. ``near`` holds what was said of the neighbours of
    each sender that has returned; ``weighed`` the medians and numbers from which that was last
    found, only to find nothing new the faster: it is no part of the state.
    """

    indicators: tuple[str, ...]
    senders: tuple[str, ...]
    levels: Array
    near: dict[str, dict[str, Near]]
    weighed: dict[str, tuple[Array, Whole]] = field(default_factory=dict)

    @staticmethod
    def empty(indicators: tuple[str, ...], senders: tuple[str, ...]) -> "Quarter":
        """Return the table of a period that nobody has returned yet."""
        return Quarter(
            indicators, senders, np.full((len(indicators), len(senders) + 1), np.nan), {}
        )

    def columns(self, codes: Sequence[str]) -> list[int]:
        """Return the columns of authorities; of one that sends nothing here, the empty column."""
        places, nobody = _places(self.senders), len(self.senders)
        return [places.get(code, nobody) for code in codes]

    def near_of(self, authority: str, indicator: str) -> Near:
        """Return what was said of an authority's neighbours; nobody where nothing was."""
        return self.near.get(authority, {}).get(indicator, NOBODY)

    def put(self, updated: StandingsUpdated) -> None:
        """Enter what was said of a return; an authority that sends nothing here is left out."""
        column = _places(self.senders).get(updated.authority)
        if column is None:
            return
        rows = _places(self.indicators)
        levels = self.levels[:, column]
        levels[:] = np.nan
        near: dict[str, Near] = {}
        for standing in updated.standings:
            level = standing.comparison
            if level is not None and level.denominator is not None:
                levels[rows[standing.indicator]] = level.value
            if standing.neighbours is not None:
                near[standing.indicator] = _read_near(standing.neighbours)
        self.near[updated.authority] = near
        self.weighed.pop(updated.authority, None)

    def put_neighbours(self, updated: NeighboursUpdated) -> None:
        """Enter what another authority's return changed."""
        near = self.near.setdefault(updated.authority, {})
        columns = (updated.values, updated.used, updated.in_year, updated.differences)
        for code, median, used, in_year, difference in zip(
            updated.indicators, *columns, strict=True
        ):
            near[code] = Near(median, used, in_year, difference)

    def __eq__(self, other: object) -> bool:
        """Equal tables, empty cells being equal to empty cells."""
        if not isinstance(other, Quarter):
            return NotImplemented
        return (
            (self.indicators, self.senders, self.near)
            == (other.indicators, other.senders, other.near)
        ) and bool(np.array_equal(self.levels, other.levels, equal_nan=True))

    __hash__ = None  # type: ignore[assignment]  # a table that changes has no hash


def _read_near(neighbours: Neighbours) -> Near:
    return Near(
        neighbours.value,
        neighbours.used,
        neighbours.basis == "in-year",
        neighbours.difference,
    )
