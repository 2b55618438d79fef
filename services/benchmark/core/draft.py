"""Draft: what is to be said of one return, before it is written out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydantic import TypeAdapter

from schemas.events import Flag, Standing, State
from services.benchmark.core.column import Array
from services.benchmark.core.interval import Interval
from services.benchmark.core.part import write_standing
from services.benchmark.core.quarter import NOBODY, read_nears
from services.benchmark.core.report import Report
from services.benchmark.core.saying import Word
from services.benchmark.core.yardstick import Yardstick

_STANDINGS = TypeAdapter(tuple[Standing, ...])
_ABSENT = Word(
    state=State.NOT_RETURNED,
    value=None,
    level=None,
    total=None,
    n=None,
    quarters=0,
    england=None,
    source=None,
    rank=None,
    ranked=None,
    percentile=None,
    band=None,
    z=None,
    p=None,
    flag=Flag.NOT_ASSESSED,
    reliability=None,
    since=None,
    by=None,
    arrow=None,
    year_on_year=None,
    open_query=False,
    reason=State.NOT_RETURNED.value,
)


@dataclass(frozen=True, eq=False)
class Draft:
    """What is to be said of a return: a word for each measure of its collection.

    ``near`` is what is to be said of the neighbours, as ``Quarter`` has it, with a column for each
    word, and ``intervals`` the limits of the comparison values. ``columns`` are fields of the words
    that were at hand side by side. ``years`` are those of the published figures that neighbours
    fall back on, who are ``of`` so many.
    """

    report: Report | None
    words: Mapping[str, Word]
    near: Array
    intervals: Sequence[Interval | None]
    columns: Mapping[tuple[str, tuple[str, ...]], Array]
    years: Sequence[str | None]
    of: int

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """The standings as they are said; written out once."""
        observations = self.report.observations if self.report is not None else {}
        return _STANDINGS.validate_python(
            [
                write_standing(
                    code,
                    observations.get(code),
                    word,
                    near,
                    interval=interval,
                    year=year,
                    of=self.of,
                )
                for (code, word), near, interval, year in zip(
                    self.words.items(),
                    read_nears(self.near),
                    self.intervals,
                    self.years,
                    strict=True,
                )
            ]
        )

    @cached_property
    def by_indicator(self) -> Mapping[str, Standing]:
        """The same by indicator."""
        return dict(zip(self.words, self.standings, strict=True))


def draft_absent(yardstick: Yardstick) -> Draft:
    """Return what is to be said of a return that never came."""
    count = len(yardstick.codes)
    return Draft(
        report=None,
        words=dict.fromkeys(yardstick.codes, _ABSENT),
        near=np.array([NOBODY] * count, dtype=float).T,
        intervals=[None] * count,
        columns={},
        years=yardstick.years,
        of=0,
    )
