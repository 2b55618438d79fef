"""Collections and baselines to read: what is due, who has returned, what England lends."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from schemas.errors import UnknownPeriod
from schemas.events import IndicatorBaseline
from schemas.periods import Period
from services.gateway.api.condition import conditional
from services.gateway.api.listing import NO_STORE, Cursor, Entry, Limit, part
from services.gateway.api.model import BaselineItem
from services.gateway.api.parameter import a_collection, a_region, listed, missing
from services.gateway.api.record import CollectionItem, CollectionListing
from services.gateway.core.chase import write_chase_list
from services.gateway.core.item.collection import collection_item
from services.gateway.views import Views
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve what is known of collections."""
    routes = APIRouter(tags=["Collections"], route_class=conditional(views))
    collections = listed(views.released_collections(), description="Only this collection")

    @routes.get(
        "/v1/collections",
        summary="List collections' periods with their state and how many have returned",
        response_model=CollectionListing,
        responses=problems(422),
    )
    def list_collections(
        collection: str | None = collections,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        entries = _collections(views, a_collection(views, collection))
        return part(entries, limit=limit, cursor=cursor)

    @routes.get(
        "/v1/collections/{collection}/{period}",
        summary="Read a collection's period: due, state, who has returned",
        response_model=CollectionItem,
        responses=problems(404, 422),
    )
    def read_collection(collection: str, period: str) -> Response:
        known = find(views, collection, period)
        return JSONResponse(item(views, *known), headers=NO_STORE)

    @routes.get(
        "/v1/collections/{collection}/{period}/chase.csv",
        summary="Read who has no return that counts, as a table",
        response_class=Response,
        responses={
            200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
            **problems(404, 422),
        },
    )
    def read_chase_list(
        collection: str,
        period: str,
        region: Annotated[str | None, Query(description="Only this region of /v1/regions")] = None,
    ) -> Response:
        known = find(views, collection, period)
        own = a_region(views, region)
        table = write_chase_list(item(views, *known, region=own), senders=views.senders(own))
        name = f"chase-{known[0]}-{known[1]}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(table, media_type="text/csv", headers={**NO_STORE, **disposition})

    @routes.get(
        "/v1/baselines/{baseline}",
        summary="Read what England lent a period: centre, spread, distribution, populations",
        response_model=BaselineItem,
        responses=problems(404, 422),
    )
    def read_baseline(baseline: str) -> Response:
        found = views.store.get(views.keys.baseline(baseline))
        if found is None:
            raise missing(
                "baseline", baseline, where="A standing names its own under made_from.baseline."
            )
        whole = {
            code: {name: said.get(name) for name in IndicatorBaseline.model_fields}
            for code, said in found["indicators"].items()
        }
        return JSONResponse({**found, "indicators": whole}, headers=NO_STORE)

    return routes


def find(views: Views, collection: str, period: str) -> tuple[str, str]:
    """Return a collection's period as the views spell it; raises the 404 of one never opened."""
    known = views.period(collection, _canonical(period))
    if known is None or known["state"] is None:
        raise missing(
            "period of that collection",
            f"{collection}/{period}",
            where="GET /v1/collections lists the periods that were opened.",
        )
    return known["collection"], known["period"]


def _canonical(period: str) -> str:
    """Return a period of the path as the views spell it; what is no period finds nothing."""
    try:
        return str(Period.parse(period))
    except UnknownPeriod:
        return ""


def item(
    views: Views, collection: str, period: str, *, region: str | None = None
) -> dict[str, Any]:
    """Return a collection's period that was opened, with all its senders or those of a region."""
    document = views.period(collection, period)
    assert document is not None  # noqa: S101 - narrows the type: callers have just read it
    baseline = views.baseline(collection, period)
    return collection_item(
        document,
        senders=[authority.code for authority in views.senders(region)],
        baseline=baseline["id"] if baseline else None,
        today=views.today(),
        working_days=views.library.working_days,
    )


def _collections(views: Views, only: str | None) -> Iterator[Entry]:
    for collection in views.collections() if only is None else [only]:
        for period in views.periods(collection):
            yield (
                f"{collection}/{period}",
                lambda c=collection, p=period: item(views, c, p),  # type: ignore[misc]
            )
