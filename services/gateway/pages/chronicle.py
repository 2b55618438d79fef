"""What happened to an alert and who was told, in words."""

from collections.abc import Mapping, Sequence
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
    "before_due": "It is due soon and has not come in",
    "overdue": "It is overdue",
    "chase_list": "They are overdue",
}
_BECAME = {
    "planned": "Not yet sent",
    "started": "Being sent",
    "sent": "Sent",
    "waiting": "Failed",
    "failed": "Failed",
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
    """Return what became of a notice, with the channel and moment of its last try.

    A notice that no channel is left for says that it was given up.
    """
    words = _BECAME[notice["state"]]
    if not notice["tries"]:
        return words
    last = notice["tries"][-1]
    told = f"{words} by {last['channel']} on {wording.day(last['at'])}"
    if notice["state"] == "failed":
        return f"{told}; {_after(notice['channels'], last['channel'])}"
    if notice["state"] == "waiting":
        return f"{told}; to be tried again on {wording.day(last['again_at'])}"
    if last.get("possible_repeat"):
        told = f"{told}, possibly a repeat"
    if last.get("refused"):
        people = wording.plural(last["refused"], "recipient was", "recipients were")
        told = f"{told}; {people} refused and not told"
    return told


def _after(channels: Sequence[str], failed: str) -> str:
    rest = channels[channels.index(failed) + 1 :] if failed in channels else ()
    return f"to be tried by {rest[0]}" if rest else "given up, for no channel is left"


def reason(notice: Mapping[str, Any]) -> str:
    """Return why an audience was told, and why then."""
    return _REASONS.get(notice["reason"], str(notice["reason"]))


def told(views: Views, notice: Mapping[str, Any]) -> str:
    """Return a notice as one sentence."""
    why = reason(notice)
    return f"{audience(views, notice['audience'])}: {why[0].lower()}{why[1:]}. {became(notice)}."
