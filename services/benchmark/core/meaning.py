"""Meaning: what a comparison says of the indicator it names, held against the catalogue."""

from collections.abc import Mapping

from schemas.catalogue import Indicator, Kind, Polarity
from schemas.events import Flag
from services.benchmark.core.expression import Comparison, Holds, Number, Unit
from services.benchmark.core.facts import Function

_DIRECTED = frozenset({Flag.AMBER, Flag.RED, Flag.BETTER, Flag.MUCH_BETTER})
_UNDIRECTED = frozenset({Flag.HIGH, Flag.VERY_HIGH, Flag.LOW, Flag.VERY_LOW})
_BALANCED = frozenset({"CP05", "LA01"})


def check_meaning(leaf: Comparison | Holds, catalogue: Mapping[str, Indicator]) -> str | None:
    """Return why the comparison can say nothing of its indicator, None where it can."""
    code = leaf.measure.indicator
    if code is None:
        return None
    if code not in catalogue:
        return f"there is no indicator “{code}” in the catalogue; write a code such as CP04"
    if leaf.measure.function is Function.BALANCE and code not in _BALANCED:
        known = " and ".join(sorted(_BALANCED))
        return f"{code} has no flows that lead to it; balance is of {known}"
    if isinstance(leaf, Holds):
        return None
    if isinstance(leaf.operand, Number):
        return _check_unit(leaf, leaf.operand.unit, catalogue[code])
    return _check_direction(leaf, leaf.operand, catalogue[code])


def _check_unit(leaf: Comparison, unit: Unit, indicator: Indicator) -> str | None:
    if indicator.kind is Kind.PERCENTAGE:
        return None
    if unit is Unit.POINTS:
        return f"{indicator.code} is in {indicator.unit}, not in per cent: leave “pp” out"
    if unit is Unit.PERCENT and leaf.measure.function is Function.VALUE:
        return f"{indicator.code} is in {indicator.unit}, not in per cent: leave “%” out"
    return None


def _check_direction(leaf: Comparison, word: str, indicator: Indicator) -> str | None:
    neutral = indicator.polarity is Polarity.NEUTRAL
    if neutral and leaf.measure.function is Function.BAND:
        return f"{indicator.code} is neither good nor bad when high, so it has no band"
    if word in (_DIRECTED if neutral else _UNDIRECTED):
        usual = "high and low" if neutral else "amber, red and better"
        return f"{indicator.code} is never “{word}”; its flags are {usual}"
    return None
