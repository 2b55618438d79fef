"""Folds of ``returns.v1`` about returns and periods: versions replace one another, none is lost."""

from typing import Any

from schemas.codec import plain
from schemas.events import (
    Event,
    MethodSet,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    ReturnWithdrawn,
    Severity,
    SignOffRefused,
)
from services.gateway.core.document import Changes, Document, Keys, Read

CURRENT, SUPERSEDED, WITHDRAWN = "current", "superseded", "withdrawn"
OPEN, CLOSED = "open", "closed"


def accept(read: Read, keys: Keys, event: Event, data: ReturnAccepted) -> Changes:
    """Put a return as the next version; the one that stood before it is superseded.

    ``supersedes`` is the version that its sender's check saw, ``replaces`` the one that in truth
    stood before it: where two were sent at once they differ.
    """
    key = keys.period(data.collection, data.period)
    period = read(key) or _empty(data.collection, data.period)
    versions = period["returns"].get(data.authority, [])
    if any(version["id"] == data.return_id for version in versions):
        return {}
    before = next((v["id"] for v in versions if v["state"] == CURRENT), None)
    entry = {
        "id": data.return_id,
        "at": event.time,
        "state": CURRENT,
        "asked": _asked(data),
        "said": {f.indicator or "": f.explanation for f in data.findings if f.explanation},
        "signed": False,
        "unlocked": False,
        "on_behalf": data.on_behalf is not None,
    }
    changes: Changes = {
        keys.submission(data.return_id): {
            **plain(data),
            "version": len(versions) + 1,
            "state": CURRENT,
            "accepted_at": event.time,
            "replaces": before,
            "superseded_by": None,
        },
        key: _with_versions(period, data.authority, [*_ended(versions, SUPERSEDED), entry]),
    }
    if before is not None and (earlier := read(keys.submission(before))) is not None:
        changes[keys.submission(before)] = {
            **earlier,
            "state": SUPERSEDED,
            "superseded_by": data.return_id,
        }
    return changes


def explain(read: Read, keys: Keys, event: Event, data: QueryExplained) -> Changes:
    """Put what was said of a figure to its return, in place of what had been said of it before."""
    own = keys.submission(data.return_id)
    submission = read(own)
    if submission is None:
        return {}
    said = {
        "text": data.text,
        "codes": list(data.codes),
        "confirmed": data.confirmed,
        "at": event.time,
    }
    known = submission.get("explained", {})
    about = data.indicator or ""
    changes: Changes = {own: {**submission, "explained": {**known, about: said}}}
    key = keys.period(data.collection, data.period)
    if (period := read(key)) is not None:
        versions = [
            {
                **v,
                "asked": [each for each in v["asked"] if each != about],
                "said": {**v["said"], about: data.text},
            }
            if v["id"] == data.return_id
            else v
            for v in period["returns"].get(data.authority, [])
        ]
        changes[key] = _with_versions(period, data.authority, versions)
    return changes


def withdraw(read: Read, keys: Keys, event: Event, data: ReturnWithdrawn) -> Changes:
    """Mark a return as withdrawn; nothing stands in its place. Only one that counts can be."""
    key, own = keys.period(data.collection, data.period), keys.submission(data.return_id)
    period, submission = read(key), read(own)
    if period is None or submission is None or submission["state"] != CURRENT:
        return {}
    versions = [
        {**version, "state": WITHDRAWN} if version["id"] == data.return_id else version
        for version in period["returns"].get(data.authority, [])
    ]
    return {
        own: {
            **submission,
            "state": WITHDRAWN,
            "withdrawn_at": event.time,
            "withdrawn_because": data.reason,
        },
        key: _with_versions(period, data.authority, versions),
    }


def sign_off(read: Read, keys: Keys, event: Event, data: ReturnSignedOff) -> Changes:
    """Put who stands behind a return that counts; what was said against it before is over."""
    said = {"at": event.time, "actor": data.actor, "statement": data.statement}
    return _speak(read, keys, data, {"signed_off": said, "refused": None}, signed=True)


def refuse(read: Read, keys: Keys, event: Event, data: SignOffRefused) -> Changes:
    """Put why a return that counts is not signed off; one that is signed off stays so."""
    submission = read(keys.submission(data.return_id)) or {}
    if submission.get("signed_off") is not None:
        return {}
    said = {"at": event.time, "actor": data.actor, "reason": data.reason}
    return _speak(read, keys, data, {"refused": said})


def unlock(read: Read, keys: Keys, event: Event, data: ReturnUnlocked) -> Changes:
    """Put why a return of a closed period may be changed."""
    said = {"at": event.time, "actor": data.actor, "reason": data.reason}
    return _speak(read, keys, data, {"unlocked": said}, unlocked=True)


def open_period(read: Read, keys: Keys, event: Event, data: PeriodOpened) -> Changes:
    """Put a period as open, with its due day."""
    key = keys.period(data.collection, data.period)
    period = read(key) or _empty(data.collection, data.period)
    known = (read(keys.periods()) or {"periods": {}})["periods"]
    of_collection = known.get(data.collection, [])
    changes: Changes = {
        key: {**period, "state": OPEN, "due": data.due, "opened_at": event.time, "closed_at": None}
    }
    if data.period not in of_collection:
        changes[keys.periods()] = {
            "periods": {**known, data.collection: [*of_collection, data.period]}
        }
    return changes


def close_period(read: Read, keys: Keys, event: Event, data: PeriodClosed) -> Changes:
    """Put a period as closed."""
    key = keys.period(data.collection, data.period)
    period = read(key) or _empty(data.collection, data.period)
    return {key: {**period, "state": CLOSED, "closed_at": event.time}}


def set_method(read: Read, keys: Keys, event: Event, data: MethodSet) -> Changes:
    """Put the versions that count from here on behind those that counted before."""
    versions = (read(keys.method()) or {"versions": []})["versions"]
    return {keys.method(): {"versions": [*versions, {**plain(data), "since": event.time}]}}


def _speak(
    read: Read,
    keys: Keys,
    data: ReturnSignedOff | SignOffRefused | ReturnUnlocked,
    said: Document,
    **marks: bool,
) -> Changes:
    """Put what was said of a return to it, and the marks to its entry, where it is the current."""
    key, own = keys.period(data.collection, data.period), keys.submission(data.return_id)
    period, submission = read(key), read(own)
    if period is None or submission is None or submission["state"] != CURRENT:
        return {}
    versions = [
        {**version, **marks} if version["id"] == data.return_id else version
        for version in period["returns"].get(data.authority, [])
    ]
    return {
        own: {**submission, **said},
        key: _with_versions(period, data.authority, versions),
    }


def _empty(collection: str, period: str) -> Document:
    return {
        "collection": collection,
        "period": period,
        "state": None,
        "due": None,
        "opened_at": None,
        "closed_at": None,
        "returns": {},
    }


def _asked(data: ReturnAccepted) -> list[str]:
    """Return the indicators with an open query, "" for the return as a whole."""
    noted = {o.indicator for o in data.observations if o.note is not None}
    about = (f.indicator or "" for f in data.findings if f.severity is Severity.QUERY)
    return [each for each in dict.fromkeys(about) if each not in noted]


def _ended(versions: list[dict[str, Any]], state: str) -> list[dict[str, Any]]:
    return [{**v, "state": state} if v["state"] == CURRENT else v for v in versions]


def _with_versions(period: Document, authority: str, versions: list[dict[str, Any]]) -> Document:
    return {**period, "returns": {**period["returns"], authority: versions}}
