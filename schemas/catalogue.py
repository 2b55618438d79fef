"""The indicator catalogue: what is counted, how it adds up over time and which way is better."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

COLLECTIONS = {
    "riia-quarterly": "Quarterly return",
    "early-help-quarterly": "Early help return",
    "regional-quarterly": "Regional return",
}
"""What people call a collection."""


class Kind(StrEnum):
    """What the figure is, which decides the test that a flag rests on."""

    RATE = "rate"
    PERCENTAGE = "percentage"
    RATIO = "ratio"
    MEAN = "mean"
    COUNT = "count"


class Polarity(StrEnum):
    """Which way is good: high, low, or neither (shown in blue, never red or green)."""

    HIGH = "H"
    LOW = "L"
    NEUTRAL = "N"


class Accumulates(StrEnum):
    """How four quarters make the comparison value.

    ``flow`` sums numerators and denominators, ``flow_over_stock`` sums numerators over the mean
    denominator; ``stock`` and ``window`` (already twelve months) stand as returned.
    """

    FLOW = "flow"
    STOCK = "stock"
    WINDOW = "window"
    FLOW_OVER_STOCK = "flow_over_stock"


_UNITS = {
    "/10k": "per 10,000",
    "/100k": "per 100,000",
    "count": "number",
    "FTE": "full-time equivalents",
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a released catalogue.

    A value is ``numerator / denominator * factor`` in ``unit``; it is published and ranked at
    ``decimals``. ``population`` names the age band ("0-17") whose mid-year estimate is the
    denominator; None where the sender gives the denominator, or where there is none (it then
    reads "-"). ``lait_code`` is the measure's name in DfE's LAIT, None where LAIT has none.
    """

    code: str
    name: str
    domain: str
    numerator: str
    denominator: str
    unit: str
    kind: Kind
    polarity: Polarity
    accumulates: Accumulates
    factor: float
    decimals: int
    collection: str
    population: str | None
    sets: tuple[str, ...]
    lait_code: str | None
    source: str

    @property
    def has_denominator(self) -> bool:
        """Whether the indicator divides by something at all (a plain count does not)."""
        return self.denominator != "-"

    @property
    def sends_denominator(self) -> bool:
        """Whether the sender gives the denominator: no count has one, a population is in force."""
        return self.has_denominator and self.population is None

    @property
    def numerator_decimals(self) -> int:
        """How many decimals the numerator may have: one also for a sum of scores."""
        return 1 if self.kind is Kind.MEAN else _decimals(self.numerator)

    @property
    def denominator_decimals(self) -> int:
        """How many decimals the denominator may have."""
        return _decimals(self.denominator)

    @property
    def unit_in_words(self) -> str:
        """The unit as people say it."""
        return _UNITS.get(self.unit, self.unit)


def _decimals(counted: str) -> int:
    """Return one for FTE and working days; children, referrals, plans and cases are whole."""
    return 1 if "FTE" in counted or "working days" in counted else 0


def read_catalogue(text: str) -> Mapping[str, Indicator]:
    """Read a released catalogue (CSV, in the order in which indicators are shown)."""
    rows = csv.DictReader(io.StringIO(text))
    return MappingProxyType({row["code"]: _indicator(row) for row in rows})


def _indicator(row: Mapping[str, str]) -> Indicator:
    return Indicator(
        code=row["code"],
        name=row["name"],
        domain=row["domain"],
        numerator=row["numerator"],
        denominator=row["denominator"],
        unit=row["unit"],
        kind=Kind(row["kind"]),
        polarity=Polarity(row["polarity"]),
        accumulates=Accumulates(row["accumulates"]),
        factor=float(Fraction(row["factor"])),
        decimals=int(row["decimals"]),
        collection=row["collection"],
        population=row["population"] or None,
        sets=tuple(row["sets"].split(";")) if row["sets"] else (),
        lait_code=row["lait_code"] or None,
        source=row["source"],
    )
