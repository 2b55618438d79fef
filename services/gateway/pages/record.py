"""Records as pages: one return as it was sent, and every notice."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from schemas.errors import UnknownCode
from schemas.rule import RULES
from services.gateway.core import wording
from services.gateway.core.item.alert import notice_item
from services.gateway.core.item.submission import return_item
from services.gateway.pages import briefing
from services.gateway.pages.chronicle import audience, became, reason
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views
from services.runtime.problem import Problem

_MOST = 200
_STATES = {
    "current": "It counts.",
    "superseded": "A later version counts in its place.",
    "withdrawn": "It was withdrawn and counts no longer.",
}


def router(furniture: Furniture) -> APIRouter:
    """Serve returns and notices."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/returns/{return_id}")
    def read_return(request: Request, return_id: str) -> Response:
        submission = views.store.get(views.keys.submission(return_id))
        if submission is None:
            raise Problem(
                404,
                "not-found",
                "There is no such return, or it is not shown yet",
                "A return is shown within a second of its receipt: load the page again. If it "
                "stays away, check the id on the receipt.",
                headers={"Retry-After": "1"},
            )
        item = return_item(submission, words=views.words)
        authority = views.authority(item["authority"])
        when = wording.period(item["period"])
        return furniture.page(
            request,
            "return.html",
            title=f"Return of {authority.name}",
            section="/authorities",
            crumbs=((f"/authorities/{authority.code}", authority.name),),
            headline=f"{wording.collection(item['collection'])} for {when}, version "
            f"{item['version']}. {_STATES[item['state']]}",
            item=item,
            findings=[_finding(views, said) for said in item["findings"]],
            observations=[_observation(views, said) for said in item["observations"]],
        )

    @routes.get("/notices")
    def list_notices(request: Request) -> Response:
        found = sorted(
            (notice_item(notice) for notice in views.notices()),
            key=lambda notice: (notice["planned_at"], notice["id"]),
            reverse=True,
        )
        sent = sum(notice["state"] == "sent" for notice in found)
        return furniture.page(
            request,
            "notices.html",
            title="Notices",
            headline=f"{wording.plural(len(found), 'notice')} planned, {sent} sent."
            if found
            else "Nobody has been told of anything yet.",
            notices=[_notice(furniture, notice) for notice in found[:_MOST]],
            expected=briefing.expected(views),
        )

    return routes


def _notice(furniture: Furniture, notice: Mapping[str, Any]) -> dict[str, Any]:
    views = furniture.views
    alert = views.store.get(views.keys.alert(notice["alert"]))
    name = views.authority(notice["authority"]).name
    return {
        "planned_at": notice["planned_at"],
        "alert": notice["alert"],
        "about": f"{furniture.signature(alert)}: {name}" if alert else name,
        "audience": audience(views, notice["audience"]),
        "why": reason(notice),
        "became": became(notice),
    }


def _observation(views: Views, said: Mapping[str, Any]) -> dict[str, Any]:
    name, known = _name(views, said["indicator"])
    symbol = said["symbol"]
    words = f"{symbol}: {wording.SYMBOLS[symbol].lower()}" if symbol else ""
    return {**said, "name": name, "known": known, "symbol": words}


def _finding(views: Views, said: Mapping[str, Any]) -> dict[str, Any]:
    about = f" on {_name(views, said['indicator'])[0]}" if said["indicator"] else ""
    rule = RULES.get(said["code"])
    title = rule.title if rule else "This rule is no longer in use."
    return {**said, "about": about, "title": title, "known": rule is not None}


def _name(views: Views, code: str) -> tuple[str, bool]:
    try:
        return views.indicator(code).name, True
    except UnknownCode:
        return code, False
