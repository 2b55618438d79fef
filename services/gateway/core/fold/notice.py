"""Folds of ``alerts.v1`` about telling people: what was planned, every try, who is told of what."""

from typing import Any

from schemas.codec import plain
from schemas.events import (
    AudienceSet,
    Event,
    NoticeFailed,
    NoticePlanned,
    NoticeSent,
    NoticeStarted,
    ReminderKind,
    ReminderPlanned,
)
from services.gateway.core.document import Changes, Keys, Read
from services.gateway.core.fold.alert import tell

Tried = NoticeStarted | NoticeSent | NoticeFailed
PLANNED, STARTED, SENT, WAITING, FAILED = "planned", "started", "sent", "waiting", "failed"


def plan(read: Read, keys: Keys, event: Event, data: NoticePlanned) -> Changes:
    """Put a notice as planned, beside its alert and among those about the authority."""
    key, index = keys.notice(data.notice), keys.notices(data.authority)
    if read(key) is not None:
        return {}
    ids = (read(index) or {"ids": []})["ids"]
    said = plain(data)
    said["id"] = said.pop("notice")
    changes: Changes = {
        key: {**said, "state": PLANNED, "planned_at": event.time, "tries": []},
        index: {"ids": [*ids, data.notice]},
    }
    alert = read(keys.alert(data.alert))
    if alert is not None:
        changes[keys.alert(data.alert)] = {**alert, "notices": [*alert["notices"], data.notice]}
    return changes


def remind(read: Read, keys: Keys, event: Event, data: ReminderPlanned) -> Changes:
    """Put a reminder as planned, among the notices about its authority or those about several."""
    about = "" if data.kind is ReminderKind.CHASE_LIST else data.authorities[0]
    key, index = keys.notice(data.notice), keys.notices(about)
    if read(key) is not None:
        return {}
    ids = (read(index) or {"ids": []})["ids"]
    said = plain(data)
    said["id"], said["reason"] = said.pop("notice"), said.pop("kind")
    return {
        key: {
            **said,
            "alert": None,
            "authority": about or None,
            "severity": None,
            "state": PLANNED,
            "planned_at": event.time,
            "tries": [],
        },
        index: {"ids": [*ids, data.notice]},
    }


def start(read: Read, keys: Keys, event: Event, data: NoticeStarted) -> Changes:
    """Put that a try is under way; what becomes of it takes its place."""
    return _put(read, keys, data, tried={**_tried(event, data), "outcome": STARTED}, state=STARTED)


def send(read: Read, keys: Keys, event: Event, data: NoticeSent) -> Changes:
    """Put that a channel took the notice, and beside the alert who was told by it."""
    tried = {
        **_tried(event, data),
        "outcome": SENT,
        "possible_repeat": data.possible_repeat,
        "refused": data.refused,
    }
    changes = _put(read, keys, data, tried=tried, state=SENT)
    return {**changes, **tell(read, keys, data.alert, data.audience)} if changes else {}


def fail(read: Read, keys: Keys, event: Event, data: NoticeFailed) -> Changes:
    """Put a try that failed; a notice that another channel took stays sent.

    Whoever it reached all the same has been told.
    """
    tried = {
        **_tried(event, data),
        "outcome": data.outcome,
        "unknown": data.unknown,
        "again_at": data.again_at,
    }
    changes = _put(read, keys, data, tried=tried, state=WAITING if data.again_at else FAILED)
    if changes and data.reached:
        return {**changes, **tell(read, keys, data.alert, data.audience)}
    return changes


def set_audience(read: Read, keys: Keys, event: Event, data: AudienceSet) -> Changes:
    """Put whom an audience covers and how it is told."""
    known = (read(keys.audiences()) or {"audiences": {}})["audiences"]
    return {
        keys.audiences(): {
            "audiences": {**known, data.audience: {**plain(data), "since": event.time}}
        }
    }


def _tried(event: Event, data: Tried) -> dict[str, Any]:
    return {"at": event.time, "channel": data.channel, "attempt": data.attempt}


def _put(
    read: Read,
    keys: Keys,
    data: Tried,
    *,
    tried: dict[str, Any],
    state: str,
) -> Changes:
    key = keys.notice(data.notice)
    before = read(key)
    if before is None:
        return {}
    stays = SENT if before["state"] == SENT else state
    others = [known for known in before["tries"] if not _is_same(known, tried)]
    return {key: {**before, "state": stays, "tries": [*others, tried]}}


def _is_same(known: dict[str, Any], tried: dict[str, Any]) -> bool:
    names = ("channel", "attempt")
    return known["outcome"] == STARTED and all(known[name] == tried[name] for name in names)
