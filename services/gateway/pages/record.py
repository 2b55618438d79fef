"""The record of notices as a page."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.parameter import one_of
from services.gateway.core import wording
from services.gateway.core.item.alert import notice_item
from services.gateway.pages import briefing
from services.gateway.pages.chronicle import audience, became, reason
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views

ABOUT = (("", "Everything"), ("questions", "Questions"), ("returns", "Returns that are awaited"))
"""What notices may be about: a question to an authority, or its return."""
_MOST = 200


def router(furniture: Furniture) -> APIRouter:
    """Serve notices."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/notices")
    def list_notices(request: Request, about: str = "") -> Response:
        wanted = one_of("about", about, [name for name, _ in ABOUT if name])
        found = sorted(
            (notice_item(notice) for notice in views.notices() if _is_about(notice, wanted)),
            key=lambda notice: (notice["planned_at"], notice["id"]),
            reverse=True,
        )
        sent = sum(notice["state"] == "sent" for notice in found)
        return furniture.page(
            request,
            "notices.html",
            title="Notices",
            headline=f"{wording.plural(len(found), 'notice')} planned, {sent} sent."
            if found
            else "Nobody has been told of anything yet.",
            about=wanted or "",
            choices=ABOUT,
            notices=[_notice(furniture, notice) for notice in found[:_MOST]],
            expected=briefing.expected(views),
        )

    return routes


def _is_about(notice: Mapping[str, Any], wanted: str | None) -> bool:
    return wanted is None or (wanted == "returns") == (notice["alert"] is None)


def _notice(furniture: Furniture, notice: Mapping[str, Any]) -> dict[str, Any]:
    views = furniture.views
    if notice["alert"] is None:
        return _reminder(views, notice)
    alert = views.store.get(views.keys.alert(notice["alert"]))
    name = views.authority(notice["authority"]).name
    return {
        "planned_at": notice["planned_at"],
        "link": f"/alerts/{notice['alert']}",
        "about": f"{furniture.signature(alert)}: {name}" if alert else name,
        "audience": audience(views, notice["audience"]),
        "why": reason(notice),
        "became": became(notice),
    }


def _reminder(views: Views, notice: Mapping[str, Any]) -> dict[str, Any]:
    names = [views.name(code) for code in notice["authorities"]]
    who = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    what = f"{wording.collection(notice['collection'])} for {wording.period(notice['period'])}"
    return {
        "planned_at": notice["planned_at"],
        "link": f"/collections/{notice['collection']}/{notice['period']}",
        "about": f"{what}: {who}",
        "audience": audience(views, notice["audience"]),
        "why": reason(notice),
        "became": became(notice),
    }
