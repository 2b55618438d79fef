"""Collections and baselines to read: what is due, who has returned, what England lends."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from schemas.errors import UnknownPeriod
from schemas.events import IndicatorBaseline
from schemas.periods import Period
from services.gateway.api.listing import NO_STORE, Cursor, Entry, Limit, part
from services.gateway.api.model import BaselineItem
from services.gateway.api.parameter import a_collection, listed, missing
from services.gateway.api.record import CollectionItem, CollectionListing
from services.gateway.core.item.submission import collection_item
from services.gateway.views import Views
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve what is known of collections."""
    routes = APIRouter(tags=["Collections"])
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
        known = views.period(collection, _canonical(period))
        if known is None:
            raise missing(
                "period of that collection",
                f"{collection}/{period}",
                where="GET /v1/collections lists the periods that were opened.",
            )
        return JSONResponse(_item(views, known["collection"], known["period"]), headers=NO_STORE)

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


def _canonical(period: str) -> str:
    """Return a period of the path as the views spell it; what is no period finds nothing."""
    try:
        return str(Period.parse(period))
    except UnknownPeriod:
        return ""


def _item(views: Views, collection: str, period: str) -> dict[str, object]:
    document = views.period(collection, period)
    assert document is not None  # noqa: S101 - narrows the type: callers have just read it
    baseline = views.baseline(collection, period)
    return collection_item(
        document,
        senders=[authority.code for authority in views.senders()],
        baseline=baseline["id"] if baseline else None,
    )


def _collections(views: Views, only: str | None) -> Iterator[Entry]:
    for collection in views.collections() if only is None else [only]:
        for period in views.periods(collection):
            yield (
                f"{collection}/{period}",
                lambda c=collection, p=period: _item(views, c, p),  # type: ignore[misc]
            )
