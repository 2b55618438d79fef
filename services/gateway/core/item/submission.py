"""Returns as the API says them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from services.gateway.core.document import Document
from services.gateway.core.fold.submission import CLOSED, CURRENT
from services.gateway.core.item.standing import Words

RECEIPT = (
    "return_id", "authority", "collection", "period", "version", "accepted_at", "sha256", "size",
    "media_type", "channel", "rules",
)  # fmt: skip


class ReturnState(StrEnum):
    """Where a return stands. Of those that apply, a return has the first.

    What was refused is not stored, so none is in a state before these.
    """

    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LOCKED = "locked"
    SIGNED_OFF = "signed_off"
    NEEDS_EXPLANATION = "needs_explanation"
    ACCEPTED_PROVISIONAL = "accepted_provisional"


def state_of(period: Document, entry: Mapping[str, Any]) -> ReturnState:
    """Return where a return of a period stands, from what the log says of both.

    Locked is what stands in a closed period, unless it was unlocked.
    """
    if entry["state"] != CURRENT:
        return ReturnState(entry["state"])
    if period["state"] == CLOSED and not entry["unlocked"]:
        return ReturnState.LOCKED
    if entry["signed"]:
        return ReturnState.SIGNED_OFF
    return ReturnState.NEEDS_EXPLANATION if entry["asked"] else ReturnState.ACCEPTED_PROVISIONAL


def return_item(submission: Document, *, period: Document, words: Words) -> dict[str, Any]:
    """Return one return of a period: its receipt, what it said, was asked, what became of it."""
    versions = period["returns"][submission["authority"]]
    entry = next(each for each in versions if each["id"] == submission["return_id"])
    observations = [observation_item(o, words=words) for o in submission.get("observations", [])]
    return {
        "id": submission["return_id"],
        "authority": submission["authority"],
        "collection": submission["collection"],
        "period": submission["period"],
        "version": submission["version"],
        "state": state_of(period, entry),
        "accepted_at": submission["accepted_at"],
        "supersedes": submission.get("supersedes"),
        "replaces": submission.get("replaces"),
        "superseded_by": submission.get("superseded_by"),
        "withdrawn_at": submission.get("withdrawn_at"),
        "withdrawn_because": words(submission.get("withdrawn_because")),
        "reason": words(submission.get("reason")),
        "on_behalf": _why(submission.get("on_behalf"), words),
        "signed_off": submission.get("signed_off"),
        "sign_off_refused": _word(submission.get("refused"), words),
        "unlocked": _word(submission.get("unlocked"), words),
        "receipt": {name: submission.get(name) for name in RECEIPT},
        "observations": observations,
        "findings": [
            finding_item(f, submission, words=words) for f in submission.get("findings", [])
        ],
        "explanations": explanations(submission, words=words),
    }


def _why(text: str | None, words: Words) -> dict[str, Any] | None:
    return None if text is None else {"reason": words(text)}


def _word(said: Mapping[str, Any] | None, words: Words) -> dict[str, Any] | None:
    return None if said is None else {**said, "reason": words(said["reason"])}


def explanations(submission: Document, *, words: Words) -> list[dict[str, Any]]:
    """Return what the sender said of figures: notes beside them, and answers to queries on them.

    An answer that was given afterwards stands in place of the note. Erased words are left out.
    """
    said: dict[str, dict[str, Any]] = {
        o["indicator"]: {"text": o.get("note"), "codes": []}
        for o in submission.get("observations", [])
        if o.get("note")
    }
    for found in submission.get("findings", []):
        if found.get("explanation") is not None:
            about = said.setdefault(
                found.get("indicator") or "", {"text": found["explanation"], "codes": []}
            )
            about["codes"] = [*about["codes"], found["code"]]
    said |= submission.get("explained", {})
    return [
        {
            "indicator": about or None,
            "text": text,
            "codes": each["codes"],
            "confirmed": each.get("confirmed", False),
            "at": each.get("at", submission["accepted_at"]),
        }
        for about, each in said.items()
        if (text := words(each["text"])) is not None
    ]


def observation_item(said: Mapping[str, Any], *, words: Words) -> dict[str, Any]:
    """Return one figure of a return with the words of its note."""
    return {
        "indicator": said["indicator"],
        "numerator": said.get("numerator"),
        "denominator": said.get("denominator"),
        "symbol": said.get("symbol"),
        "note": words(said.get("note")),
    }


def finding_item(said: Mapping[str, Any], submission: Document, *, words: Words) -> dict[str, Any]:
    """Return what the check asked about a figure, and what became of it.

    A query is ``open`` until it is explained; ``offered`` are the words that answered the same
    query in the quarter before.
    """
    about = said.get("indicator")
    noted = any(
        o["indicator"] == about and o.get("note") for o in submission.get("observations", [])
    )
    answered = noted or (about or "") in submission.get("explained", {})
    is_open = said["severity"] == "query" and not answered
    return {
        "code": said["code"],
        "severity": said["severity"],
        "indicator": about,
        "detail": said.get("detail"),
        "open": is_open,
        "offered": words(said.get("offered")) if is_open else None,
    }


def return_summary(
    period: Document, authority: str, version: int, *, entry: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one return in a list: what it is and what became of it."""
    return {
        "id": entry["id"],
        "authority": authority,
        "collection": period["collection"],
        "period": period["period"],
        "version": version,
        "state": state_of(period, entry),
        "accepted_at": entry["at"],
    }


def current(period: Document, authority: str) -> Mapping[str, Any] | None:
    """Return the entry of the return that counts, None where the authority has none."""
    versions = period["returns"].get(authority, [])
    return next((v for v in reversed(versions) if v["state"] == CURRENT), None)
