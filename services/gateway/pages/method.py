"""The method as a page: made from the tables and rule files that count, so it cannot go stale."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.reference import rule_file
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.core.reason import reason
from services.gateway.pages import briefing
from services.gateway.pages.furniture import Furniture
from services.gateway.views import FIRST_COLLECTION, Views

_AMBER, _RED = (
    "z of 1.96 or more and exact p of 0.025 or less",
    "z of 3.09 or more and exact p of 0.001 or less",
)
FLAG_LINES = (
    ("red", f"On the adverse side: {_RED}"),
    ("amber", f"On the adverse side: {_AMBER}"),
    ("as_expected", "Neither line is reached"),
    ("better", f"On the good side: {_AMBER}"),
    ("much_better", f"On the good side: {_RED}"),
    ("very_high", f"Neither side is better; high: {_RED}"),
    ("high", f"Neither side is better; high: {_AMBER}"),
    ("low", f"Neither side is better; low: {_AMBER}"),
    ("very_low", f"Neither side is better; low: {_RED}"),
    ("not_assessed", "No test can be made; the reason stands beside the figure"),
)
_SOURCES = {
    "counts": "counts",
    "ratio": "England’s published ratio",
    "pooled": "authorities, pooled",
}


def router(furniture: Furniture) -> APIRouter:
    """Serve the method."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/method")
    def method(request: Request) -> Response:
        rules = rule_file(views)
        baseline = _newest_baseline(views)
        return furniture.page(
            request,
            "method.html",
            title="How it is worked out",
            section="/method",
            flag_lines=FLAG_LINES,
            baseline=baseline,
            lent=_lent(views, baseline),
            about=[_flat(rules[name]) for name in ("about", "source") if rules.get(name)],
            expected=briefing.expected(views),
            signatures=[_rule(rule) for rule in rules.get("signature", [])],
            method={"engine": None, **views.method()},
        )

    return routes


def _newest_baseline(views: Views) -> Document | None:
    newest = views.newest(FIRST_COLLECTION)
    return views.baseline(FIRST_COLLECTION, newest) if newest else None


def _lent(views: Views, baseline: Document | None) -> list[dict[str, Any]]:
    if baseline is None:
        return []
    lent = baseline["indicators"]
    return [
        {
            "name": indicator.name,
            "value": wording.figure(lent[code].get("value"), indicator),
            "year": lent[code].get("year") or "–",
            "source": _source(lent[code]),
            "reason": _capital(reason(lent[code].get("reason"))),
        }
        for code, indicator in views.catalogue().items()
        if code in lent
    ]


def _source(lent: Mapping[str, Any]) -> str:
    words = _SOURCES.get(str(lent.get("theta_from")), "–")
    implied = lent.get("implied_n")
    return f"{words}; n implied: {implied}" if implied else words


def _rule(rule: Mapping[str, Any]) -> dict[str, str]:
    return {
        "id": rule["id"],
        "name": rule["name"].replace("{indicator}", "any indicator"),
        "sign": rule["sign"],
        "question": _flat(rule["question"]).replace("{indicator}", "An indicator"),
        "condition": _flat(rule["condition"]),
        "why": _flat(rule.get("why", "")),
        "known": _flat(rule.get("known", "")),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flat(text: str) -> str:
    return " ".join(text.split())
