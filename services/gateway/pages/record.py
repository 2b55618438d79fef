"""The record of notices as a page."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.core import wording
from services.gateway.core.item.alert import notice_item
from services.gateway.pages import briefing
from services.gateway.pages.chronicle import audience, became, reason
from services.gateway.pages.furniture import Furniture

_MOST = 200


def router(furniture: Furniture) -> APIRouter:
    """Serve notices."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/notices")
    def list_notices(request: Request) -> Response:
        found = sorted(
            (notice_item(notice) for notice in views.notices()),
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
            notices=[_notice(furniture, notice) for notice in found[:_MOST]],
            expected=briefing.expected(views),
        )

    return routes


def _notice(furniture: Furniture, notice: Mapping[str, Any]) -> dict[str, Any]:
    views = furniture.views
    alert = views.store.get(views.keys.alert(notice["alert"]))
    name = views.authority(notice["authority"]).name
    return {
        "planned_at": notice["planned_at"],
        "alert": notice["alert"],
        "about": f"{furniture.signature(alert)}: {name}" if alert else name,
        "audience": audience(views, notice["audience"]),
        "why": reason(notice),
        "became": became(notice),
    }
