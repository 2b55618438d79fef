"""Conditions in words: what a rule asked of a figure, what it found, and whether that was met.

A condition stands in the log as the rule's own text, such as ``pos(FD04) >= 0.67``. One of a form
that is not known here is shown as it stands, never left out.
"""

import re
from collections.abc import Callable, Mapping

from schemas.events import Condition, Result
from schemas.reference import Indicator, Kind, Polarity
from services.alerts.core.figure import say_number, say_period, say_value

_Value = float | str | bool | None
_Say = Callable[[_Value], str]
_FORM = re.compile(r"(?P<function>\w+)\((?P<indicator>\w*)\)(?: (?P<sign>>=|<=|!=|>|<|=) .+)?")
_SIGNS = {
    ">=": "{} or more",
    ">": "more than {}",
    "<=": "{} or less",
    "<": "less than {}",
    "=": "{}",
    "!=": "anything but {}",
}
_RESULTS = {
    Result.FIRED: "Met.",
    Result.NOT_FIRED: "Not met.",
    Result.NOT_ASSESSABLE: "Could not be assessed",
}
_SINCE = {
    "d4": "than in the same quarter a year before",
    "d8": "than in the same quarter two years before",
    "move": "than in the quarter before",
}
_YES = {
    "late": ("the return came late or not at all", "the return came in time"),
    "missing": ("no usable figure", "a usable figure"),
    "explained": ("explained by the authority", "not explained by the authority"),
    "queried": ("a query on it is open", "no query on it is open"),
}


def say_condition(condition: Condition, catalogue: Mapping[str, Indicator]) -> str:
    """Return one condition as a few short sentences."""
    found = _FORM.fullmatch(condition.expression)
    function = found["function"] if found else ""
    indicator = catalogue.get(found["indicator"]) if found else None
    measure = _measure(function, indicator)
    if found is None or measure is None:
        return f"{condition.expression}{_plainly(condition)}. {_outcome(condition)}"
    place = f"{indicator.name if indicator else 'Return'}, {say_period(condition.period)}"
    if condition.basis == "published":
        place += " (published)"
    told = f": {measure(condition.value)}" if condition.value is not None else ""
    return f"{place}{told}. {_asked(condition, found, indicator)}{_outcome(condition)}"


def _plainly(condition: Condition) -> str:
    """Return the numbers of a condition of an unknown form, as they stand."""
    if isinstance(condition.value, float) and isinstance(condition.threshold, float):
        return f": {condition.value:g}, where the rule asks for {condition.threshold:g}"
    return ""


def _outcome(condition: Condition) -> str:
    said = _RESULTS[condition.result]
    if condition.result is not Result.NOT_ASSESSABLE:
        return said
    return f"{said}: {condition.reason}." if condition.reason else f"{said}."


def _asked(condition: Condition, found: re.Match[str], indicator: Indicator | None) -> str:
    """Return what the rule asks for, shorter than what was found: the measure was just named."""
    if found["sign"] is None or condition.threshold is None or indicator is None:
        return ""
    line = _line(found["function"], condition.threshold, indicator)
    return f"The rule asks for {_SIGNS[found['sign']].format(line)}. "


def _line(function: str, threshold: _Value, indicator: Indicator) -> str:
    if function in _SINCE:
        unit = " percentage points" if indicator.kind is Kind.PERCENTAGE else ""
        return say_number(_number(threshold), decimals=indicator.decimals) + unit
    if function in {"sn", "balance"}:
        return f"{_hundredths(threshold)}%"
    if function == "pos":
        return _hundredths(threshold)
    if function in {"z", "outlier"}:
        return f"{_number(threshold):g}"
    if function == "value":
        return say_value(_number(threshold), indicator)
    return f"“{str(threshold).replace('_', ' ')}”"


def _measure(function: str, indicator: Indicator | None) -> _Say | None:
    """Return how values of a function are said, None for one that is not known here."""
    if function in _YES:
        yes, no = _YES[function]
        return lambda value: yes if value is True else no
    if indicator is None:
        return None
    if function in _SINCE:
        return lambda value: f"{_change(value, indicator)} {_SINCE[function]}"
    sayings: dict[str, _Say] = {
        "value": lambda value: say_value(_number(value), indicator),
        "pos": lambda value: f"{_worse(indicator)} than {_hundredths(value)} in 100 authorities",
        "sn": lambda value: f"{_share(value, indicator)} than its statistical neighbours",
        "z": lambda value: f"a score of {say_number(_number(value), decimals=1)} in the exact test",
        "flag": lambda value: f"“{str(value).replace('_', ' ')}” by the exact test",
        "band": lambda value: f"band “{value}”",
        "balance": lambda value: f"a break of {_hundredths(value)}% between stock and flows",
        "outlier": lambda value: (
            f"{say_number(_number(value), decimals=1)} times its usual spread "
            "from its own earlier figures"
        ),
    }
    return sayings.get(function)


def _number(value: _Value) -> float:
    return float(value) if value is not None else 0.0


def _hundredths(value: _Value) -> str:
    return say_number(100 * _number(value), decimals=0)


def _worse(indicator: Indicator, *, better: bool = False) -> str:
    if indicator.polarity is Polarity.NEUTRAL:
        return "lower" if better else "higher"
    return "better" if better else "worse"


def _share(value: _Value, indicator: Indicator) -> str:
    number = _number(value)
    return f"{_hundredths(abs(number))}% {_worse(indicator, better=number < 0)}"


def _change(value: _Value, indicator: Indicator) -> str:
    number = _number(value)
    size = say_number(abs(number), decimals=indicator.decimals)
    unit = " percentage points" if indicator.kind is Kind.PERCENTAGE else ""
    return f"{size}{unit} {_worse(indicator, better=number < 0)}"
