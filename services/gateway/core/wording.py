"""The words and figures of the pages: rounding, units, periods and what each state is called.

Figures are rounded half away from zero at the catalogue's decimals; nothing is rounded before.
"""

from functools import lru_cache

from schemas.catalogue import COLLECTIONS, Accumulates, Indicator, Kind
from schemas.errors import UnknownPeriod
from schemas.numbers import round_half_up
from schemas.periods import Period, PeriodKind

DOMAINS = {
    "CIN": "Children in need",
    "CIN deep-dive": "Children in need: deep dive",
    "CP": "Child protection",
    "CLA": "Children looked after",
    "CME": "Children missing education",
    "SEND": "Special educational needs and disabilities",
}
RETURNED = {
    "in_time": "Returned",
    "returned_late": "Returned late",
    "awaited": "Awaited",
    "late": "Late",
    "not_returned": "Not returned",
}
RETURN_STATES = {
    "needs_explanation": "To be explained",
    "accepted_provisional": "Provisional",
    "signed_off": "Signed off",
    "superseded": "Superseded",
    "withdrawn": "Withdrawn",
    "locked": "Locked",
}
FLAGS = {
    "as_expected": "As expected",
    "amber": "Amber",
    "red": "Red",
    "better": "Green, better than expected",
    "much_better": "Green, much better than expected",
    "high": "Higher than expected",
    "very_high": "Much higher than expected",
    "low": "Lower than expected",
    "very_low": "Much lower than expected",
    "not_assessed": "Not assessed",
}
FLAG_SENTENCES = {
    "as_expected": "Within the range that councils normally differ by.",
    "amber": "Fewer than 1 in 40 councils behaving typically would be this far to the worse side.",
    "red": "Fewer than 1 in 1,000 councils behaving typically would be this far to the worse side.",
    "better": "Fewer than 1 in 40 councils behaving typically would be this good.",
    "much_better": "Fewer than 1 in 1,000 councils behaving typically would be this good.",
    "high": "Fewer than 1 in 40 councils behaving typically would be this high.",
    "very_high": "Fewer than 1 in 1,000 councils behaving typically would be this high.",
    "low": "Fewer than 1 in 40 councils behaving typically would be this low.",
    "very_low": "Fewer than 1 in 1,000 councils behaving typically would be this low.",
    "not_assessed": "The figure is shown and not judged.",
}
STATES = {
    "reported": "Reported",
    "not_returned": "Not returned",
    "late": "Late: due and not yet returned",
    "missing": "Not available",
    "suppressed": "Suppressed, because the number is small",
    "unreliable": "Unreliable",
    "not_applicable": "Not applicable",
}
SYMBOLS = {
    "z": "Not applicable",
    "x": "Not available",
    "c": "Suppressed, because the number is small",
    "u": "Unreliable",
    "low": "Rounds to zero but is not zero",
    "k": "Rounds to zero but is not zero",
}
LEVELS = {
    "error": ("Error", "The return is not taken until this is put right."),
    "query": (
        "Query",
        "The return is taken. The figure is marked until it is explained or corrected.",
    ),
    "notice": ("Notice", "The return is taken, and nothing has to be done."),
}
SEVERITIES = {
    "watch": ("Watch", "Shown, and nobody is told"),
    "concern": ("Concern", "The region's group and the authority are told"),
    "escalate": ("Escalate", "Told again: it has lasted, or stands beside another"),
}
ALERT_STATES = {
    "open": "Open",
    "acknowledged": "Seen by the authority",
    "cleared": "Cleared",
    "withdrawn": "Withdrawn",
}
MINUS = "−"


@lru_cache(maxsize=1 << 15)
def number(value: float | None, decimals: int) -> str:
    """Return a figure as pages write it: thousands by commas, a true minus, "–" for none."""
    if value is None:
        return "–"
    rounded = round_half_up(value, decimals)
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def size(move: float, decimals: int) -> str:
    """Return how large a move is; one that rounds to nothing is "under" the last place."""
    text = number(abs(move), decimals)
    return text if text.strip("0.") else f"under {number(10.0**-decimals, decimals)}"


def figure(value: float | None, indicator: Indicator) -> str:
    """Return a value of an indicator with its sign of per cent, if it has one."""
    text = number(value, indicator.decimals)
    return f"{text}%" if indicator.unit == "%" and value is not None else text


def count(value: float | None) -> str:
    """Return a count: whole where it is whole, else at one place (full-time equivalents)."""
    if value is None:
        return "–"
    return number(value, 0 if float(value).is_integer() else 1)


def counts(numerator: float | None, denominator: float | None, indicator: Indicator) -> str:
    """Say what a figure was made from; empty where the numerator is not known.

    Only a share is "of" its denominator: a rate is in a population, and days lost, scores and
    cases are held against people whom they are no part of.
    """
    if numerator is None:
        return ""
    over, under = count(numerator), count(denominator)
    own = indicator.denominator.partition(" (")[0]
    if denominator is None:
        return over
    if indicator.population is not None:
        return f"{over} in a population of {under} aged {indicator.population.replace('-', ' to ')}"
    if indicator.accumulates is Accumulates.FLOW_OVER_STOCK:
        return f"{over} {indicator.numerator}, {under} {own} on average"
    if indicator.kind is Kind.PERCENTAGE:
        return f"{over} of {under}"
    return f"{indicator.numerator}: {over}; {own}: {under}"


def percent(share: float | None) -> str:
    """Return a share of one in whole per cent."""
    return "–" if share is None else f"{number(share * 100, 0)}%"


def unit(indicator: Indicator) -> str:
    """Return an indicator's unit in words."""
    return indicator.unit_in_words


def domain(name: str) -> str:
    """Return a domain in full."""
    return DOMAINS.get(name, name)


def collection(name: str) -> str:
    """Return what people call a collection."""
    return COLLECTIONS.get(name, name)


def period(text: str | None) -> str:
    """Return a period in words; a text that is no period stays as it is."""
    if text is None:
        return "–"
    try:
        return Period.parse(text).in_words()
    except UnknownPeriod:
        return text


def source(text: str) -> str:
    """Return where a figure is from in words: "Year ending September 2025, published"."""
    known, published, _ = text.partition(" published")
    return f"{period(known)}, published" if published else period(known)


def short_period(text: str) -> str:
    """Return a period as narrow as an axis needs it: "Q2 2026–27"."""
    try:
        found = Period.parse(text)
    except UnknownPeriod:
        return text
    if found.kind is PeriodKind.YEAR_ENDING:
        return f"{found.ends:%b} {found.year}"
    year, _, part = str(found).partition("-Q")
    return f"Q{part} {year.replace('-', '–')}" if part else text.replace("-", "–", 1)


def day(text: str | None) -> str:
    """Return a day or moment as "14 November 2026", with the time of day where it has one."""
    if not text:
        return "–"
    year, month, rest = text.split("-", 2)
    name = _MONTHS[int(month) - 1]
    clock = f" at {rest[3:8]} UTC" if "T" in rest else ""
    return f"{int(rest[:2])} {name} {year}{clock}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 return", "3 returns"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
