"""Data sets to take along: a region's quarter as an Explore Education Statistics pair with CSVW."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from services.gateway.api.condition import conditional
from services.gateway.api.listing import NO_STORE, Cursor, Limit, part
from services.gateway.api.model import Item, Listing
from services.gateway.api.parameter import a_collection, listed, missing
from services.gateway.core.data_file import CSVW, DATA, META, write_csvw, write_data, write_meta
from services.gateway.core.data_set import DataSet, Heading
from services.gateway.data_sets import find, headings
from services.gateway.views import Views
from services.runtime.problem import problems

WRITERS: dict[str, tuple[Callable[[DataSet], Any], str]] = {
    META: (write_meta, "text/csv"),
    CSVW: (write_csvw, "application/csvm+json"),
    DATA: (write_data, "text/csv"),
}
"""What writes each file of a set, and its media type, by how its name ends; the longest first."""


class GroupDataSetItem(Item):
    """A region's quarter: who may have it, and where its files are."""

    id: str
    title: str
    conditions: str
    collection: str
    period: str
    region: str
    state: str
    data: str
    meta: str
    csvw: str


class GroupDataSetListing(Listing[GroupDataSetItem]):
    """A part of the data sets."""


def router(views: Views) -> APIRouter:
    """Serve the data sets."""
    routes = APIRouter(tags=["Data sets"], route_class=conditional(views))
    collections = listed(views.released_collections(), description="Only this collection")

    @routes.get(
        "/v1/data-sets",
        summary="List the data sets: a collection's quarter of each region that has returned",
        response_model=GroupDataSetListing,
        responses=problems(422),
    )
    def list_data_sets(
        collection: str | None = collections, limit: Limit = 100, cursor: Cursor = None
    ) -> Response:
        known = headings(views, collection=a_collection(views, collection))
        entries = ((name, lambda of=of: item(views, of)) for name, of in known.items())
        return part(entries, limit=limit, cursor=cursor)

    @routes.get(
        "/v1/data-sets/{file}",
        summary="Read a file of a data set: ID.csv, ID.meta.csv or ID.csv-metadata.json",
        response_class=Response,
        responses={
            200: {
                "description": "The file: data and metadata as Explore Education Statistics has "
                "them, or CSVW. For the regional group, not for publication.",
                "content": {
                    "text/csv": {"schema": {"type": "string"}},
                    "application/csvm+json": {"schema": {"type": "object"}},
                },
            },
            **problems(404, 422),
        },
    )
    def read_data_set(file: str) -> Response:
        ending = next((known for known in WRITERS if file.endswith(known)), None)
        said = find(views, file.removesuffix(ending)) if ending else None
        if ending is None or said is None:
            raise missing(
                "data set", file, where="GET /v1/data-sets lists them, each with its files."
            )
        write, media_type = WRITERS[ending]
        headers = {**NO_STORE, "Content-Disposition": f'attachment; filename="{file}"'}
        if ending == CSVW:
            return JSONResponse(write(said), media_type=media_type, headers=headers)
        return Response(write(said), media_type=media_type, headers=headers)

    return routes


def item(views: Views, of: Heading) -> dict[str, Any]:
    """Return a set that there is, as the API says it."""
    period = views.period(of.collection, str(of.period)) or {}
    return {
        "id": of.id,
        "title": of.title,
        "conditions": of.conditions,
        "collection": of.collection,
        "period": str(of.period),
        "region": of.region.code,
        "state": period["state"],
        "data": f"/v1/data-sets/{of.id}{DATA}",
        "meta": f"/v1/data-sets/{of.id}{META}",
        "csvw": f"/v1/data-sets/{of.id}{CSVW}",
    }
