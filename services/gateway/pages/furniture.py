"""What every page stands in: templates, hashed styles, navigation, freshness, live updates."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from schemas.errors import UnknownCode
from schemas.periods import is_sandbox
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.core.reason import reason
from services.gateway.feed import Feed
from services.gateway.views import Views

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"
ASSETS = "/static"
_PERIODS = 1024
POLARITIES = {"H": "Higher is better", "L": "Lower is better", "N": "Neither"}
ACCUMULATES = {
    "flow": "The last four quarters together",
    "stock": "The figure as returned, a count on a day",
    "window": "The figure as returned, which already looks back over a year",
    "flow_over_stock": "The last four quarters together, over the mean of their stocks",
}
LEVEL_TONES = {"error": "red", "query": "amber", "notice": "plain"}
_FLAG_TONES = {
    "amber": "amber", "red": "red", "better": "green", "much_better": "green",
    "high": "higher", "very_high": "higher", "low": "lower", "very_low": "lower",
}  # fmt: skip


class Furniture:
    """Renders templates; ``feed`` is None where no page can listen to what is new."""

    def __init__(self, views: Views, *, feed: Feed | None = None, dist: Path = DIST) -> None:
        """Read the templates and the manifest of the compiled styles, if there is one."""
        self.views = views
        self._feed = feed
        manifest = dist / "manifest.json"
        names = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        self._environment = Environment(
            loader=PackageLoader("services.gateway"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            asset=lambda name: f"{ASSETS}/{names[name]}" if name in names else None,
            day=wording.day,
            period=lru_cache(maxsize=_PERIODS)(wording.period),
            short_period=wording.short_period,
            reason=reason,
            is_sandbox=is_sandbox,
            domain=wording.domain,
            unit=wording.unit,
            count=wording.count,
            collection_name=wording.collection,
            RETURNED=wording.RETURNED,
            RETURN_STATES=wording.RETURN_STATES,
            FLAGS=wording.FLAGS,
            FLAG_TONES={flag: _FLAG_TONES.get(flag, "plain") for flag in wording.FLAGS},
            FLAG_SENTENCES=wording.FLAG_SENTENCES,
            LEVELS=wording.LEVELS,
            LEVEL_TONES=LEVEL_TONES,
            SEVERITIES=wording.SEVERITIES,
            ALERT_STATES=wording.ALERT_STATES,
            POLARITIES=POLARITIES,
            ACCUMULATES=ACCUMULATES,
        )

    async def arrive(self, request: Request) -> None:
        """Take the feed's place for a page, before its handler reads any view.

        What is folded while the page is read may then be on it, but never goes untold.
        """
        request.state.place = self._feed.place if self._feed else ""

    def page(
        self,
        request: Request,
        template: str,
        *,
        title: str,
        section: str = "",
        crumbs: tuple[tuple[str, str], ...] = (),
        live: bool = True,
        wide: bool = False,
        status: int = 200,
        **context: object,
    ) -> HTMLResponse:
        """Return a page with its furniture; ``arrive`` has seen the request before."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        rendered = self._environment.get_template(template).render(
            **context,
            **self._place(),
            title=title,
            section=section,
            crumbs=crumbs,
            live=live and self._feed is not None,
            wide=wide,
            path=request.url.path,
            here=here,
            as_at=self.views.as_at() if live else None,
            place=request.state.place,
        )
        return HTMLResponse(rendered, status_code=status, headers={"Cache-Control": "no-store"})

    def plain(self, request: Request, *, status: int, **context: object) -> HTMLResponse:
        """Return a page about a problem, which needs no view and no live update."""
        rendered = self._environment.get_template("problem.html").render(
            {"errors": [], "request_id": None, **context},
            **self._place(),
            section="",
            crumbs=(),
            live=False,
            wide=False,
            path=request.url.path,
            here=request.url.path,
            as_at=None,
            place="",
        )
        return HTMLResponse(rendered, status_code=status, headers={"Cache-Control": "no-store"})

    def signature(self, alert: Document) -> str:
        """Return what the signature of an alert is called."""
        return signature_name(self.views, alert["signature"])

    def _place(self) -> dict[str, Any]:
        return {"invented": self.views.is_invented, "region_name": self.views.place_name()}


def signature_name(views: Views, signature: str) -> str:
    """Return a signature's name; of a one-indicator signature, with the indicator's own."""
    try:
        rules = views.library.rules(views.method()["rules"])["signature"]
    except UnknownCode:
        return signature
    for rule in rules:
        name: str = rule["name"]
        if rule["id"] == signature:
            return name
        head = signature.removeprefix(rule["id"])
        if "{indicator}" in name and head != signature:
            return name.format(indicator=_indicator_name(views, head.strip("-/:. ")))
    return signature


def _indicator_name(views: Views, code: str) -> str:
    try:
        return views.indicator(code).name
    except UnknownCode:
        return code
