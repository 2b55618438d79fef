"""Templates as a page: choose authority and quarter, download the return to be filled in."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from schemas.periods import SANDBOX_YEAR, Period, PeriodKind
from schemas.tabular import DIALECTS
from services.gateway.api.parameter import a_collection, a_period, one_of, refused
from services.gateway.core import wording
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.rug import YES
from services.gateway.views import FIRST_COLLECTION, Views

CRUMBS = (("/collections", "Collections"),)
_QUARTERS = 8
_SANDBOX = f"{SANDBOX_YEAR}-01-Q1"
_FILES = (("xlsx", "Download the Excel workbook"), ("csv", "Download the CSV"))
_DIALECTS = {
    "table-schema.json": "Table Schema",
    "datapackage.json": "Data Package",
    "csv-metadata.json": "CSV on the Web",
}
Ticked = Annotated[str | None, Query(description="yes where ticked")]


def router(furniture: Furniture) -> APIRouter:
    """Serve the page; the files themselves are ingest's."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/templates")
    def choose(
        request: Request,
        authority: str | None = None,
        period: str | None = None,
        collection: str | None = None,
        plain: Ticked = None,
    ) -> Response:
        offered = choices(views, authority=authority, period=period, collection=collection)
        code, when, named = offered["authority"], offered["when"], offered["collection"]
        is_plain = one_of("plain", plain, [YES]) is not None
        return furniture.page(
            request,
            "templates.html",
            title="Templates",
            crumbs=CRUMBS,
            live=False,
            about=f"{wording.collection(named)} of {views.name(code)}: {wording.period(when)}",
            files=[
                (_place(code, when, named, ending, is_plain=is_plain), words)
                for ending, words in _FILES
            ],
            contracts=[(f"/v1/contracts/{named}/{name}", _DIALECTS[name]) for name in DIALECTS],
            plain=is_plain,
            **offered,
        )

    return routes


def choices(
    views: Views, *, authority: str | None, period: str | None, collection: str | None
) -> dict[str, Any]:
    """Return what there is to choose of a return that is to be filled in, and what is chosen.

    What is not named is the first authority, the first collection and its newest quarter. Raises
    the Problem of what there is not.
    """
    senders = [(a.code, a.name) for a in views.senders()]
    code = one_of("authority", authority, [code for code, _ in senders]) or senders[0][0]
    named = a_collection(views, collection) or FIRST_COLLECTION
    quarters = _quarters(views, named, wanted=_quarter(period))
    return {
        "authorities": senders,
        "authority": code,
        "quarters": [(quarter, wording.period(quarter)) for quarter in quarters],
        "when": _quarter(period) or views.newest(named) or quarters[0],
        "collections": [(name, wording.collection(name)) for name in views.collections()],
        "collection": named,
    }


def _quarter(text: str | None) -> str | None:
    """Return a quarter in its canonical form, None for none; any other period is a Problem."""
    when = a_period(text)
    if when is not None and Period.parse(when).kind is not PeriodKind.QUARTER:
        raise refused("period", when, expected="a quarter, such as 2026-27-Q2.")
    return when


def _quarters(views: Views, collection: str, *, wanted: str | None) -> list[str]:
    """Return the quarters to choose from: those opened, the one to open next, the sandbox."""
    known = {_SANDBOX, views.next_quarter(), *views.periods(collection)[:_QUARTERS]}
    if wanted is not None:
        known.add(wanted)
    return sorted(known, key=Period.parse, reverse=True)


def _place(code: str, when: str, collection: str, ending: str, *, is_plain: bool) -> str:
    asked = {"collection": collection} | ({"last": "false"} if is_plain else {})
    return f"/v1/templates/{code}/{when}.{ending}?{urlencode(asked)}"
