"""The released tables to read: authorities, indicators and the rules of signatures."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from services.gateway.api.condition import conditional
from services.gateway.api.listing import Cursor, Entry, Limit, part
from services.gateway.api.parameter import a_collection, listed, missing
from services.gateway.api.record import (
    AuthorityItem,
    AuthorityListing,
    IndicatorDetail,
    IndicatorListing,
    SignatureListing,
)
from services.gateway.views import Views
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve the tables that count."""
    routes = APIRouter(tags=["Reference"], route_class=conditional(views))
    collections = listed(
        views.released_collections(), description="Only indicators of this collection"
    )

    @routes.get(
        "/v1/authorities",
        summary="List the authorities, in a sandbox the fictional ones first",
        response_model=AuthorityListing,
        responses=problems(422),
    )
    def list_authorities(limit: Limit = 500, cursor: Cursor = None) -> Response:
        known = views.library.authorities(views.nation).values()
        entries = ((a.code, lambda a=a: _authority(views, a)) for a in known)
        return part(entries, limit=limit, cursor=cursor)

    @routes.get(
        "/v1/authorities/{code}",
        summary="Read an authority with its statistical neighbours",
        response_model=AuthorityItem,
        responses=problems(404, 422),
    )
    def read_authority(code: str) -> Response:
        try:
            return JSONResponse(_authority(views, views.authority(code)))
        except UnknownCode:
            raise missing("authority", code, where="GET /v1/authorities lists them.") from None

    @routes.get(
        "/v1/indicators",
        summary="List the indicators of the catalogue in force",
        response_model=IndicatorListing,
        responses=problems(422),
    )
    def list_indicators(
        collection: str | None = collections, limit: Limit = 500, cursor: Cursor = None
    ) -> Response:
        name = a_collection(views, collection)
        known = [i for i in views.catalogue().values() if name in {None, i.collection}]
        entries = ((i.code, lambda i=i: _indicator(views, i)) for i in known)
        return part(entries, limit=limit, cursor=cursor)

    @routes.get(
        "/v1/indicators/{code}",
        summary="Read an indicator with its published data sets",
        response_model=IndicatorDetail,
        responses=problems(404, 422),
    )
    def read_indicator(code: str) -> Response:
        try:
            indicator = views.indicator(code)
        except UnknownCode:
            raise missing("indicator", code, where="GET /v1/indicators lists them.") from None
        known = (views.store.get(views.keys.data_sets(code)) or {"sets": {}})["sets"]
        data_sets = [{"id": data_set, **brief} for data_set, brief in known.items()]
        return JSONResponse({**_indicator(views, indicator), "data_sets": data_sets})

    @routes.get(
        "/v1/signatures",
        summary="List the signatures: the rules that are evaluated, as released",
        response_model=SignatureListing,
        responses=problems(422),
    )
    def list_signatures(limit: Limit = 500, cursor: Cursor = None) -> Response:
        return part(_signatures(views), limit=limit, cursor=cursor)

    return routes


def rule_file(views: Views) -> Mapping[str, Any]:
    """Return the rule file in force; an empty one where none was released."""
    try:
        return views.library.rules(views.method()["rules"])
    except UnknownCode:
        return {"version": "", "signature": []}


def _signatures(views: Views) -> Iterator[Entry]:
    rules = rule_file(views)
    for rule in rules.get("signature", []):
        yield (
            rule["id"],
            lambda rule=rule: {  # type: ignore[misc]
                "id": rule["id"],
                "name": rule["name"],
                "sign": rule["sign"],
                "collection": rule.get("collection"),
                "condition": rule["condition"],
                "question": " ".join(rule["question"].split()),
                "rule_version": rules["version"],
                "rule": dict(rule),
            },
        )


def _authority(views: Views, authority: Authority) -> dict[str, Any]:
    region = views.library.region(authority.region)
    return {
        "code": authority.code,
        "name": authority.name,
        "ons_code": authority.ons_code or None,
        "region": {"code": region.code, "name": region.name},
        "nation": authority.nation,
        "sends_returns": authority.code in views.library.senders(views.nation),
        "neighbours": list(views.neighbours(authority.code)),
    }


def _indicator(views: Views, indicator: Indicator) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "name": indicator.name,
        "domain": indicator.domain,
        "collection": indicator.collection,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator if indicator.has_denominator else None,
        "unit": indicator.unit,
        "kind": str(indicator.kind),
        "polarity": str(indicator.polarity),
        "accumulates": str(indicator.accumulates),
        "factor": indicator.factor,
        "decimals": indicator.decimals,
        "population": indicator.population,
        "sets": list(indicator.sets),
        "catalogue": views.method()["catalogue"],
    }
