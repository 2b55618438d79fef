"""Figures in words: a value in its unit, where it stands, and what the exact test says of it.

The sentences are the same wherever a figure is explained, and none says more than the test does:
unlikely by chance is not the same as bad.
"""

from schemas.events import Evidence, Flag, Neighbours, Standing
from schemas.numbers import round_half_up
from schemas.periods import Period, PeriodKind
from schemas.reference import Indicator, Polarity

_FEW = 30
_UNITS = {
    "%": "%",
    "/10k": " per 10,000 {whom}",
    "/100k": " per 100,000 {whom}",
    "FTE": " full-time equivalents",
}
_WHOM = {
    "0-17": "children",
    "0-25": "people aged 0 to 25",
    "5-16": "children aged 5 to 16",
    "10-17": "young people aged 10 to 17",
    "16-17": "young people aged 16 to 17",
}
_ODDS = {
    Flag.AMBER: "1 in 40",
    Flag.RED: "1 in 1,000",
    Flag.BETTER: "1 in 40",
    Flag.MUCH_BETTER: "1 in 1,000",
    Flag.HIGH: "1 in 40",
    Flag.VERY_HIGH: "1 in 1,000",
    Flag.LOW: "1 in 40",
    Flag.VERY_LOW: "1 in 1,000",
}
_HIGH = frozenset({Flag.HIGH, Flag.VERY_HIGH})
_LOW = frozenset({Flag.LOW, Flag.VERY_LOW})
_GOOD = frozenset({Flag.BETTER, Flag.MUCH_BETTER})
NOT_KNOWN = "not known"


def say_period(text: str) -> str:
    """Return a period as it stands within a sentence: "quarter 2 of 2026 to 2027"."""
    period = Period.parse(text)
    if period.kind is PeriodKind.QUARTER:
        return f"quarter {period.part} of {period.year} to {period.year + 1}"
    words = period.in_words()
    return words[:1].lower() + words[1:]


def say_number(value: float, *, decimals: int) -> str:
    """Return a number as it is published: half away from zero, with thousands set apart."""
    return f"{round_half_up(value, decimals):,.{max(decimals, 0)}f}"


def say_value(value: float | None, indicator: Indicator) -> str:
    """Return a value in the indicator's unit: "25.9%", "66.1 per 10,000 children"."""
    if value is None:
        return NOT_KNOWN
    unit = _UNITS.get(indicator.unit, "").format(
        whom=_WHOM.get(indicator.population or "", "people")
    )
    return say_number(value, decimals=indicator.decimals) + unit


def level(standing: Standing) -> float | None:
    """Return the value that is compared: of four quarters for a flow, else as returned."""
    return standing.comparison.value if standing.comparison else standing.value


def say_level(evidence: Evidence, indicator: Indicator) -> str:
    """Return the value that is compared, with the number of quarters it rests on."""
    standing = evidence.standing
    said = say_value(level(standing), indicator)
    rolling = indicator.accumulates.startswith("flow") and evidence.basis == "in-year"
    if standing.comparison is None or not rolling:
        return said
    quarters = standing.comparison.quarters
    return f"{said} ({quarters} quarters)" if quarters > 1 else f"{said} (1 quarter)"


def say_england(standing: Standing, indicator: Indicator) -> str:
    """Return England's value and what it is of: "22.6% (2024-25 published)"."""
    england = standing.england
    if england is None or england.value is None:
        return NOT_KNOWN
    source = f" ({england.source})" if england.source else ""
    return say_value(england.value, indicator) + source


def say_neighbours(neighbours: Neighbours | None, indicator: Indicator) -> str:
    """Return the statistical neighbours' value, how many it is of, and its year if published."""
    if neighbours is None or neighbours.value is None:
        return NOT_KNOWN
    basis = "this quarter" if neighbours.basis == "in-year" else f"{neighbours.year} published"
    count = f"{neighbours.used} of {neighbours.of} authorities"
    value = say_value(neighbours.value, indicator)
    return f"{value} ({neighbours.statistic} of {count}, {basis})"


def say_place(standing: Standing) -> str:
    """Return the rank and the band as DfE gives them: "118 of 153, band D"."""
    england = standing.england
    if england is None or england.rank is None:
        return "not ranked"
    band = f", band {england.band}" if england.band else ""
    return f"{england.rank} of {england.ranked}{band}"


def say_flag(standing: Standing, indicator: Indicator) -> str:
    """Return what the exact test says of the value beside England, in a sentence or two."""
    flag = standing.england.flag if standing.england else Flag.NOT_ASSESSED
    if flag is Flag.NOT_ASSESSED:
        return f"Not tested: {standing.reason}." if standing.reason else "Not tested."
    if flag is Flag.AS_EXPECTED:
        return _say_expected(standing, indicator)
    high = _is_high(flag, indicator)
    side, how = ("Higher", "high") if high else ("Lower", "low")
    good = " That is the better side." if flag in _GOOD else ""
    odds = f"Fewer than {_ODDS[flag]} councils behaving typically would be this {how}."
    return f"{side} than expected. {odds}{good}"


def _is_high(flag: Flag, indicator: Indicator) -> bool:
    if flag in _HIGH or flag in _LOW:
        return flag in _HIGH
    return (indicator.polarity is Polarity.LOW) is not (flag in _GOOD)


def _say_expected(standing: Standing, indicator: Indicator) -> str:
    few = standing.comparison.denominator if standing.comparison else None
    if few is not None and indicator.population is None and 0 < few < _FEW:
        return f"Based on {few:g} {indicator.denominator}: too few to tell."
    value, england = level(standing), standing.england.value if standing.england else None
    within = "within the range councils normally differ by."
    if value is None or england is None:
        return f"W{within[1:]}"
    value, england = (round_half_up(x, indicator.decimals) for x in (value, england))
    if value == england:
        return f"At the England average, and {within}"
    return f"{'Above' if value > england else 'Below'} the England average, but {within}"
