"""Returns to read: what was sent, and what became of it."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from schemas.periods import is_sandbox
from services.gateway.api.condition import conditional
from services.gateway.api.listing import NO_STORE, Cursor, Entry, Limit, part
from services.gateway.api.parameter import (
    CodeOfAuthority,
    PeriodText,
    a_collection,
    a_period,
    an_authority,
    listed,
)
from services.gateway.api.record import ReturnItem, ReturnListing
from services.gateway.core.item.submission import return_summary
from services.gateway.views import Views
from services.runtime.problem import Problem, problems

_RETRY_SECONDS = "1"


def router(views: Views) -> APIRouter:
    """Serve what is known of returns."""
    routes = APIRouter(tags=["Returns"], route_class=conditional(views))
    collections = listed(views.released_collections(), description="Only this collection")

    @routes.get(
        "/v1/returns",
        summary="List returns, the newest period first",
        response_model=ReturnListing,
        responses=problems(422),
    )
    def list_returns(
        authority: CodeOfAuthority = None,
        period: PeriodText = None,
        collection: str | None = collections,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        entries = _returns(
            views,
            authority=an_authority(views, authority),
            period=a_period(period),
            collection=a_collection(views, collection),
        )
        return part(entries, limit=limit, cursor=cursor)

    @routes.get(
        "/v1/returns/{return_id}",
        summary="Read a return: receipt, figures, findings and what became of it",
        response_model=ReturnItem,
        responses=problems(404, 422),
    )
    def read_return(return_id: str) -> Response:
        submission = views.store.get(views.keys.submission(return_id))
        if submission is None:
            raise Problem(
                404,
                "not-found",
                "There is no such return, or it is not shown yet",
                "A return is shown within a second of its receipt: ask again after the time in "
                "Retry-After. If it stays away, check the id on the receipt.",
                headers={"Retry-After": _RETRY_SECONDS},
            )
        return JSONResponse(views.returned(submission), headers=NO_STORE)

    return routes


def _returns(
    views: Views, *, authority: str | None, period: str | None, collection: str | None
) -> Iterator[Entry]:
    for name in views.collections() if collection is None else [collection]:
        tried = [period] if period is not None and is_sandbox(period) else []
        for text in [*views.periods(name), *tried]:
            document = views.period(name, text)
            if document is None or period not in {None, text}:
                continue
            for code in sorted(document["returns"]):
                if authority not in {None, code}:
                    continue
                versions = list(enumerate(document["returns"][code], start=1))
                for version, entry in reversed(versions):
                    yield (
                        entry["id"],
                        lambda d=document, c=code, v=version, e=entry: return_summary(  # type: ignore[misc]
                            d, c, v, entry=e
                        ),
                    )
