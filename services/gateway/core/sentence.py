"""Sentences that say a standing or a rug in words: the headline before every table."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.catalogue import Indicator
from schemas.errors import UnknownPeriod
from schemas.periods import Period
from services.gateway.core import wording
from services.gateway.core.cell import Tone
from services.gateway.core.reason import reason as words
from services.gateway.core.rug import Rug

_ODDS = {"amber": "40", "better": "40", "high": "40", "low": "40"}
_ODDS |= {"red": "1,000", "much_better": "1,000", "very_high": "1,000", "very_low": "1,000"}
_NAMED = 3


def verdict(standing: Mapping[str, Any]) -> str:
    """Say how a standing is judged and what that means, for people who are no analysts.

    The judgement has the name that tags and the rug give it.
    """
    england = standing.get("england") or {}
    comparison = standing.get("comparison") or {}
    flag, reason = england.get("flag", "not_assessed"), standing.get("reason")
    value, other = comparison.get("value"), england.get("value")
    if flag == "not_assessed" or value is None or other is None:
        return f"Not assessed: {_lower(words(reason))}." if reason else "Not assessed."
    if flag == "as_expected":
        return _expected(value, other)
    higher = value > other
    rare = (
        f"Fewer than 1 in {_ODDS[flag]} councils behaving typically would be this "
        f"{'high' if higher else 'low'}."
    )
    side = f", {'higher' if higher else 'lower'} than expected" if flag in {"amber", "red"} else ""
    return f"{wording.FLAGS[flag]}{side}. {rare}"


def rug_headline(rug: Rug, *, returned: int, period: str) -> str:
    """Say what a rug shows: who has returned, how much is red, and where most of it is."""
    of = len(rug.columns)
    who = "Every authority has" if returned == of else f"{returned} of {of} authorities have"
    start = f"{who} returned for {period}."
    tones = [cell.tone for row in rug.rows for cell in row.cells]
    figures, reds = len(tones) - tones.count(Tone.MISSING), tones.count(Tone.RED)
    if not figures:
        return start
    if not reds:
        return f"{start} None of the {figures:,} figures is red."
    most = sorted(rug.columns, key=lambda c: (-c.reds, c.name))
    named = [f"{c.name} ({c.reds})" for c in most if c.reds][:_NAMED]
    lead = "most in" if len([c for c in rug.columns if c.reds]) > len(named) else "in"
    is_are = "is" if reds == 1 else "are"
    return f"{start} {reds} of {figures:,} figures {is_are} red, {lead} {listed(named)}."


def asked(risks: int, strengths: int) -> str:
    """Count signatures of risk apart from those of strength; empty where there is neither."""
    if not risks:
        return f"{wording.plural(strengths, 'signature')} of strength" if strengths else ""
    beside = f" and {strengths} of strength" if strengths else ""
    return f"{wording.plural(risks, 'signature')} of risk{beside}"


def standing_headline(risks: int, strengths: int) -> str:
    """Say how many alerts are open, of risk and of strength."""
    if not risks + strengths:
        return "No alert is open."
    verb = "is" if risks + strengths == 1 else "are"
    return f"{asked(risks, strengths)} {verb} open."


def authority_headline(tones: Sequence[Tone], *, period: str, risks: int, strengths: int) -> str:
    """Say what an authority's figures for a period come to, and which alerts are open."""
    reds, ambers, greens = (tones.count(tone) for tone in (Tone.RED, Tone.AMBER, Tone.GREEN))
    lead = "none is red" if ambers else "none is red or amber"
    if reds:
        lead = f"{reds} {'is' if reds == 1 else 'are'} red"
    others = [f"{n} {word}" for n, word in ((ambers, "amber"), (greens, "green")) if n]
    said = ", ".join([lead, " and ".join(others)] if others else [lead])
    figures = f"Of {wording.plural(len(tones), 'figure')} for {period}, {said}."
    return f"{figures} {standing_headline(risks, strengths)}"


def awaited_headline(*, period: str, due: str | None, late: bool, closed: bool) -> str:
    """Say that an authority has not returned for a period, and whether that is late."""
    if late:
        return f"Late: due on {wording.day(due)} and not yet returned for {period}."
    if closed:
        return f"Not returned for {period}, which is closed."
    until = f", due by {wording.day(due)}" if due else ""
    return f"Not yet returned for {period}{until}."


def course(values: Mapping[str, float | None], indicator: Indicator) -> str:
    """Say where a series by period, the oldest first, is, and where it was a year before.

    A year before is the same quarter of the year before, or the year before; where that has no
    value nothing is said of it, for no other period stands in. A value that is not of the newest
    period is named with its own.
    """
    known = [period for period, value in values.items() if value is not None]
    if not known:
        return indicator.name
    when = "" if known[-1] == list(values)[-1] else f" in {wording.short_period(known[-1])}"
    last = f"{indicator.name}: {wording.figure(values[known[-1]], indicator)}{when}"
    try:
        before = values.get(str(Period.parse(known[-1]).year_before()))
    except UnknownPeriod:
        return last
    return last if before is None else f"{last}, {wording.figure(before, indicator)} a year before"


def difference(standing: Mapping[str, Any], indicator: Indicator) -> str:
    """Say how a value stands beside the neighbours' median."""
    block = standing.get("neighbours") or {}
    share = block.get("difference")
    if share is None or block.get("value") is None:
        return "–"
    size = wording.percent(abs(share))
    if size == "0%":
        return "About the same"
    words = ("higher", "lower") if indicator.polarity == "N" else ("worse", "better")
    return f"{size} {words[0] if share > 0 else words[1]}"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: "A, B and C"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _expected(value: float, other: float) -> str:
    if value == other:
        return "The same as England."
    side = "Above" if value > other else "Below"
    return f"{side} the England average, but within the range that councils normally differ by."


def _lower(reason: str) -> str:
    text = reason.rstrip(".")
    is_name = len(text) > 1 and text[1].isupper()
    return text if is_name else text[0].lower() + text[1:]
