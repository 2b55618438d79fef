"""An alert as the API says it: the question, its grounds, what people said and who was told."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.catalogue import Indicator
from services.gateway.core.document import Document
from services.gateway.core.item.standing import Words, standing_item

Find = Callable[[str], Indicator | None]
"""Gives an indicator of the catalogue by its code; None for one that it does not have."""

_FIELDS = (
    "id", "authority", "collection", "signature", "sign", "severity", "state", "period", "since",
    "raised_at", "question", "push", "push_reason",
)  # fmt: skip


def alert_item(
    alert: Document,
    *,
    indicator: Find,
    words: Words,
    notice: Callable[[str], Document | None],
) -> dict[str, Any]:
    """Return the alert with its evidence as it stood when the signature was last evaluated."""
    found = {name: alert.get(name) for name in _FIELDS}
    found["conditions"] = [condition_item(said) for said in alert.get("conditions", [])]
    found["evidence"] = [
        item
        for said in alert.get("evidence", [])
        if (item := evidence_item(alert, said, indicator)) is not None
    ]
    found["caveats"] = list(alert.get("caveats", []))
    found["answers"] = [answer_item(given, words=words) for given in alert["answers"]]
    notices = (notice(known) for known in alert["notices"])
    found["notices"] = [notice_item(told) for told in notices if told is not None]
    found["rule_version"] = alert.get("rule_version")
    found["reason"] = alert.get("ended_because")
    found["history"] = [dict(entry) for entry in alert["history"]]
    return found


def condition_item(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return one condition as it was evaluated, with the figure it was decided on."""
    return {
        "expression": said["expression"],
        "value": said.get("value"),
        "threshold": said.get("threshold"),
        "result": said["result"],
        "period": said["period"],
        "basis": said.get("basis"),
        "reason": said.get("reason"),
    }


def evidence_item(
    alert: Document, said: Mapping[str, Any], indicator: Find
) -> dict[str, Any] | None:
    """Return a standing that a condition rests on; None if the catalogue has no such indicator.

    It is the standing of that moment, so nothing that came later is joined to it.
    """
    standing = said["standing"]
    known = indicator(standing["indicator"])
    if known is None:
        return None
    document = {
        "authority": alert["authority"],
        "collection": alert["collection"],
        "period": said["period"],
        "provisional": False,
        "rules": alert.get("rule_version"),
        "standings": {known.code: standing},
    }
    item = standing_item(document, known, region=None, baseline=None, note=None)
    return {**item, "basis": said["basis"], "provisional": None}


def answer_item(given: Mapping[str, Any], *, words: Words) -> dict[str, Any]:
    """Return what was said; ``text`` is None for a bare acknowledgement and for an erased text."""
    return {
        "id": given["id"],
        "kind": given["kind"],
        "actor": given["actor"],
        "at": given["at"],
        "text": words(given.get("text")),
    }


def notice_item(told: Document) -> dict[str, Any]:
    """Return one notice with every try; a reminder speaks of a collection's period, no alert."""
    return {
        "id": told["id"],
        "alert": told["alert"],
        "authority": told["authority"],
        "audience": told["audience"],
        "reason": told["reason"],
        "severity": told["severity"],
        "collection": told.get("collection"),
        "period": told["period"],
        "due": told.get("due"),
        "authorities": list(told.get("authorities") or [told["authority"]]),
        "channels": list(told["channels"]),
        "state": told["state"],
        "planned_at": told["planned_at"],
        "tries": [dict(tried) for tried in told["tries"]],
    }
