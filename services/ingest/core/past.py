"""The past of a return: what its figures are held against.

Its authority's own earlier returns, its region's returns of three years, what England published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.authority import Authority
from schemas.catalogue import Accumulates, Indicator, Kind
from schemas.events import Observation
from schemas.periods import Period
from services.ingest.core.lending import TINY, Lender, Range, merge, widest
from services.ingest.core.version import Versions

QUARTERS = 12
"""Three years."""

_FEWEST_QUARTERS = 4
_FEWEST_VALUES = 20
_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure as a value: ``value = count / base * scale``."""

    count: float
    base: float
    scale: float

    @property
    def value(self) -> float:
        """The value in the indicator's unit; a flow per population as it would be in a year."""
        return self.count / self.base * self.scale


@dataclass(frozen=True, slots=True)
class Past:
    """What is known before a period.

    ``returned`` has the authority's own returns, newest first; ``shared`` the ranges of what its
    region returned, by indicator, of each quarter in which it did.
    """

    authority: Authority
    period: Period
    returned: tuple[tuple[Period, Mapping[str, Observation]], ...]
    shared: tuple[Mapping[str, Range], ...]
    lender: Lender

    @property
    def before(self) -> Mapping[str, Observation]:
        """The figures of the quarter before; none where it was not returned."""
        found = self.in_a_row(1)
        return found[0] if found else {}

    def in_a_row(self, most: int) -> list[Mapping[str, Observation]]:
        """Return the returns of the quarters right before, newest first, up to the first gap."""
        return [
            observations
            for back, (quarter, observations) in enumerate(self.returned[:most], start=1)
            if quarter == self.period.shift(-back)
        ]

    def measure(
        self, indicator: Indicator, count: float, denominator: float | None
    ) -> Measured | None:
        """Return a figure of the period as a value, None where what it is shared by is unknown."""
        return _measure(
            indicator, count, denominator, self.authority, self.period, lender=self.lender
        )

    def england(self, indicator: Indicator) -> Range | None:
        """Return the range of what authorities published, in a year each; none for a tiny one."""
        if self.authority.code in TINY:
            return None
        return self.lender.england(indicator, by=self.period.ends)

    def region(self, indicator: str) -> Range | None:
        """Return the range of what the region returned, where enough authorities and quarters did.

        An authority's own returns are among them.
        """
        quarters = [ranges[indicator] for ranges in self.shared if indicator in ranges]
        together = merge(quarters) if len(quarters) >= _FEWEST_QUARTERS else None
        return together if together is not None and together.values >= _FEWEST_VALUES else None


def look_back(
    authority: Authority,
    collection: str,
    period: Period,
    *,
    known: Versions,
    senders: Mapping[str, Authority],
    catalogue: Mapping[str, Indicator],
) -> Past:
    """Return the past of an authority's return for a collection and period."""
    returned: list[tuple[Period, Mapping[str, Observation]]] = []
    shared: list[Mapping[str, Range]] = []
    for back in range(1, QUARTERS + 1):
        quarter = period.shift(-back)
        name = str(quarter)
        if own := known.observations((authority.code, collection, name)):
            returned.append((quarter, own))
        cached = known.ranges.setdefault((collection, name), {})
        if authority.region not in cached:
            region = [each for each in senders.values() if each.region == authority.region]
            cached[authority.region] = _ranges(
                region, collection, quarter, known=known, catalogue=catalogue
            )
        if cached[authority.region]:
            shared.append(cached[authority.region])
    return Past(authority, period, tuple(returned), tuple(shared), known.lender)


def _ranges(
    region: Iterable[Authority],
    collection: str,
    quarter: Period,
    *,
    known: Versions,
    catalogue: Mapping[str, Indicator],
) -> dict[str, Range]:
    values: dict[str, list[float]] = {}
    for sender in region:
        figures = known.observations((sender.code, collection, str(quarter)))
        for code, said in figures.items():
            if code not in catalogue or said.numerator is None:
                continue
            measured = _measure(
                catalogue[code],
                said.numerator,
                said.denominator,
                sender,
                quarter,
                lender=known.lender,
            )
            if measured is not None:
                values.setdefault(code, []).append(measured.value)
    return {code: found for code, each in values.items() if (found := widest(each)) is not None}


def _measure(
    indicator: Indicator,
    count: float,
    denominator: float | None,
    authority: Authority,
    quarter: Period,
    *,
    lender: Lender,
) -> Measured | None:
    if indicator.kind is Kind.COUNT:
        return None
    base, scale = denominator, indicator.factor
    if indicator.population is not None:
        area = authority.drawn_from or authority.code
        base = lender.people(indicator.population, area, by=quarter.ends)
    summed = indicator.accumulates is Accumulates.FLOW and indicator.kind is Kind.RATE
    if summed or indicator.accumulates is Accumulates.FLOW_OVER_STOCK:
        scale *= _A_YEAR
    return Measured(count, base, scale) if base else None
