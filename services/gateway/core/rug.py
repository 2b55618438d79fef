"""The tartan rug: authorities across, indicators down, made from their standings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.events import Flag, State
from services.gateway.core import wording
from services.gateway.core.cell import Cell, Comparator, Gauge, Show, Tone, judge
from services.gateway.core.document import Document
from services.gateway.core.item.region import Pooled, pool
from services.gateway.core.reason import reason as words

ADVERSE = frozenset({Tone.RED})


@dataclass(frozen=True, slots=True)
class Choice:
    """How a reader wants the rug."""

    show: Show = Show.FLAG
    comparator: Comparator = Comparator.ENGLAND
    domain: str | None = None
    only_red: bool = False
    changed: bool = False
    by_reds: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """An authority of the rug, with how many of its figures are red."""

    code: str
    name: str
    returned: bool
    provisional: bool
    reds: int


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator of the rug with its cells in the order of the columns.

    ``reason`` says why none of its figures can be judged, where that is so for one reason.
    """

    indicator: Indicator
    unit: str
    pooled: Pooled
    region_value: str
    england_value: str
    reason: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Rug:
    """The table: columns, and rows by domain. ``rows`` are those that the choice leaves."""

    columns: tuple[Column, ...]
    domains: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def rows(self) -> Iterator[Row]:
        """Every row, domain after domain."""
        return (row for _, rows in self.domains for row in rows)

    @property
    def unassessed(self) -> Mapping[str, list[str]]:
        """The names of the indicators without any judged figure, by the one reason for that."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if row.reason:
                found.setdefault(row.reason, []).append(row.indicator.name)
        return found

    def down(self, place: int) -> list[Cell]:
        """Return the cells of the column at ``place``, in the order of the rows."""
        return [row.cells[place] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Yarn:
    """What a rug is woven from: standings of this quarter and the last, by authority.

    ``alerts`` are the open ones by authority and indicator, ``said`` the words with which an
    authority answered a query on its figure; ``absence`` is the state of a figure whose return is
    not in.
    """

    authorities: Sequence[Authority]
    indicators: Sequence[Indicator]
    documents: Mapping[str, Document | None]
    earlier: Mapping[str, Document | None]
    alerts: Mapping[tuple[str, str], str]
    absence: str = State.NOT_RETURNED
    said: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Strand:
    """What one authority gives to every row."""

    authority: Authority
    standings: Mapping[str, Mapping[str, Any]]
    returned: bool
    provisional: bool


def weave(yarn: Yarn, choice: Choice) -> Rug:
    """Make the rug that the choice asks for."""
    strands = [_strand(a, yarn.documents.get(a.code)) for a in yarn.authorities]
    rows = [
        _row(indicator, strands, yarn, choice)
        for indicator in yarn.indicators
        if choice.domain in {None, indicator.domain}
    ]
    columns = [_column(place, strand, rows) for place, strand in enumerate(strands)]
    order = list(range(len(columns)))
    if choice.by_reds:
        order.sort(key=lambda place: (-columns[place].reds, columns[place].name))
    kept = [_reordered(row, order) for row in rows if _stays(row, yarn, choice)]
    domains = dict.fromkeys(row.indicator.domain for row in kept)
    return Rug(
        columns=tuple(columns[place] for place in order),
        domains=tuple(
            (name, tuple(row for row in kept if row.indicator.domain == name)) for name in domains
        ),
    )


def tone_in(
    document: Document | None, indicator: Indicator, *, show: Show = Show.FLAG
) -> Tone | None:
    """Return how an authority's figure is coloured; None where it has no value to judge."""
    said = standing_in(document, indicator.code)
    if said is None or said.get("comparison") is None:
        return None
    return judge(indicator, said.get("england"), show=show)[0]


def standing_in(document: Document | None, code: str) -> Mapping[str, Any] | None:
    """Return an authority's standing for an indicator, None where it has none."""
    if document is None:
        return None
    found: Mapping[str, Any] | None = document["standings"].get(code)
    return found


def _strand(authority: Authority, document: Document | None) -> _Strand:
    if document is None:
        return _Strand(authority, {}, returned=False, provisional=False)
    return _Strand(
        authority,
        document["standings"],
        returned=bool(document.get("return_id")),
        provisional=bool(document["provisional"]),
    )


def _row(indicator: Indicator, strands: Sequence[_Strand], yarn: Yarn, choice: Choice) -> Row:
    standings = [strand.standings.get(indicator.code) for strand in strands]
    pooled = pool(standings, indicator)
    gauge = Gauge(
        indicator,
        show=choice.show,
        comparator=choice.comparator,
        region=pooled.value,
        absence=yarn.absence,
    )
    return Row(
        indicator=indicator,
        unit=wording.unit(indicator),
        pooled=pooled,
        region_value=wording.number(pooled.value, indicator.decimals),
        england_value=wording.number(_england(standings), indicator.decimals),
        reason=_common_reason(standings),
        cells=tuple(
            gauge.cell(
                standing,
                provisional=strand.provisional,
                alert=yarn.alerts.get((strand.authority.code, indicator.code)),
                said=yarn.said.get((strand.authority.code, indicator.code), ""),
            )
            for strand, standing in zip(strands, standings, strict=True)
        ),
    )


def _england(standings: Iterable[Mapping[str, Any] | None]) -> float | None:
    """Return England's value, which every standing of a row was held against."""
    blocks = (standing.get("england") or {} for standing in standings if standing)
    return next((block["value"] for block in blocks if block.get("value") is not None), None)


def _common_reason(standings: Iterable[Mapping[str, Any] | None]) -> str | None:
    """Return the one reason for which no figure of a row is judged; None if any is, or many."""
    reasons = set()
    for standing in standings:
        if standing and standing.get("value") is not None:
            if (standing.get("england") or {}).get("flag", Flag.NOT_ASSESSED) != Flag.NOT_ASSESSED:
                return None
            reasons.add(standing.get("reason"))
    return words(reasons.pop()) if len(reasons) == 1 else None


def _column(place: int, strand: _Strand, rows: Sequence[Row]) -> Column:
    return Column(
        code=strand.authority.code,
        name=strand.authority.name,
        returned=strand.returned,
        provisional=strand.provisional,
        reds=sum(row.cells[place].tone in ADVERSE for row in rows),
    )


def _reordered(row: Row, order: Sequence[int]) -> Row:
    return replace(row, cells=tuple(row.cells[place] for place in order))


def _stays(row: Row, yarn: Yarn, choice: Choice) -> bool:
    if choice.only_red and not any(cell.tone in ADVERSE for cell in row.cells):
        return False
    return not choice.changed or any(
        _has_turned(row.indicator, yarn, authority.code, choice.show)
        for authority in yarn.authorities
    )


def _has_turned(indicator: Indicator, yarn: Yarn, code: str, show: Show) -> bool:
    now = tone_in(yarn.documents.get(code), indicator, show=show)
    before = tone_in(yarn.earlier.get(code), indicator, show=show)
    return now is not None and before is not None and now is not before
