"""Events of ``standings.v1``: where figures stand, and what they were held against.

A directed number (z, difference, percentile) is positive or high when it is adverse; of a neutral
indicator, when it is higher. Every number is rounded to nine significant digits.
"""

from enum import StrEnum
from typing import ClassVar, Literal

from schemas.events.base import Part, Payload
from schemas.events.returns import Number, Symbol
from schemas.topics import Topic


class Flag(StrEnum):
    """What the exact test says of a value beside England (rules R6–R9)."""

    AS_EXPECTED = "as_expected"
    AMBER = "amber"
    RED = "red"
    BETTER = "better"
    MUCH_BETTER = "much_better"
    HIGH = "high"
    VERY_HIGH = "very_high"
    LOW = "low"
    VERY_LOW = "very_low"
    NOT_ASSESSED = "not_assessed"


class State(StrEnum):
    """What became of a figure; each stays different to the screen."""

    REPORTED = "reported"
    NOT_RETURNED = "not_returned"
    LATE = "late"
    MISSING = "missing"
    SUPPRESSED = "suppressed"
    UNRELIABLE = "unreliable"
    NOT_APPLICABLE = "not_applicable"


class Result(StrEnum):
    """What became of a signature's evaluation."""

    FIRED = "fired"
    NOT_FIRED = "not_fired"
    NOT_ASSESSABLE = "not_assessable"


Basis = Literal["in-year", "published"]


class Comparison(Part):
    """The comparison value: rolling for flows, else as returned; ``quarters`` it rests on.

    ``interval`` is how far chance alone may have moved it: 95 % limits, exact below 10 events, else
    Byar's, of a percentage Wilson's (R1); None for what is neither a rate nor a share.
    """

    numerator: Number
    denominator: Number | None = None
    value: float
    quarters: int
    interval: tuple[float, float] | None = None


class England(Part):
    """The value beside England: position as DfE's LAIT gives it, flag by the exact test.

    ``source`` says what England's value is: ``2024-25 published`` or ``2026-27-Q2 returned``.
    ``percentile`` is the adverse one, 0 to 1; ``p`` the exact adverse tail (of a neutral indicator
    the smaller one).
    """

    value: float | None = None
    source: str | None = None
    rank: int | None = None
    ranked: int | None = None
    band: Literal["A", "B", "C", "D"] | None = None
    percentile: float | None = None
    z: float | None = None
    p: float | None = None
    flag: Flag = Flag.NOT_ASSESSED


class Neighbours(Part):
    """The median of those statistical neighbours that have a figure on the one basis in use.

    ``year`` is the published period where the basis is published. ``difference`` is relative and
    adverse: 0.5 is 50 % worse than the median; None where the median is 0 or there is none.
    """

    value: float | None = None
    statistic: Literal["median", "mean"] = "median"
    basis: Basis
    year: str | None = None
    used: int
    of: int
    difference: float | None = None


class Change(Part):
    """The move since the last earlier quarter with a value (``since``), and on the year before."""

    since: str | None = None
    by: float | None = None
    arrow: Literal["up", "down", "level"] | None = None
    year_on_year: float | None = None


class Standing(Part):
    """Where one figure stands. The authority, collection and period are said once by the event."""

    indicator: str
    symbol: Symbol | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    value: float | None = None
    comparison: Comparison | None = None
    england: England | None = None
    neighbours: Neighbours | None = None
    change: Change | None = None
    state: State
    reliability: float | None = None
    open_query: bool = False
    reason: str | None = None


class SignatureResult(Part):
    """How a signature came out, so that what did not fire or could not be assessed is known too."""

    id: str
    result: Result
    reason: str | None = None


class StandingsUpdated(Payload):
    """All standings of one return, with what they were made from said once."""

    type: ClassVar[str] = "standings.updated"
    topic: ClassVar[Topic] = Topic.STANDINGS
    replaces: ClassVar[frozenset[str]] = frozenset({"standings.updated", "neighbours.updated"})

    authority: str
    collection: str
    period: str
    return_id: str | None = None
    baseline: str | None = None
    catalogue: str
    neighbours: str
    rules: str
    engine: int
    provisional: bool
    standings: tuple[Standing, ...]
    signatures: tuple[SignatureResult, ...] = ()

    def subject(self) -> str:
        """Return authority, collection and period."""
        return f"{self.authority}/{self.collection}/{self.period}"


class NeighboursUpdated(Payload):
    """What another authority's return changed for this one; the lists run in parallel.

    ``in_year`` says of each indicator whether the basis is this quarter's figures (else published).
    """

    type: ClassVar[str] = "neighbours.updated"
    topic: ClassVar[Topic] = Topic.STANDINGS

    authority: str
    collection: str
    period: str
    indicators: tuple[str, ...]
    values: tuple[float | None, ...]
    used: tuple[int, ...]
    differences: tuple[float | None, ...]
    in_year: tuple[bool, ...]
    signatures: tuple[SignatureResult, ...] = ()

    def subject(self) -> str:
        """Return authority, collection and period."""
        return f"{self.authority}/{self.collection}/{self.period}"


class BaselineReason(StrEnum):
    """Why a baseline was fixed."""

    OPENED = "opened"
    FIRST_PUBLISHED = "first_published"
    CLOSED = "closed"
    METHOD = "method"


class IndicatorBaseline(Part):
    """What England lends one indicator for one period.

    ``theta`` is England's ratio before the factor (events per child, or a proportion), ``value``
    the same in the indicator's unit; ``tau2`` the variance between authorities, transformed.
    ``data_set`` gives the distribution for rank and band, ``population`` the denominators,
    ``neighbours`` the published figures for neighbours. ``reason`` says why nothing can be flagged.
    """

    data_set: str | None = None
    year: str | None = None
    value: float | None = None
    theta: float | None = None
    theta_from: Literal["counts", "ratio", "pooled"] | None = None
    tau2: float | None = None
    areas: int | None = None
    implied_n: str | None = None
    bounds: tuple[float, float, float] | None = None
    population: str | None = None
    neighbours: str | None = None
    reason: str | None = None


class BaselineSet(Payload):
    """What England lends a collection's period: fixed when it opens, replaced once at close."""

    type: ClassVar[str] = "baseline.set"
    topic: ClassVar[Topic] = Topic.STANDINGS

    id: str
    collection: str
    period: str
    why: BaselineReason
    indicators: dict[str, IndicatorBaseline]

    def subject(self) -> str:
        """Return collection and period."""
        return f"{self.collection}/{self.period}"


class DataSetAssessed(Payload):
    """Standings of all authorities in a published data set; the lists run in parallel.

    ``authorities`` are single DfE codes: a joint row gives its value to each member.
    """

    type: ClassVar[str] = "data_set.assessed"
    topic: ClassVar[Topic] = Topic.STANDINGS

    data_set: str
    indicator: str
    period: str
    england: float | None = None
    theta: float | None = None
    tau2: float | None = None
    reason: str | None = None
    neighbours_version: str
    authorities: tuple[str, ...]
    values: tuple[float | None, ...]
    symbols: tuple[Symbol | None, ...]
    ranks: tuple[int | None, ...]
    bands: tuple[Literal["A", "B", "C", "D"] | None, ...]
    percentiles: tuple[float | None, ...]
    z: tuple[float | None, ...]
    p: tuple[float | None, ...]
    flags: tuple[Flag, ...]
    neighbours: tuple[float | None, ...]
    used: tuple[int, ...]
    differences: tuple[float | None, ...]

    def subject(self) -> str:
        """Return the data set's id."""
        return self.data_set
