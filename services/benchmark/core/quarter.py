"""A quarter: the comparison values of all senders for one collection and period, as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isnan, nan
from typing import NamedTuple

import numpy as np

from schemas.events import Standing
from services.benchmark.core.column import Array, listed
from services.benchmark.core.saying import Word


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
        return read_nears(self.near[:, :, column])

    def put(self, authority: str, words: Mapping[str, Word], near: Array) -> None:
        """Enter what was said of a return, and of the neighbours of its authority.

        ``near`` has the fields of ``Near`` in turn and a column for each word. An authority that
        sends nothing here is left out.
        """
        column = _places(self.senders).get(authority)
        if column is None:
            return
        places = _places(self.indicators)
        rows = [places[indicator] for indicator in words]
        self.levels[:, column] = nan
        self.levels[rows, column] = [
            nan if word.level is None or word.n is None else word.level for word in words.values()
        ]
        self.near[:, :, column] = np.reshape(_NOTHING, (-1, 1))
        self.near[:, rows, column] = near

    def put_near(self, authority: str, indicators: Sequence[str], near: Array) -> None:
        """Enter what another's return changed for a sender; anyone else is left out."""
        column = _places(self.senders).get(authority)
        if column is None:
            return
        places = _places(self.indicators)
        rows = [places[indicator] for indicator in indicators]
        self.near[:, rows, column] = near

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


def read_nears(near: Array) -> list[Near]:
    """Return what a table with the fields of ``Near`` in turn says in each of its columns."""
    median, used, in_year, difference = near
    return list(
        map(
            Near,
            listed(median),
            used.astype(np.int64).tolist(),
            in_year.astype(bool).tolist(),
            listed(difference),
        )
    )


def write_nears(standings: Sequence[Standing]) -> Array:
    """Return what standings say of neighbours as such a table."""
    said = [standing.neighbours for standing in standings]
    fields = [
        _NOTHING
        if near is None
        else (near.value, near.used, near.basis == "in-year", near.difference)
        for near in said
    ]
    return np.array(fields, dtype=float).reshape(-1, len(Near._fields)).T


def _read_near(median: float, used: float, in_year: float, difference: float) -> Near:
    return Near(
        None if isnan(median) else median,
        int(used),
        bool(in_year),
        None if isnan(difference) else difference,
    )
