"""One cell of the rug: value, letter, shape and words all say it; colour is the fourth way.

An indicator without a good side is never red, amber or green: it is higher, similar or lower.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from schemas.catalogue import Indicator, Polarity
from schemas.events import State
from services.gateway.core import wording
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


Verdict = tuple[Tone, str, str]
"""Tone, mark and word of a figure."""


class Cell(NamedTuple):
    """What stands in a cell; a tuple, because a rug has a thousand.

    ``mark`` is shape and letter, ``second`` the line below the value, ``said`` what the authority
    answered to a query on the figure.
    """

    tone: Tone
    mark: str
    value: str
    second: str
    words: str
    provisional: bool = False
    queried: bool = False
    alert: str | None = None
    said: str = ""


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
_UNASSESSED = (Tone.UNASSESSED, "", "Not assessed")
_ALONE = (Tone.UNASSESSED, "", "This quarter only, not compared")
_SIDES = {
    Polarity.HIGH: ("better than", "worse than"),
    Polarity.LOW: ("worse than", "better than"),
    Polarity.NEUTRAL: ("higher than", "lower than"),
}
_ARROWS = {"up": "↑", "down": "↓"}


def judge(indicator: Indicator, england: Mapping[str, Any] | None, *, show: Show) -> Verdict:
    """Return tone, mark and word of a figure that has a value.

    What cannot be judged, or by a measure that does not fit the indicator's polarity, is
    unassessed: no colour rather than a wrong one.
    """
    return _look_up(_verdicts(indicator, show), england, show.value)


class Gauge:
    """Makes the cells of one indicator: what they are judged by and held against is theirs alike.

    ``region`` is the region's own value; ``absence`` is the state of a figure whose return is not
    in, which says whether that is late already.
    """

    def __init__(
        self,
        indicator: Indicator,
        *,
        show: Show,
        comparator: Comparator,
        region: float | None,
        absence: str = State.NOT_RETURNED,
    ) -> None:
        """Find out once what all cells need."""
        name = COMPARATORS[comparator]
        self._decimals = indicator.decimals
        self._verdicts = _verdicts(indicator, show)
        self._judged_by = show.value
        self._block = comparator.value
        self._shared = {"value": region} if comparator is Comparator.REGION else None
        self._shows_other = comparator is not Comparator.ENGLAND
        self._above, self._below = (f", {side} {name}" for side in _SIDES[indicator.polarity])
        self._same = f", the same as {name}"
        self._absent = {"state": absence}

    def cell(
        self,
        standing: Mapping[str, Any] | None,
        *,
        provisional: bool,
        alert: str | None = None,
        said: str = "",
    ) -> Cell:
        """Return the cell of one authority; ``standing`` is None before any return."""
        if standing is None:
            return _missing(self._absent, provisional=False, alert=alert)
        comparison = standing.get("comparison")
        compared = comparison.get("value") if comparison else None
        value = standing.get("value") if compared is None else compared
        if value is None:
            return _missing(standing, provisional=provisional, alert=alert)
        text = wording.number(value, self._decimals)
        line = beside = ""
        if compared is None:
            tone, mark, word = _ALONE
            text = f"{text} q"
        else:
            tone, mark, word = _look_up(self._verdicts, standing.get("england"), self._judged_by)
            line, beside = self._beside(standing, compared, text)
        arrow, move = _move(standing.get("change"), self._decimals)
        words = f"{word}{beside}{move}"
        queried = bool(standing.get("open_query"))
        if queried:
            words += ", query open"
        if provisional:
            words += ", provisional"
        second = f"{arrow} {line}".strip()
        return Cell(tone, mark, text, second, words, provisional, queried, alert, said)

    def _beside(self, standing: Mapping[str, Any], value: float, text: str) -> tuple[str, str]:
        """Return the line and the words that hold a value against another, as both are published.

        Both are empty where the comparator has no value.
        """
        block = self._shared or standing.get(self._block)
        other = block.get("value") if block else None
        if other is None:
            return "", ""
        theirs = wording.number(other, self._decimals)
        line = f"v {theirs}" if self._shows_other else ""
        if theirs == text:
            return line, self._same
        return line, self._above if value > other else self._below


def absent(standing: Mapping[str, Any]) -> str:
    """Say why there is no value; of counts that were returned, why none can be worked out."""
    state, symbol = str(standing["state"]), wording.SYMBOLS.get(str(standing.get("symbol")))
    if symbol or state != State.REPORTED:
        return symbol or wording.STATES[state]
    said = reason(standing.get("reason"))
    return f"No value can be worked out: {said}" if said else "No value can be worked out"


def _missing(standing: Mapping[str, Any], *, provisional: bool, alert: str | None) -> Cell:
    """Return a cell without a value: its symbol, "late" where that is due, else a dash."""
    alone = "late" if standing["state"] == State.LATE else "–"
    return Cell(
        tone=Tone.MISSING,
        mark="",
        value=standing.get("symbol") or alone,
        second="",
        words=absent(standing),
        provisional=provisional,
        alert=alert,
    )


def _verdicts(indicator: Indicator, show: Show) -> Mapping[str, Verdict]:
    neutral = indicator.polarity is Polarity.NEUTRAL
    if show is Show.BAND:
        return {} if neutral else _BANDS
    return _NEUTRAL if neutral else _DIRECTED


def _look_up(
    verdicts: Mapping[str, Verdict], england: Mapping[str, Any] | None, judged_by: str
) -> Verdict:
    return verdicts.get(str(england.get(judged_by)), _UNASSESSED) if england else _UNASSESSED


def _move(change: Mapping[str, Any] | None, decimals: int) -> tuple[str, str]:
    """Return arrow and words of a move since last quarter, both empty where none is known."""
    if not change or change.get("by") is None:
        return "", ""
    direction = change.get("arrow")
    if direction == "level":
        return "→", ", no change since last quarter"
    if direction not in _ARROWS:
        return "", ""
    size = wording.size(change["by"], decimals)
    return f"{_ARROWS[direction]} {size}", f", {direction} {size} since last quarter"
