"""One standing as a line of a table: every figure rounded and every state in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.catalogue import Indicator
from schemas.events import State
from services.gateway.core import wording
from services.gateway.core.cell import Show, Tone, absent, judge
from services.gateway.core.reason import reason
from services.gateway.core.sentence import difference

_WORDS = {
    Tone.RED: "▼ Red",
    Tone.AMBER: "● Amber",
    Tone.GREEN: "▲ Green",
    Tone.PLAIN: "As expected",
    Tone.SIMILAR: "Similar",
    Tone.UNASSESSED: "Not assessed",
}
_ARROWS = {"up": "↑", "down": "↓"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a table shows of a standing; ``tone`` chooses the colour of ``word``.

    ``value`` is the compared value, or the quarter's own where there is none; ``compared`` is
    never the quarter's own, and empty where only that is known.
    """

    period: str
    value: str
    alone: str
    compared: str
    word: str
    tone: str
    england: str
    neighbours: str
    beside: str
    region: str
    rank: str
    change: str


def make_line(item: Mapping[str, Any], indicator: Indicator) -> Line:
    """Return the line of a standing as the API says it."""
    comparison, england = item.get("comparison") or {}, item.get("england") or {}
    region, neighbours = item.get("region") or {}, item.get("neighbours") or {}
    value = comparison.get("value")
    tone, word = judged(item, indicator)
    shown = value if value is not None else item.get("value")
    text = wording.figure(shown, indicator)
    said = item["symbol"] if shown is None and item.get("symbol") else text
    return Line(
        period=item["period"],
        value=said,
        compared="" if value is None and shown is not None else said,
        alone=item["symbol"] or wording.figure(item.get("value"), indicator),
        word=word,
        tone=tone,
        england=wording.figure(england.get("value"), indicator),
        neighbours=wording.figure(neighbours.get("value"), indicator),
        beside=difference(item, indicator),
        region=wording.figure(region.get("value"), indicator),
        rank=f"{england['rank']} of {england['ranked']}" if england.get("rank") else "–",
        change=moved(item.get("change"), indicator),
    )


def judged(item: Mapping[str, Any], indicator: Indicator) -> tuple[str, str]:
    """Return the class of a tag and its words: how the figure is judged, or why it is not there."""
    comparison = item.get("comparison") or {}
    if item.get("value") is None and comparison.get("value") is None:
        return "plain", _absent(item)
    if comparison.get("value") is None:
        return "plain", "One quarter only, not compared"
    tone, _, word = judge(indicator, item.get("england"), show=Show.FLAG)
    shown = str(tone) if tone in _COLOURED else "plain"
    return shown, _WORDS.get(tone, word)


def _absent(item: Mapping[str, Any]) -> str:
    """Return why there is no value, as short as a tag is."""
    said = reason(item.get("reason"))
    if item.get("symbol") or item["state"] != State.REPORTED or not said:
        return absent(item)
    return said[0].upper() + said[1:]


def moved(change: Mapping[str, Any] | None, indicator: Indicator) -> str:
    """Return the move since the last quarter, with whether it is more than chance where tested."""
    if not change or change.get("by") is None:
        return "–"
    arrow = str(change.get("arrow"))
    if arrow == "level":
        return "→ no change"
    text = f"{_ARROWS.get(arrow, '')} {wording.size(change['by'], indicator.decimals)}".strip()
    return f"{text}, significant on the year" if change.get("significant") else text


_COLOURED = frozenset({Tone.RED, Tone.AMBER, Tone.GREEN, Tone.HIGHER, Tone.LOWER})
