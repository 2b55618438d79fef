"""A quarter: the comparison values of all senders for one collection and period, as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan
from typing import NamedTuple

import numpy as np

from schemas.events import NeighboursUpdated, Standing, StandingsUpdated
from services.benchmark.core.column import Array


class Near(NamedTuple):
    """What was said of an authority's neighbours for one indicator; nothing is None."""

    median: float | None
    used: int
    in_year: bool
    difference: float | None


NOBODY = Near(None, 0, False, None)
_NOTHING = (nan, 0, False, nan)


@lru_cache(maxsize=64)
def _places(codes: tuple[str, ...]) -> dict[str, int]:
    return {code: place for place, code in enumerate(codes)}


@dataclass(slots=True)
class Quarter:
    """One row per indicator, one column per sender and a last column that is always empty.

    ``levels`` are comparison values to nine digits, not a number where there is none or it is a
    plain count, which is held against nobody's. ``near`` holds in four such tables what was said of
    the neighbours of each sender: the fields of ``Near`` in turn, not a number for None.
    """

    indicators: tuple[str, ...]
    senders: tuple[str, ...]
    levels: Array
    near: Array

    @staticmethod
    def empty(indicators: tuple[str, ...], senders: tuple[str, ...]) -> "Quarter":
        """Return the table of a period that nobody has returned yet."""
        levels = np.full((len(indicators), len(senders) + 1), nan)
        near = np.empty((len(Near._fields), *levels.shape))
        near[:] = np.reshape(_NOTHING, (-1, 1, 1))
        return Quarter(indicators, senders, levels, near)

    def columns(self, codes: Sequence[str]) -> list[int]:
        """Return the columns of authorities; of one that sends nothing here, the empty column."""
        places, nobody = _places(self.senders), len(self.senders)
        return [places.get(code, nobody) for code in codes]

    def near_of(self, authority: str, indicator: str) -> Near:
        """Return what was said of an authority's neighbours; nobody where nothing was."""
        row = _places(self.indicators).get(indicator)
        if row is None:
            return NOBODY
        (column,) = self.columns((authority,))
        return _read_near(*self.near[:, row, column].tolist())

    def nears_of(self, authority: str) -> list[Near]:
        """Return what was said of an authority's neighbours for each indicator."""
        (column,) = self.columns((authority,))
        return [_read_near(*fields) for fields in self.near[:, :, column].T.tolist()]

    def put(self, updated: StandingsUpdated) -> None:
        """Enter what was said of a return; an authority that sends nothing here is left out."""
        column = _places(self.senders).get(updated.authority)
        if column is None:
            return
        places = _places(self.indicators)
        rows = [places[standing.indicator] for standing in updated.standings]
        self.levels[:, column] = nan
        self.levels[rows, column] = [_level(standing) for standing in updated.standings]
        self.near[:, :, column] = np.reshape(_NOTHING, (-1, 1))
        self.near[:, rows, column] = np.transpose([_near(each) for each in updated.standings])

    def put_neighbours(self, updated: NeighboursUpdated) -> None:
        """Enter what another's return changed for a sender; anyone else is left out."""
        column = _places(self.senders).get(updated.authority)
        if column is None:
            return
        places = _places(self.indicators)
        rows = [places[indicator] for indicator in updated.indicators]
        said = (updated.values, updated.used, updated.in_year, updated.differences)
        self.near[:, rows, column] = np.array(said, dtype=float)

    def __eq__(self, other: object) -> bool:
        """Equal tables, empty cells being equal to empty cells."""
        if not isinstance(other, Quarter):
            return NotImplemented
        return (
            (self.indicators, self.senders) == (other.indicators, other.senders)
            and np.array_equal(self.levels, other.levels, equal_nan=True)
            and np.array_equal(self.near, other.near, equal_nan=True)
        )

    __hash__ = None  # type: ignore[assignment]  # a table that changes has no hash


def _level(standing: Standing) -> float:
    level = standing.comparison
    return level.value if level is not None and level.denominator is not None else nan


def _near(standing: Standing) -> tuple[float | None, int, bool, float | None]:
    near = standing.neighbours
    if near is None:
        return _NOTHING
    return near.value, near.used, near.basis == "in-year", near.difference


def _read_near(median: float, used: float, in_year: float, difference: float) -> Near:
    return Near(
        None if isnan(median) else median,
        int(used),
        bool(in_year),
        None if isnan(difference) else difference,
    )
