"""The tartan rug to read: authorities by indicators, each cell with how it is judged."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from services.gateway.api.condition import conditional
from services.gateway.api.model import RugDocument
from services.gateway.api.parameter import (
    PeriodText,
    a_collection,
    a_period,
    a_region,
    listed,
    refused,
)
from services.gateway.core.item.submission import current
from services.gateway.core.rug import Column, Row, Yarn, standing_in
from services.gateway.loom import Loom, Setting
from services.gateway.views import FIRST_COLLECTION, Views
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve the rug."""
    routes = APIRouter(tags=["Standings"], route_class=conditional(views))
    loom = Loom(views)
    regions = listed([r.code for r in views.regions()], description="By default one's own")
    collections = listed(views.released_collections(), description=f"By default {FIRST_COLLECTION}")

    @routes.get(
        "/v1/rug",
        summary="Read the rug of a region, collection and period (by default the newest)",
        response_model=RugDocument,
        responses=problems(404, 422),
    )
    def read_rug(
        region: str | None = regions,
        period: PeriodText = None,
        collection: str | None = collections,
    ) -> Response:
        setting = choose(views, region=region, period=period, collection=collection)
        return JSONResponse(_document(views, loom, setting))

    return routes


def choose(
    views: Views, *, region: str | None, period: str | None, collection: str | None
) -> Setting:
    """Return which rug is meant; a Problem names a value that we do not have.

    A collection without any period gives the setting of an empty rug.
    """
    name = a_collection(views, collection) or FIRST_COLLECTION
    when = a_period(period)
    known = views.periods(name)
    if when is not None and when not in known:
        listed = ", ".join(known) or "none yet: open a period first"
        raise refused("period", when, expected=f"an opened period of {name}: {listed}.")
    when = when or views.newest(name)
    return Setting(a_region(views, region) or views.home(name, when), name, when or "")


def _document(views: Views, loom: Loom, setting: Setting) -> dict[str, Any]:
    yarn = loom.yarn(setting)
    rug = loom.weave(yarn)
    period = views.period(setting.collection, setting.period) or {}
    returned = [a for a in yarn.authorities if period and current(period, a.code) is not None]
    return {
        "region": setting.region,
        "collection": setting.collection,
        "period": setting.period,
        "state": period.get("state"),
        "due": period.get("due"),
        "returned": len(returned),
        "of": len(yarn.authorities),
        "authorities": [
            {"code": column.code, "name": column.name, "returned": column.returned}
            for column in rug.columns
        ],
        "indicators": [_row(row) for row in rug.rows],
        "cells": [_cell(yarn, column, row) for row in rug.rows for column in rug.columns],
    }


def _row(row: Row) -> dict[str, Any]:
    indicator = row.indicator
    return {
        "code": indicator.code,
        "name": indicator.name,
        "domain": indicator.domain,
        "unit": indicator.unit,
        "polarity": str(indicator.polarity),
        "decimals": indicator.decimals,
        "region": row.pooled.item(),
    }


def _cell(yarn: Yarn, column: Column, row: Row) -> dict[str, Any]:
    document = yarn.documents.get(column.code)
    said = standing_in(document, row.indicator.code) or {"state": yarn.absence}
    england: Mapping[str, Any] = said.get("england") or {}
    comparison: Mapping[str, Any] = said.get("comparison") or {}
    change: Mapping[str, Any] = said.get("change") or {}
    return {
        "authority": column.code,
        "indicator": row.indicator.code,
        "value": comparison.get("value"),
        "symbol": said.get("symbol"),
        "state": said["state"],
        "flag": england.get("flag", "not_assessed"),
        "band": england.get("band"),
        "rank": england.get("rank"),
        "difference": (said.get("neighbours") or {}).get("difference"),
        "arrow": change.get("arrow"),
        "by": change.get("by"),
        "provisional": bool(document and document["provisional"]),
        "open_query": bool(said.get("open_query")),
        "alert": yarn.alerts.get((column.code, row.indicator.code)),
    }
