"""Returns as a list: every version that was accepted, the latest first, narrowed down by a form."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from schemas.periods import SANDBOX_YEAR, Period
from services.gateway.api.parameter import a_collection, a_period, an_authority, one_of
from services.gateway.core import wording
from services.gateway.core.item.submission import ReturnState, return_summary
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views

PAGE = 50
_GONE = (ReturnState.SUPERSEDED, ReturnState.WITHDRAWN)
_SANDBOX = [f"{SANDBOX_YEAR}-01-Q{part}" for part in range(4, 0, -1)]


def router(furniture: Furniture) -> APIRouter:
    """Serve the list."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/returns")
    def list_returns(
        request: Request,
        authority: str | None = None,
        period: str | None = None,
        collection: str | None = None,
        state: str | None = None,
        after: str = "",
    ) -> Response:
        wanted = {
            "authority": an_authority(views, authority) or "",
            "period": a_period(period) or "",
            "collection": a_collection(views, collection) or "",
            "state": one_of("state", state, wording.RETURN_STATES) or "",
        }
        found = sorted(
            _found(views, wanted), key=lambda each: (each["accepted_at"], each["id"]), reverse=True
        )
        ids = [each["id"] for each in found]
        start = ids.index(after) + 1 if after in ids else 0
        shown = found[start : start + PAGE]
        rest = start + PAGE < len(found)
        asked = {name: value for name, value in wanted.items() if value}
        return furniture.page(
            request,
            "returns.html",
            title="Returns",
            headline=f"{wording.plural(len(found), 'version')} accepted"
            f"{' that are as you asked' if asked else ''}, the latest first.",
            items=[_row(views, each) for each in shown],
            first=start + 1,
            last=start + len(shown),
            older=f"/returns?{urlencode({**asked, 'after': shown[-1]['id']})}" if rest else "",
            newest=f"/returns?{urlencode(asked)}" if start else "",
            wanted=wanted,
            authorities=[("", "All"), *((a.code, a.name) for a in views.senders())],
            periods=[("", "All that count"), *((p, wording.period(p)) for p in _periods(views))],
            collections=[("", "All"), *((c, wording.collection(c)) for c in views.collections())],
            states=[("", "All"), *wording.RETURN_STATES.items()],
        )

    return routes


def _periods(views: Views) -> list[str]:
    """Return the quarters to choose from, the newest first, the sandbox last."""
    opened = {period for name in views.collections() for period in views.periods(name)}
    return [*sorted(opened, key=Period.parse, reverse=True), *_SANDBOX]


def _found(views: Views, wanted: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Walk the versions that are wanted; those of the sandbox only where its quarter is."""
    collections = [wanted["collection"]] if wanted["collection"] else views.collections()
    for collection in collections:
        periods = [wanted["period"]] if wanted["period"] else views.periods(collection)
        for period in periods:
            document = views.period(collection, period)
            if document is None:
                continue
            for code, versions in document["returns"].items():
                if wanted["authority"] not in ("", code):
                    continue
                for number, entry in enumerate(versions, start=1):
                    summary = return_summary(document, code, number, entry=entry)
                    if wanted["state"] in ("", summary["state"]):
                        yield {**summary, "asked": len(entry["asked"])}


def _row(views: Views, found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **found,
        "name": views.name(found["authority"]),
        "word": wording.RETURN_STATES[found["state"]],
        "open": 0 if found["state"] in _GONE else found["asked"],
    }
