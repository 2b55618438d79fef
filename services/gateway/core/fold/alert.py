"""Folds of ``alerts.v1`` about signatures and what people said of them: an alert is an episode."""

from typing import Any

from schemas.codec import plain
from schemas.events import (
    AlertAcknowledged,
    AlertSeverity,
    AnswerGiven,
    Event,
    SignatureChanged,
    SignatureCleared,
    SignatureEvent,
    SignatureRaised,
    SignatureWithdrawn,
)
from services.gateway.core.document import Changes, Document, Keys, Read

OPEN, ACKNOWLEDGED, CLEARED, WITHDRAWN = "open", "acknowledged", "cleared", "withdrawn"
_ORDER = tuple(AlertSeverity)
_BRIEF = (
    "authority", "collection", "signature", "sign", "severity", "state", "period", "since",
    "raised_at", "push", "told",
)  # fmt: skip


def raise_signature(read: Read, keys: Keys, event: Event, data: SignatureRaised) -> Changes:
    """Put an alert as open; one raised again after it had ended goes on with its history."""
    before = read(keys.alert(data.alert)) or {"history": [], "answers": [], "notices": []}
    alert = {
        **_grounds(data),
        "state": OPEN,
        "raised_at": before.get("raised_at", event.time),
        "answers": before["answers"],
        "notices": before["notices"],
        "told": before.get("told", []),
        "history": [*before["history"], _entry("raised", event, data)],
    }
    return _put(read, keys, alert)


def change_signature(read: Read, keys: Keys, event: Event, data: SignatureChanged) -> Changes:
    """Put an alert's new grounds; who had seen it has, unless it has become more serious."""
    before = read(keys.alert(data.alert))
    if before is None:
        return {}
    worse = _ORDER.index(data.severity) > _ORDER.index(AlertSeverity(before["severity"]))
    seen = before["state"] == ACKNOWLEDGED and not worse
    return _put(
        read,
        keys,
        {
            **before,
            **_grounds(data),
            "state": ACKNOWLEDGED if seen else OPEN,
            "history": [*before["history"], _entry("changed", event, data)],
        },
    )


def clear_signature(read: Read, keys: Keys, event: Event, data: SignatureCleared) -> Changes:
    """Put an alert as cleared; its last grounds stay readable."""
    return _end(read, keys, CLEARED, event, data)


def withdraw_signature(read: Read, keys: Keys, event: Event, data: SignatureWithdrawn) -> Changes:
    """Put an alert as withdrawn, with the reason."""
    return _end(read, keys, WITHDRAWN, event, data, reason=data.reason)


def answer(read: Read, keys: Keys, event: Event, data: AnswerGiven) -> Changes:
    """Put an authority's word beside the alert; whoever answers has seen it."""
    return _heard(read, keys, event, data, kind="answer")


def acknowledge(read: Read, keys: Keys, event: Event, data: AlertAcknowledged) -> Changes:
    """Put the alert as seen."""
    return _heard(read, keys, event, data, kind="acknowledgement")


def tell(read: Read, keys: Keys, alert: str, audience: str) -> Changes:
    """Put that an audience was told of an alert, which stays so whatever becomes of the alert."""
    before = read(keys.alert(alert))
    known = [] if before is None else before.get("told", [])
    if before is None or audience in known:
        return {}
    return _put(read, keys, {**before, "told": [*known, audience]})


def _grounds(data: SignatureRaised | SignatureChanged) -> dict[str, Any]:
    said = plain(data)
    said["id"] = said.pop("alert")
    return said


def _entry(what: str, event: Event, data: SignatureEvent) -> dict[str, Any]:
    return {
        "at": event.time,
        "what": what,
        "severity": str(data.severity),
        "period": data.period,
        "push": data.push,
        "push_reason": data.push_reason,
    }


def _end(
    read: Read,
    keys: Keys,
    state: str,
    event: Event,
    data: SignatureEvent,
    *,
    reason: str | None = None,
) -> Changes:
    before = read(keys.alert(data.alert))
    if before is None:
        return {}
    entry = _entry(state, event, data)
    if reason is not None:
        entry["reason"] = reason
    return _put(
        read,
        keys,
        {
            **before,
            "state": state,
            "period": data.period,
            "push": data.push,
            "push_reason": data.push_reason,
            "ended_at": event.time,
            "ended_because": reason,
            "history": [*before["history"], entry],
        },
    )


def _heard(
    read: Read, keys: Keys, event: Event, data: AnswerGiven | AlertAcknowledged, *, kind: str
) -> Changes:
    before = read(keys.alert(data.alert))
    if before is None or any(given["id"] == data.answer for given in before["answers"]):
        return {}
    given = {
        "id": data.answer,
        "kind": kind,
        "actor": data.actor,
        "at": event.time,
        "text": data.text,
    }
    what = "answered" if kind == "answer" else "acknowledged"
    return _put(
        read,
        keys,
        {
            **before,
            "state": ACKNOWLEDGED if before["state"] == OPEN else before["state"],
            "answers": [*before["answers"], given],
            "history": [*before["history"], {"at": event.time, "what": what}],
        },
    )


def _put(read: Read, keys: Keys, alert: Document) -> Changes:
    index = keys.alerts(alert["authority"])
    known = (read(index) or {"alerts": {}})["alerts"]
    brief = {name: alert.get(name) for name in _BRIEF}
    brief["indicators"] = sorted(
        {evidence["standing"]["indicator"] for evidence in alert.get("evidence", [])}
    )
    return {keys.alert(alert["id"]): alert, index: {"alerts": {**known, alert["id"]: brief}}}
