"""What an indicator counts, in words for whoever fills a return in."""

from schemas.catalogue import Accumulates, Indicator, Kind
from schemas.events import Observation

_NOTHING = "nothing: leave it blank"
_COUNTED = {
    Accumulates.FLOW: "over the quarter",
    Accumulates.STOCK: "on the last day of the quarter",
    Accumulates.WINDOW: "over the twelve months that end with the quarter",
    Accumulates.FLOW_OVER_STOCK: "numerator over the quarter, denominator as it stood in it",
}


def counted(indicator: Indicator) -> str:
    """Return over which time, or on which day, an indicator is counted."""
    return _COUNTED[indicator.accumulates]


def last_quarter(said: Observation | None) -> str | int | float | None:
    """Return what was returned last, as one cell that is no figure of its own: "77 of 94"."""
    if said is None or said.numerator is None:
        return said.symbol if said else None
    return said.numerator if said.denominator is None else f"{said.numerator} of {said.denominator}"


def denominator_counts(indicator: Indicator) -> str:
    """Return what the denominator counts; where the sender gives none, that it is left blank."""
    if indicator.population is not None:
        ages = indicator.population.replace("-", " to ")
        return f"people aged {ages}, from the estimate in force: leave it blank"
    return indicator.denominator if indicator.has_denominator else _NOTHING


def definition(indicator: Indicator) -> str:
    """Return in a sentence how the value comes from the counts."""
    counted = f"{indicator.numerator[:1].upper()}{indicator.numerator[1:]}"
    if indicator.population is not None:
        ages = indicator.population.replace("-", " to ")
        return f"{counted}, for every {indicator.factor:,.0f} people aged {ages}."
    if not indicator.has_denominator:
        return f"{counted}."
    if indicator.kind is Kind.PERCENTAGE:
        return f"{counted}, as a percentage of: {indicator.denominator}."
    return f"{counted}, divided by: {indicator.denominator}."
