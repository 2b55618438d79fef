"""One cell of the rug: value, letter, shape and words all say it; colour is the fourth way.

An indicator without a good side is never red, amber or green: it is higher, similar or lower.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from schemas.catalogue import Indicator, Polarity
from schemas.events import State
from services.gateway.core import wording
from services.gateway.core.item.region import Pooled
from services.gateway.core.reason import reason


class Show(StrEnum):
    """What colours a cell: the exact test, or the place among authorities as DfE's LAIT has it."""

    FLAG = "flag"
    BAND = "band"


class Comparator(StrEnum):
    """What a cell's second figure and words hold the value against."""

    ENGLAND = "england"
    NEIGHBOURS = "neighbours"
    REGION = "region"


COMPARATORS = {
    Comparator.ENGLAND: "England",
    Comparator.NEIGHBOURS: "statistical neighbours",
    Comparator.REGION: "the region",
}


class Tone(StrEnum):
    """The class of a cell, which chooses its colour."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    HIGHER = "higher"
    SIMILAR = "similar"
    LOWER = "lower"
    PLAIN = "plain"
    MISSING = "missing"
    UNASSESSED = "unassessed"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. ``mark`` is shape and letter, ``second`` the line below the value."""

    tone: Tone
    mark: str
    value: str
    second: str
    words: str
    provisional: bool = False
    queried: bool = False
    alert: str | None = None


_DIRECTED = {
    "red": (Tone.RED, "▼ R", "Red"),
    "amber": (Tone.AMBER, "● A", "Amber"),
    "better": (Tone.GREEN, "▲ G", "Green, better than expected"),
    "much_better": (Tone.GREEN, "▲ G", "Green, much better than expected"),
    "as_expected": (Tone.PLAIN, "", "As expected"),
}
_NEUTRAL = {
    "high": (Tone.HIGHER, "◆ H", "Higher than expected"),
    "very_high": (Tone.HIGHER, "◆ H", "Much higher than expected"),
    "low": (Tone.LOWER, "◇ L", "Lower than expected"),
    "very_low": (Tone.LOWER, "◇ L", "Much lower than expected"),
    "as_expected": (Tone.SIMILAR, "", "Similar"),
}
_BANDS = {
    "A": (Tone.GREEN, "▲ A", "Green, band A, the best quarter of authorities"),
    "B": (Tone.PLAIN, "B", "Band B"),
    "C": (Tone.PLAIN, "C", "Band C"),
    "D": (Tone.RED, "▼ D", "Red, band D, the worst quarter of authorities"),
}
_ARROWS = {"up": "↑", "down": "↓", "level": "→"}
_MOVES = {"up": "up", "down": "down"}


def judge(
    indicator: Indicator, england: Mapping[str, Any] | None, *, show: Show
) -> tuple[Tone, str, str]:
    """Return tone, mark and word of a figure that has a value.

    What cannot be judged, or by a measure that does not fit the indicator's polarity, is
    unassessed: no colour rather than a wrong one.
    """
    said = england or {}
    unassessed = (Tone.UNASSESSED, "", "Not assessed")
    neutral = indicator.polarity is Polarity.NEUTRAL
    if show is Show.BAND:
        return unassessed if neutral else _BANDS.get(str(said.get("band")), unassessed)
    return (_NEUTRAL if neutral else _DIRECTED).get(str(said.get("flag")), unassessed)


def make_cell(
    standing: Mapping[str, Any] | None,
    indicator: Indicator,
    *,
    show: Show,
    comparator: Comparator,
    pooled: Pooled | None,
    provisional: bool,
    alert: str | None = None,
    absence: str = State.NOT_RETURNED,
) -> Cell:
    """Return the cell of one authority and indicator.

    ``standing`` is None before any return; ``absence`` says whether that is late already.
    """
    value = _value(standing)
    if standing is None or value is None:
        said = standing or {"state": absence}
        return _missing(said, provisional=provisional and standing is not None, alert=alert)
    comparison = standing.get("comparison")
    alone = comparison is None or comparison.get("value") is None
    if alone:
        tone, mark, word = Tone.UNASSESSED, "", "This quarter only, not compared"
    else:
        tone, mark, word = judge(indicator, standing.get("england"), show=show)
    beside = _beside(standing, indicator, comparator=comparator, pooled=pooled, value=value)
    move_line, move_words = _move(standing.get("change"), indicator)
    queried = bool(standing.get("open_query"))
    words = [word, beside[1], move_words, "query open" if queried else ""]
    if provisional:
        words.append("provisional")
    return Cell(
        tone=tone,
        mark=mark,
        value=wording.number(value, indicator.decimals) + (" q" if alone else ""),
        second=" ".join(filter(None, (move_line, beside[0]))),
        words=", ".join(filter(None, words)),
        provisional=provisional,
        queried=queried,
        alert=alert,
    )


def against(
    standing: Mapping[str, Any], *, comparator: Comparator, pooled: Pooled | None
) -> float | None:
    """Return the value that the comparator has, None where it has none."""
    if comparator is Comparator.REGION:
        return pooled.value if pooled else None
    block = standing.get("england" if comparator is Comparator.ENGLAND else "neighbours")
    return block.get("value") if block else None


def side(value: float, other: float, indicator: Indicator) -> str:
    """Return how a value stands beside another, as both would be published."""
    ours, theirs = (wording.number(v, indicator.decimals) for v in (value, other))
    if ours == theirs:
        return "the same as"
    higher = value > other
    if indicator.polarity is Polarity.NEUTRAL:
        return "higher than" if higher else "lower than"
    return "better than" if higher == (indicator.polarity is Polarity.HIGH) else "worse than"


def _value(standing: Mapping[str, Any] | None) -> float | None:
    if standing is None:
        return None
    comparison = standing.get("comparison") or {}
    found = comparison.get("value")
    return standing.get("value") if found is None else found


def absent(standing: Mapping[str, Any]) -> str:
    """Say why there is no value; of counts that were returned, why none can be worked out."""
    state, symbol = str(standing["state"]), wording.SYMBOLS.get(str(standing.get("symbol")))
    if symbol or state != State.REPORTED:
        return symbol or wording.STATES[state]
    said = reason(standing.get("reason"))
    return f"No value can be worked out: {said}" if said else "No value can be worked out"


def _missing(standing: Mapping[str, Any], *, provisional: bool, alert: str | None) -> Cell:
    return Cell(
        tone=Tone.MISSING,
        mark="",
        value=standing.get("symbol") or "–",
        second="",
        words=absent(standing),
        provisional=provisional,
        alert=alert,
    )


def _beside(
    standing: Mapping[str, Any],
    indicator: Indicator,
    *,
    comparator: Comparator,
    pooled: Pooled | None,
    value: float,
) -> tuple[str, str]:
    other = against(standing, comparator=comparator, pooled=pooled)
    if other is None or standing.get("comparison") is None:
        return "", ""
    name = COMPARATORS[comparator]
    line = (
        "" if comparator is Comparator.ENGLAND else f"v {wording.number(other, indicator.decimals)}"
    )
    return line, f"{side(value, other, indicator)} {name}"


def _move(change: Mapping[str, Any] | None, indicator: Indicator) -> tuple[str, str]:
    if not change or change.get("by") is None or change.get("arrow") not in _ARROWS:
        return "", ""
    arrow = str(change["arrow"])
    if arrow == "level":
        return _ARROWS[arrow], "no change since last quarter"
    size = wording.size(change["by"], indicator.decimals)
    return f"{_ARROWS[arrow]} {size}", f"{_MOVES[arrow]} {size} since last quarter"
