"""Standings to read: where every figure stands, from returns and from published data sets."""

from collections.abc import Iterator

from fastapi import APIRouter, Response

from schemas.catalogue import Indicator
from schemas.periods import Period, PeriodKind
from services.gateway.api.condition import conditional
from services.gateway.api.listing import Cursor, Entry, Limit, part
from services.gateway.api.model import StandingListing
from services.gateway.api.parameter import (
    CodeOfAuthority,
    CodeOfIndicator,
    PeriodText,
    a_collection,
    a_period,
    an_authority,
    an_indicator,
    listed,
)
from services.gateway.core.item.standing import published_item
from services.gateway.joined import Joined
from services.gateway.published import Release, figures, release_of
from services.gateway.views import Views
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve standings."""
    routes = APIRouter(tags=["Standings"], route_class=conditional(views))
    collections = listed(views.released_collections(), description="Only this collection")

    @routes.get(
        "/v1/standings",
        summary="List standings, the newest period first; a published period gives published ones",
        response_model=StandingListing,
        responses=problems(422),
    )
    def list_standings(
        authority: CodeOfAuthority = None,
        indicator: CodeOfIndicator = None,
        period: PeriodText = None,
        collection: str | None = collections,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        own = an_authority(views, authority)
        code = an_indicator(views, indicator)
        when = a_period(period)
        name = a_collection(views, collection)
        indicators = [
            i
            for i in views.catalogue().values()
            if code in {None, i.code} and name in {None, i.collection}
        ]
        if when is not None and Period.parse(when).kind is not PeriodKind.QUARTER:
            entries = _published(views, indicators, when, own)
        else:
            entries = _returned(views, indicators, when, own)
        return part(entries, limit=limit, cursor=cursor)

    return routes


def _returned(
    views: Views, indicators: list[Indicator], period: str | None, authority: str | None
) -> Iterator[Entry]:
    joined = Joined(views)
    collections = dict.fromkeys(indicator.collection for indicator in indicators)
    authorities = [a.code for a in views.senders() if authority in {None, a.code}]
    for collection in collections:
        own = [i for i in indicators if i.collection == collection]
        for text in views.periods(collection):
            if period not in {None, text}:
                continue
            for code in authorities:
                document = views.standings(collection, text, code)
                if document is None:
                    continue
                for indicator in own:
                    if indicator.code in document["standings"]:
                        yield (
                            f"{text}/{code}/{indicator.code}",
                            lambda d=document, i=indicator: joined.standing(d, i),  # type: ignore[misc]
                        )


def _published(
    views: Views, indicators: list[Indicator], period: str, authority: str | None
) -> Iterator[Entry]:
    for indicator in indicators:
        release = release_of(views, indicator.code, period)
        if release is None:
            continue
        for code in release.assessed["authorities"]:
            if authority in {None, code}:
                yield (
                    f"{release.id}/{code}",
                    lambda r=release, c=code, i=indicator: _item(views, r, c, i),  # type: ignore[misc]
                )


def _item(views: Views, release: Release, code: str, indicator: Indicator) -> dict[str, object]:
    place = release.place(code)
    assert place is not None  # noqa: S101 - narrows the type: the code comes from the list itself
    counts = figures(views, release).get(code, {})
    return published_item(release.assessed, place, indicator, figures=counts)
