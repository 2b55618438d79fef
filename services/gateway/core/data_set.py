"""A data set: a region's quarter of a collection, what it is called and which columns it has.

Counts are as they were returned, small ones too, so its name, its title and each of its rows say
that it is for the regional group and not for publication (ADR 23).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.authority import Authority, Region
from schemas.catalogue import Indicator, Kind
from schemas.periods import Period
from services.gateway.core.document import Document
from services.gateway.core.wording import collection

CONDITIONS = (
    "For the regional group of directors only. Small counts are not suppressed. Not for "
    "publication."
)
INVENTED = "The authorities and their figures are invented."
MARK = "group-only_not-for-publication"
"""Ends each name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures: which part of an indicator's standing it holds, at how many places."""

    name: str
    label: str
    part: str
    indicator: Indicator
    unit: str
    decimals: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a set is of, and what that says of it without a look at its figures."""

    collection: str
    period: Period
    region: Region
    is_invented: bool = False

    @property
    def id(self) -> str:
        """What the set is called, which is its files' name, too."""
        return f"{self.collection}_{self.period}_{self.region.code}_{MARK}"

    @property
    def title(self) -> str:
        """What people call the set."""
        what = f"{collection(self.collection)}, {self.period.in_words()}, {self.region.name}"
        return f"{what}: for the regional group, not for publication"

    @property
    def conditions(self) -> str:
        """Who may have the set, and for what."""
        return f"{INVENTED} {CONDITIONS}" if self.is_invented else CONDITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet(Heading):
    """A region's quarter: ``standings`` has each authority's document, None where it has none."""

    indicators: Sequence[Indicator]
    authorities: Sequence[Authority]
    standings: Mapping[str, Document | None]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of figures, in the order of the catalogue."""
        return tuple(column for each in self.indicators for column in _columns(each))


def _columns(indicator: Indicator) -> Iterator[Column]:
    """Yield the counts as they were returned and what they come to; a plain count is both."""
    code, name = indicator.code.lower(), f"{indicator.code} {indicator.name}"
    counted = Column(
        name=f"{code}_numerator",
        label=f"{name}: numerator",
        part="numerator",
        indicator=indicator,
        unit="",
        decimals=indicator.numerator_decimals,
        description=indicator.numerator,
    )
    if indicator.kind is Kind.COUNT:
        label = f"{name}: {indicator.unit_in_words}"
        yield replace(counted, name=f"{code}_count", label=label)
        return
    yield counted
    if indicator.sends_denominator:
        yield replace(
            counted,
            name=f"{code}_denominator",
            label=f"{name}: denominator",
            part="denominator",
            decimals=indicator.denominator_decimals,
            description=indicator.denominator,
        )
    percent = indicator.unit == "%"
    kind = f"{indicator.kind}" if percent else f"{indicator.kind}, {indicator.unit_in_words}"
    yield replace(
        counted,
        name=f"{code}_{indicator.kind}",
        label=f"{name}: {kind}",
        part="value",
        unit="%" if percent else "",
        decimals=indicator.decimals,
        description=f"{indicator.numerator} / {indicator.denominator}, "
        f"{indicator.unit_in_words}; of this quarter alone",
    )
