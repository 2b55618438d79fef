"""Alerts and notices to read: the question, its grounds, what was said, who was told."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from schemas.events import AlertSeverity, Sign
from schemas.periods import Period
from services.gateway.api.condition import conditional
from services.gateway.api.listing import NO_STORE, Cursor, Entry, Limit, part
from services.gateway.api.model import AlertItem, AlertListing, NoticeListing
from services.gateway.api.parameter import (
    CodeOfAuthority,
    PeriodText,
    a_period,
    an_authority,
    listed,
    missing,
    one_of,
    refused,
)
from services.gateway.core.document import Document
from services.gateway.core.item.alert import notice_item
from services.gateway.joined import Joined
from services.gateway.views import Views
from services.gateway.wanted import ALERT_STATES, Wanted, newest_first
from services.runtime.problem import problems


def router(views: Views) -> APIRouter:
    """Serve alerts and notices."""
    routes = APIRouter(tags=["Alerts"], route_class=conditional(views))
    states = listed(ALERT_STATES, description="Only alerts in this state")
    severities = listed(list(AlertSeverity), description="Only alerts of this severity")
    signs = listed(list(Sign), description="Of risk or of strength")

    @routes.get(
        "/v1/alerts",
        summary="List alerts, the newest first",
        response_model=AlertListing,
        responses=problems(422),
    )
    def list_alerts(
        authority: CodeOfAuthority = None,
        state: str | None = states,
        period: PeriodText = None,
        severity: str | None = severities,
        sign: str | None = signs,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        wanted = read_wanted(
            views,
            authority=authority,
            state=state,
            period=period,
            severity=severity,
            sign=sign,
        )
        return part(_alerts(views, wanted), limit=limit, cursor=cursor)

    @routes.get(
        "/v1/alerts/{alert}",
        summary="Read an alert with its evidence, answers, notices and history",
        response_model=AlertItem,
        responses=problems(404, 422),
    )
    def read_alert(alert: str) -> Response:
        found = views.store.get(views.keys.alert(alert))
        if found is None:
            raise missing("alert", alert, where="GET /v1/alerts lists them.")
        return JSONResponse(Joined(views).alert(found), headers=NO_STORE)

    @routes.get(
        "/v1/notices",
        summary="List notices, the newest first: what was told to whom, and why",
        response_model=NoticeListing,
        responses=problems(422),
    )
    def list_notices(
        alert: str | None = None,
        authority: CodeOfAuthority = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Response:
        if alert and views.store.get(views.keys.alert(alert)) is None:
            raise refused("alert", alert, expected="an alert's id; see /v1/alerts.")
        own = an_authority(views, authority)
        told = [
            notice
            for notice in views.notices(None if own is None else [own])
            if alert in {None, "", notice["alert"]}
        ]
        told.sort(key=lambda notice: (notice["planned_at"], notice["id"]), reverse=True)
        entries = ((notice["id"], lambda n=notice: notice_item(n)) for notice in told)
        return part(entries, limit=limit, cursor=cursor)

    return routes


def read_wanted(
    views: Views,
    *,
    authority: str | None = None,
    state: str | None = None,
    period: str | None = None,
    severity: str | None = None,
    sign: str | None = None,
) -> Wanted:
    """Read which alerts are wanted; a Problem names a value that we do not have."""
    when = a_period(period)
    return Wanted(
        authority=an_authority(views, authority),
        state=one_of("state", state, ALERT_STATES),
        period=None if when is None else Period.parse(when),
        severity=one_of("severity", severity, [str(s) for s in AlertSeverity]),
        sign=one_of("sign", sign, [str(s) for s in Sign]),
    )


def _alerts(views: Views, wanted: Wanted) -> Iterator[Entry]:
    joined = Joined(views)
    for alert, _brief in newest_first(views, wanted):
        document = views.store.get(views.keys.alert(alert))
        if document is not None:
            yield alert, lambda d=document: _item(joined, d)  # type: ignore[misc]


def _item(joined: Joined, document: Document) -> dict[str, object]:
    return joined.alert(document)
