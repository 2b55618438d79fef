"""The first page: what is new, which alerts are open, who has returned."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.gateway.core import wording
from services.gateway.core.item.collection import returned as whether_returned
from services.gateway.core.item.submission import current
from services.gateway.core.sentence import asked, rug_headline, standing_headline
from services.gateway.loom import Loom, Setting
from services.gateway.pages import briefing
from services.gateway.pages.furniture import Furniture
from services.gateway.views import FIRST_COLLECTION, Views

_SHOWN = 5


def router(furniture: Furniture) -> APIRouter:
    """Serve the first page."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/")
    def home(request: Request) -> HTMLResponse:
        open_alerts = briefing.standing(views)
        periods = [p for name in views.collections() if (p := _period(views, name)) is not None]
        return furniture.page(
            request,
            "home.html",
            title="What is new",
            section="/",
            crumbs=(),
            headline=_headline(views, periods, standing_headline(*briefing.by_sign(open_alerts))),
            periods=periods,
            opening=briefing.opening(views, request, FIRST_COLLECTION),
            alerts=[briefing.card(furniture, *known) for known in open_alerts[:_SHOWN]],
            more=asked(*briefing.by_sign(open_alerts[_SHOWN:])),
        )

    return routes


def _headline(views: Views, periods: list[dict[str, Any]], standing: str) -> str:
    if not periods:
        return f"No collection has been opened yet. {standing}"
    setting: Setting = periods[0]["setting"]
    said = rug_headline(
        Loom(views).rug(setting),
        returned=periods[0]["returned"],
        period=wording.period(setting.period),
    )
    return f"{said} {standing}"


def _period(views: Views, collection: str) -> dict[str, Any] | None:
    """Return the newest period of a collection with who has returned, the newest return first."""
    newest = views.newest(collection)
    document = None if newest is None else views.period(collection, newest)
    if newest is None or document is None:
        return None
    rows = []
    today = views.today()
    region = views.home(collection, newest)
    for authority in views.senders(region):
        entry = current(document, authority.code)
        at = entry["at"] if entry else None
        rows.append(
            {
                "code": authority.code,
                "name": authority.name,
                "at": at,
                "id": entry["id"] if entry else None,
                "version": len(document["returns"].get(authority.code, [])),
                "state": whether_returned(document, authority.code, today=today),
            }
        )
    rows.sort(key=lambda row: (row["at"] or "", row["name"]), reverse=True)
    returned = sum(row["id"] is not None for row in rows)
    is_open = document["state"] == "open"
    due = f" Due by {wording.day(document['due'])}." if document["due"] else ""
    return {
        "setting": Setting(region, collection, newest),
        "name": wording.collection(collection),
        "words": wording.period(newest),
        "returned": returned,
        "of": len(rows),
        "rows": rows,
        "sentence": f"{returned} of {len(rows)} authorities have returned."
        f"{due} {'Open' if is_open else 'Closed'}.",
    }
