"""Collections as pages: their windows, who has returned, and who is to be chased."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.collection import find, item
from services.gateway.api.parameter import a_region
from services.gateway.core import wording
from services.gateway.core.chase import returned_sentence, window_sentence
from services.gateway.core.item.collection import TO_CHASE
from services.gateway.pages import briefing
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.rug import region_options
from services.gateway.views import FIRST_COLLECTION, Views

CRUMBS = (("/collections", "Collections"),)


def router(furniture: Furniture) -> APIRouter:
    """Serve collections."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/collections")
    def list_collections(request: Request) -> Response:
        found = [
            item(views, name, when) for name in views.collections() for when in views.periods(name)
        ]
        opened = [each for each in found if each["state"] == "open"]
        return furniture.page(
            request,
            "collections.html",
            title="Collections",
            headline=f"{wording.plural(len(opened), 'period')} open, "
            f"{len(found) - len(opened)} closed."
            if found
            else "No collection has been opened yet.",
            items=sorted(found, key=lambda each: each["state"] != "open"),
            opening=briefing.opening(views, request, FIRST_COLLECTION),
        )

    @routes.get("/collections/{collection}/{period}")
    def read_collection(
        request: Request, collection: str, period: str, region: str | None = None
    ) -> Response:
        own = a_region(views, region)
        shown = item(views, *find(views, collection, period), region=own)
        rows = _rows(views, shown)
        name = wording.collection(shown["collection"])
        return furniture.page(
            request,
            "collection.html",
            title=f"{name}: {wording.period(shown['period'])}",
            crumbs=CRUMBS,
            headline=f"{returned_sentence(shown)} {window_sentence(shown)}",
            item=shown,
            to_chase=[row for row in rows if row["state"] in TO_CHASE],
            returned=[row for row in rows if row["state"] not in TO_CHASE],
            regions=region_options(views),
            region=own or "",
        )

    return routes


def _rows(views: Views, shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the authorities of a period, by name."""
    rows = [{**entry, "name": views.name(entry["authority"])} for entry in shown["authorities"]]
    return sorted(rows, key=lambda row: row["name"])
