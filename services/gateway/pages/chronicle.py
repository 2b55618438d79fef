"""What happened to an alert and who was told, in words."""

from collections.abc import Mapping
from typing import Any

from services.gateway.core import wording
from services.gateway.core.reason import reason as in_words
from services.gateway.views import Views

_HAPPENED = {
    "raised": "Raised",
    "changed": "Evaluated again",
    "cleared": "Cleared",
    "withdrawn": "Withdrawn",
    "answered": "Answered by the authority",
    "acknowledged": "Seen by the authority",
}
_REASONS = {
    "first": "It is new",
    "worsened": "It has worsened",
    "still_open": "It is still open",
    "answered": "The authority has answered",
    "resolved": "It is over",
    "withdrawn": "It was withdrawn",
}
_BECAME = {
    "planned": "Not yet sent",
    "started": "Being sent",
    "sent": "Sent",
    "waiting": "Refused; will be tried again",
    "failed": "Failed on this channel",
}


def happened(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of an alert's history."""
    words = _HAPPENED.get(entry["what"], str(entry["what"]))
    severity = wording.SEVERITIES.get(str(entry.get("severity")), ("",))[0]
    when = f" for {wording.period(entry['period'])}" if entry.get("period") else ""
    what = f"{words}{when}"
    if entry["what"] in {"raised", "changed"} and severity:
        what = f"{what}: {severity.lower()}"
    return {
        "at": entry["at"],
        "what": what,
        "why": _sentence(entry.get("reason") or entry.get("push_reason")),
    }


def _sentence(name: str | None) -> str:
    text = in_words(name)
    return text[:1].upper() + text[1:]


def audience(views: Views, ident: str) -> str:
    """Return whom an audience's id stands for: a region's group or an authority's director."""
    known = (views.store.get(views.keys.audiences()) or {"audiences": {}})["audiences"]
    said = known.get(ident)
    if said is None:
        return str(ident)
    covers = str(said["covers"])
    if said["kind"] == "region":
        regions = {region.code: region.name for region in views.regions()}
        return f"The group of directors, {regions.get(covers, covers)}"
    names = {a.code: a.name for a in views.senders()}
    return f"The director of {names.get(covers, covers)}"


def became(notice: Mapping[str, Any]) -> str:
    """Return what became of a notice, with the channel and moment of its last try."""
    words = _BECAME[notice["state"]]
    if not notice["tries"]:
        return words
    last = notice["tries"][-1]
    again = ", possibly a repeat" if last.get("possible_repeat") else ""
    return f"{words} by {last['channel']} on {wording.day(last['at'])}{again}"


def reason(notice: Mapping[str, Any]) -> str:
    """Return why an audience was told, and why then."""
    return _REASONS.get(notice["reason"], str(notice["reason"]))


def told(views: Views, notice: Mapping[str, Any]) -> str:
    """Return a notice as one sentence."""
    why = reason(notice)
    return f"{audience(views, notice['audience'])}: {why[0].lower()}{why[1:]}. {became(notice)}."
