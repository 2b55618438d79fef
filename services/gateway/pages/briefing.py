"""Alerts in brief for cards, and the expected number of pushes that stands beside every list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request

from schemas.events import Sign
from services.gateway.api.reference import rule_file
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.core.sentence import listed
from services.gateway.loom import STANDING
from services.gateway.pages.chronicle import audience
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views
from services.gateway.wanted import Wanted, newest_first

_WEIGHT = ("escalate", "concern", "watch", "strength")


def card(furniture: Furniture, alert: str, brief: Document) -> dict[str, Any]:
    """Return what a card shows of an alert."""
    views = furniture.views
    whole = views.store.get(views.keys.alert(alert)) or {}
    return {
        **brief,
        "id": alert,
        "name": furniture.signature(brief),
        "authority_name": views.authority(brief["authority"]).name,
        "question": whole.get("question", ""),
        "reason": whole.get("ended_because"),
        "told_to": _told_to(views, brief.get("told", ())),
    }


def _told_to(views: Views, audiences: Sequence[str]) -> str:
    """Say who has had a notice of an alert; nothing where none went out."""
    names = [audience(views, ident).replace("The ", "the ", 1) for ident in audiences]
    return f"told to {listed(names)}" if names else ""


def standing(views: Views, *, authority: str | None = None) -> list[tuple[str, Document]]:
    """Return the alerts that are open or seen, the gravest first, then the newest."""
    found = [
        (alert, brief)
        for alert, brief in newest_first(views, Wanted(authority=authority))
        if brief["state"] in STANDING
    ]
    return sorted(found, key=lambda known: _WEIGHT.index(_weight(known[1])))


def by_sign(alerts: Iterable[tuple[str, Document]]) -> tuple[int, int]:
    """Return how many of some alerts are of risk, and how many of strength."""
    signs = Counter(brief["sign"] for _, brief in alerts)
    return signs[Sign.RISK], signs[Sign.STRENGTH]


def _weight(brief: Document) -> str:
    return str(brief["severity"] if brief["sign"] == "risk" else brief["sign"])


def opening(views: Views, request: Request, collection: str) -> str | None:
    """Return the command that opens a collection's first period; None once one was opened."""
    if views.periods(collection):
        return None
    address = str(request.base_url).rstrip("/")
    return f"tartan open {collection} {views.next_quarter()} --url {address}"


def expected(views: Views) -> str:
    """Say how many pushes chance alone would make; that it is not known, where it is not."""
    said = rule_file(views).get("expected", {})
    region, england = said.get("region_of_eleven"), said.get("england")
    if not region and not england:
        return "How many pushes chance alone would make has not been worked out for this rule file."
    return (
        "If no authority differed from another in truth, chance alone would push about "
        f"{_rate(region)} a quarter in a region of eleven and {_rate(england)} in England, "
        "by simulation of the whole rule file."
    )


def _rate(number: float | None) -> str:
    return "an unknown number" if number is None else f"{wording.number(number, 1)} alerts"
