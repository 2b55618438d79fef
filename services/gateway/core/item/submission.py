"""Returns, collections and baselines as the API says them."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.core.document import Document
from services.gateway.core.fold.submission import CURRENT
from services.gateway.core.item.standing import Words

RECEIPT = (
    "return_id", "authority", "collection", "period", "version", "accepted_at", "sha256", "size",
    "media_type", "channel", "rules",
)  # fmt: skip


def return_item(submission: Document, *, words: Words) -> dict[str, Any]:
    """Return one return: its receipt, what it said, what the check asked, and what became of it."""
    observations = [observation_item(o, words=words) for o in submission.get("observations", [])]
    return {
        "id": submission["return_id"],
        "authority": submission["authority"],
        "collection": submission["collection"],
        "period": submission["period"],
        "version": submission["version"],
        "state": submission["state"],
        "accepted_at": submission["accepted_at"],
        "supersedes": submission.get("supersedes"),
        "replaces": submission.get("replaces"),
        "superseded_by": submission.get("superseded_by"),
        "withdrawn_at": submission.get("withdrawn_at"),
        "receipt": {name: submission.get(name) for name in RECEIPT},
        "observations": observations,
        "findings": [finding_item(f) for f in submission.get("findings", [])],
        "explanations": [
            {"indicator": o["indicator"], "text": o["note"]}
            for o in observations
            if o["note"] is not None
        ],
    }


def observation_item(said: Mapping[str, Any], *, words: Words) -> dict[str, Any]:
    """Return one figure of a return with the words of its note."""
    return {
        "indicator": said["indicator"],
        "numerator": said.get("numerator"),
        "denominator": said.get("denominator"),
        "symbol": said.get("symbol"),
        "note": words(said.get("note")),
    }


def finding_item(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the check asked about a figure."""
    return {
        "code": said["code"],
        "severity": said["severity"],
        "indicator": said.get("indicator"),
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
        "state": entry["state"],
        "accepted_at": entry["at"],
    }


def current(period: Document, authority: str) -> Mapping[str, Any] | None:
    """Return the entry of the return that counts, None where the authority has none."""
    versions = period["returns"].get(authority, [])
    return next((v for v in reversed(versions) if v["state"] == CURRENT), None)


def collection_item(
    period: Document, *, senders: Iterable[str], baseline: str | None
) -> dict[str, Any]:
    """Return one collection's period: due, state, and who of its senders has returned."""
    authorities = []
    for code in senders:
        entry = current(period, code)
        authorities.append(
            {
                "authority": code,
                "returned": entry is not None,
                "return_id": entry["id"] if entry else None,
                "version": len(period["returns"].get(code, [])) if entry else None,
                "accepted_at": entry["at"] if entry else None,
            }
        )
    return {
        "collection": period["collection"],
        "period": period["period"],
        "state": period["state"],
        "due": period["due"],
        "opened_at": period["opened_at"],
        "closed_at": period["closed_at"],
        "baseline": baseline,
        "returned": sum(entry["returned"] for entry in authorities),
        "of": len(authorities),
        "authorities": authorities,
    }
