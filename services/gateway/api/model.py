"""What the API answers with, as OpenAPI documents it; the field names are promises."""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from schemas.events import AlertSeverity, BaselineReason, Flag, IndicatorBaseline, Result, Sign
from schemas.events import State as FigureState

T = TypeVar("T")
Band = Literal["A", "B", "C", "D"]


class Item(BaseModel):
    """Everything the API says is fixed by name; nothing else is ever added silently."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Listing(Item, Generic[T]):
    """A part of a list. ``next`` is the cursor of the following part, null at the end."""

    items: list[T]
    next: str | None


class ComparisonBlock(Item):
    """The figure that is compared: rolling over four quarters for flows, else as returned."""

    numerator: float | None
    denominator: float | None
    value: float | None
    quarters: int | None
    interval: tuple[float, float] | None


class EnglandBlock(Item):
    """Beside England: position as DfE's LAIT has it, flag by the exact test."""

    value: float | None
    from_: Annotated[str | None, Field(alias="from")]
    rank: int | None
    ranked: int | None
    band: Band | None
    percentile: float | None
    z: float | None
    p: float | None
    flag: Flag


class RegionBlock(Item):
    """The region, pooled over those of its authorities that have a figure, and the place in it."""

    value: float | None
    returned: int
    of: int
    rank: int | None


class NeighboursBlock(Item):
    """The statistical neighbours on one basis; ``difference`` is relative, positive if adverse."""

    value: float | None
    statistic: Literal["median", "mean"]
    basis: str
    used: int | None
    of: int | None
    difference: float | None


class ChangeBlock(Item):
    """The move since the last earlier quarter with a value, and on the same quarter last year."""

    from_: Annotated[str | None, Field(alias="from")]
    by: float | None
    arrow: Literal["up", "down", "level"] | None
    year_on_year: float | None
    significant: bool | None


class MadeFrom(Item):
    """What the standing was made from: with the log, enough to make it again."""

    return_id: str | None
    data_set: str | None
    baseline: str | None
    population: str | None
    neighbours: str | None
    rules: str | None
    engine: int | None


class StandingItem(Item):
    """Where one figure stands."""

    authority: str
    collection: str
    indicator: str
    period: str
    symbol: str | None
    numerator: float | None
    denominator: float | None
    value: float | None
    comparison: ComparisonBlock | None
    england: EnglandBlock
    region: RegionBlock | None
    neighbours: NeighboursBlock | None
    change: ChangeBlock | None
    cusum: Any
    state: FigureState
    unit: str
    reliability: float | None
    provisional: bool | None
    open_query: bool
    reason: str | None
    note: str | None
    explanation: str | None
    made_from: MadeFrom


class StandingListing(Listing[StandingItem]):
    """A part of the standings that were asked for."""


class EvidenceItem(StandingItem):
    """A standing that a condition rests on, as it was when the signature was evaluated."""

    basis: Literal["in-year", "published"]


class ConditionItem(Item):
    """One condition of a rule as it was evaluated."""

    expression: str
    value: float | str | bool | None
    threshold: float | str | bool | None
    result: Result
    period: str
    basis: Literal["in-year", "published"] | None
    reason: str | None


class AnswerItem(Item):
    """What an authority said of an alert; ``text`` is null once it was erased."""

    id: str
    kind: Literal["answer", "acknowledgement"]
    actor: str
    at: str
    text: str | None


class NoticeItem(Item):
    """What was told to whom, and why, with every try.

    A reminder has no ``alert`` and no ``severity``: it speaks of the returns of ``authorities`` for
    a ``collection`` and ``period``, and its ``reason`` says which kind it is.
    """

    id: str
    alert: str | None
    authority: str | None
    audience: str
    reason: str
    severity: AlertSeverity | None
    collection: str | None
    period: str
    due: str | None
    authorities: list[str]
    channels: list[str]
    state: Literal["planned", "started", "sent", "waiting", "failed"]
    planned_at: str
    tries: list[dict[str, Any]]


class NoticeListing(Listing[NoticeItem]):
    """A part of the notices, the newest first."""


class AlertItem(Item):
    """A signature that fired: a question for the authority, with its grounds."""

    id: str
    authority: str
    collection: str
    signature: str
    sign: Sign
    severity: AlertSeverity
    state: Literal["open", "acknowledged", "cleared", "withdrawn"]
    period: str
    since: str
    raised_at: str
    question: str
    push: bool
    push_reason: str
    conditions: list[ConditionItem]
    evidence: list[EvidenceItem]
    caveats: list[str]
    answers: list[AnswerItem]
    notices: list[NoticeItem]
    rule_version: str
    reason: str | None
    history: list[dict[str, Any]]


class AlertListing(Listing[AlertItem]):
    """A part of the alerts, the newest first."""


class RugCell(Item):
    """One cell: the value that is compared, how it is judged, how it moved."""

    authority: str
    indicator: str
    value: float | None
    symbol: str | None
    state: FigureState
    flag: Flag
    band: Band | None
    rank: int | None
    difference: float | None
    arrow: Literal["up", "down", "level"] | None
    by: float | None
    provisional: bool
    open_query: bool
    alert: str | None


class RugColumn(Item):
    """An authority of the rug."""

    code: str
    name: str
    returned: bool


class RugRow(Item):
    """An indicator of the rug with the region's own figure."""

    code: str
    name: str
    domain: str
    unit: str
    polarity: Literal["H", "L", "N"]
    decimals: int
    region: RegionBlock


class RugDocument(Item):
    """The rug: authorities by indicators; cells run indicator after indicator."""

    region: str
    collection: str
    period: str
    state: str | None
    due: str | None
    returned: int
    of: int
    authorities: list[RugColumn]
    indicators: list[RugRow]
    cells: list[RugCell]


class BaselineItem(Item):
    """What England lends a period, fixed when it opens."""

    id: str
    collection: str
    period: str
    why: BaselineReason
    at: str
    indicators: dict[str, IndicatorBaseline]
