"""What a signature may ask about one authority's figures, and the shape of every answer.

The functions are those of the rule text. All directions are adverse (positive is worse); of a
neutral indicator, positive is higher. A fact that cannot be assessed says why and is never a
stand-in for 0.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from schemas.events import Basis, Evidence
from schemas.periods import Period


class Function(StrEnum):
    """The functions of the rule text, with what each answers of one indicator and quarter.

    ========== ======= ==========================================================================
    name       answer  meaning
    ========== ======= ==========================================================================
    value      number  the comparison value, in the indicator's unit (26.7 of a percentage)
    pos        number  adverse place among authorities, 0 (best) to 1 (worst)
    sn         number  adverse relative difference from the statistical neighbours (0.5 is 50 %
                       worse); not assessable where theirs is 0, or before close with too few
    d4 d8      number  adverse change on the same quarter one, two years before, in the
                       indicator's unit; in-year with in-year, else published with published
    move       number  adverse change on the quarter before, in the indicator's unit
    z          number  adverse over-dispersed score of the exact test
    flag       text    the exact test's flag: ``as_expected``, ``amber``, ``red`` …
    band       text    LAIT's quartile band, A to D
    missing    yes/no  nothing usable stands for the figure (missing, unreliable, not returned)
    late       yes/no  the return came after the due day, or was absent at close; no indicator
    balance    number  relative break between a stock and what its flows lead to (0.05 is 5 %)
    outlier    number  distance from the median of its own earlier quarters, in 1.4826 × MAD
    explained  yes/no  the sender has explained the figure
    queried    yes/no  a query is still open on the figure, or on an earlier quarter's that is
                       part of its comparison value
    ========== ======= ==========================================================================
    """

    VALUE = "value"
    POS = "pos"
    SN = "sn"
    D4 = "d4"
    D8 = "d8"
    MOVE = "move"
    Z = "z"
    FLAG = "flag"
    BAND = "band"
    MISSING = "missing"
    LATE = "late"
    BALANCE = "balance"
    OUTLIER = "outlier"
    EXPLAINED = "explained"
    QUERIED = "queried"


class Fact(NamedTuple):
    """One answer; a tuple, because hundreds are made for one return.

    ``value`` is None where it cannot be assessed, and ``reason`` then says why, in words for
    people. ``period`` is the period that the value is of (a published figure's own year),
    ``basis`` whether it is this collection's figure or a published one (None where neither: late,
    missing). ``n`` is the comparison denominator, None where unknown. ``observed`` is true where
    the value rests on a new observation of the very quarter that was asked about.
    """

    value: float | str | bool | None
    reason: str | None
    period: str
    basis: Basis | None = None
    n: float | None = None
    observed: bool = False


Reading = tuple[float | str | bool | None, float | None]
"""A fact's ``value`` and ``n``."""


class Facts(Protocol):
    """The figures of one authority, as they stand now, for any quarter.

    A quarter before the first known one is not an error: its facts cannot be assessed. ``tallied``
    is for whoever counts facts to remember in, by what was counted, year and quarter.
    """

    @property
    def tallied(self) -> dict[tuple[object, int, int], tuple[bool | None, ...]]: ...

    def look(self, function: Function, *, indicator: str | None, period: Period) -> Fact:
        """Return what ``function`` says of an indicator in a quarter; ``late`` takes None."""
        ...

    def read(self, function: Function, *, indicator: str | None, period: Period) -> Reading:
        """Return value and denominator of what ``look`` returns: all that a truth needs."""
        ...

    def read_each(
        self, function: Function, *, indicators: Sequence[str], period: Period
    ) -> Sequence[Reading]:
        """Return what ``read`` returns of each of several indicators."""
        ...

    def cite(self, indicator: str, *, period: Period) -> Evidence | None:
        """Return the standing that the facts of an indicator in a quarter rest on, if there is one.

        It is the standing of the figure that ``look`` used: the quarter's, or the published one.
        """
        ...
