"""Data sets as a page: their files, what stands in them, and who may have them."""

from fastapi import APIRouter, Request, Response

from services.gateway.api.data_set import item
from services.gateway.api.parameter import a_collection
from services.gateway.core import wording
from services.gateway.core.data_file import SYMBOLS
from services.gateway.data_sets import headings
from services.gateway.pages.furniture import Furniture


def router(furniture: Furniture) -> APIRouter:
    """Serve the page."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/data")
    def list_data_sets(request: Request, collection: str | None = None) -> Response:
        wanted = a_collection(views, collection)
        sets = [
            {**item(views, of), "region_name": of.region.name}
            for of in headings(views, collection=wanted).values()
        ]
        return furniture.page(
            request,
            "data-sets.html",
            title="Data sets",
            headline="The figures that were returned, as files for the regional group of "
            "directors. They are not for publication.",
            sets=sets,
            has_regions=len({each["region"] for each in sets}) > 1,
            symbols=[(symbol, wording.SYMBOLS[symbol]) for symbol in SYMBOLS],
            collections=[
                ("", "All"),
                *((name, wording.collection(name)) for name in views.collections()),
            ],
            wanted=wanted or "",
        )

    return routes
