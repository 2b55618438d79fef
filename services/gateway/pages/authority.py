"""Authorities as pages: the list, and one authority's figures domain by domain."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from schemas.events import State
from services.gateway.api.parameter import a_collection, a_region, missing
from services.gateway.core import wording
from services.gateway.core.cell import Tone
from services.gateway.core.document import Document
from services.gateway.core.item.standing import published_item
from services.gateway.core.item.submission import current
from services.gateway.core.line import make_line
from services.gateway.core.rug import tone_in
from services.gateway.core.sentence import (
    authority_headline,
    awaited_headline,
    standing_headline,
)
from services.gateway.joined import Joined
from services.gateway.pages import briefing
from services.gateway.pages.fitting import NONE_YET, Fitted, fit_period
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.rug import region_options
from services.gateway.published import latest
from services.gateway.views import FIRST_COLLECTION, Views

Domains = list[tuple[str, list[dict[str, Any]]]]
CRUMBS = (("/authorities", "Authorities"),)


def router(furniture: Furniture) -> APIRouter:
    """Serve authorities."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/authorities")
    def list_authorities(request: Request, region: str | None = None) -> HTMLResponse:
        own = a_region(views, region)
        rows = _rows(views, own)
        reds, *standing = (
            sum(row[name] for row in rows) for name in ("reds", "risks", "strengths")
        )
        senders = views.library.senders(views.nation)
        others = [
            a for a in views.library.authorities(views.nation).values() if a.code not in senders
        ]
        return furniture.page(
            request,
            "authorities.html",
            title="Authorities",
            section="/authorities",
            headline=f"{wording.plural(len(rows), 'authority', 'authorities')} and "
            f"{wording.plural(reds, 'red figure')} in the newest quarter. "
            f"{standing_headline(*standing)}"
            if views.periods(FIRST_COLLECTION)
            else f"{wording.plural(len(rows), 'authority', 'authorities')}. No period has been "
            "opened yet, so none has returned.",
            caption="Authorities with their return, red figures and open signatures",
            rows=rows,
            regions=region_options(views),
            region=own or "",
            others=sorted(others, key=lambda a: a.name),
        )

    @routes.get("/authorities/{code}")
    def read_authority(
        request: Request, code: str, collection: str | None = None, period: str | None = None
    ) -> HTMLResponse:
        authority = find(views, code)
        name = a_collection(views, collection) or FIRST_COLLECTION
        return _page(
            furniture, request, authority, name, fit_period(views, period, collection=name)
        )

    return routes


def find(views: Views, code: str) -> Authority:
    """Return an authority; the Problem of a page that is not there for an unknown code."""
    try:
        return views.authority(code)
    except UnknownCode:
        raise missing("authority", code, where="The page Authorities lists them.") from None


def _page(
    furniture: Furniture, request: Request, authority: Authority, collection: str, wanted: Fitted
) -> HTMLResponse:
    views = furniture.views
    when = wanted.value or views.newest(collection)
    sends = authority.code in views.library.senders(views.nation)
    alerts = briefing.standing(views, authority=authority.code) if sends else []
    shown = _figures(views, authority, collection, when, alerts=briefing.by_sign(alerts))
    return furniture.page(
        request,
        "authority.html",
        title=authority.name,
        section="/authorities",
        crumbs=CRUMBS,
        headline=shown.headline,
        figures=shown.title,
        code=authority.code,
        region=views.library.region(authority.region).name,
        provisional=bool(shown.document and shown.document["provisional"]),
        return_id=shown.document.get("return_id") if shown.document else None,
        returned=shown.document is not None,
        alerts=[briefing.card(furniture, *known) for known in alerts],
        domains=shown.domains,
        opening=briefing.opening(views, request, collection) if sends else None,
        notices=[wanted.notice] if wanted.notice else [],
        sends=sends,
        collections=[(name, wording.collection(name)) for name in views.collections()],
        collection=collection,
        periods=[(p, wording.period(p)) for p in views.periods(collection)] or NONE_YET,
        chosen=when or "",
        neighbours=[views.authority(n) for n in views.neighbours(authority.code)],
        neighbours_words=_neighbours_words(views, authority),
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the page of an authority shows; ``document`` is None for published figures."""

    headline: str
    title: str
    domains: Domains
    document: Document | None = None


def _figures(
    views: Views,
    authority: Authority,
    collection: str,
    when: str | None,
    *,
    alerts: tuple[int, int],
) -> _Figures:
    """Return the period's figures, else those of the newest return before it, else published."""
    if authority.code not in views.library.senders(views.nation):
        said = f"{authority.name} sends no returns here; these are its published figures."
        return _Figures(said, "Published figures", _published(views, authority.code))
    if when is None:
        said = f"No period of the {wording.collection(collection).lower()} has been opened yet."
        return _published_only(views, authority, said)
    document = views.standings(collection, when, authority.code)
    if document is not None and document.get("return_id") is not None:
        tones = [
            tone
            for indicator in views.indicators(collection)
            if (tone := tone_in(document, indicator)) is not None
        ]
        risks, strengths = alerts
        said = authority_headline(
            tones, period=wording.period(when), risks=risks, strengths=strengths
        )
        return _Figures(said, "Figures", _returned(views, document, collection), document)
    period = views.period(collection, when) or {"due": None, "state": None}
    said = awaited_headline(
        period=wording.period(when),
        due=period["due"],
        late=views.absence(collection, when) is State.LATE,
        closed=period["state"] == "closed",
    )
    before = views.returned_before(collection, authority.code, when)
    if before is None:
        return _published_only(views, authority, said)
    dated = wording.period(before[0])
    return _Figures(
        f"{said} Below is its newest return before that, for {dated}.",
        f"Figures of {dated}",
        _returned(views, before[1], collection),
        before[1],
    )


def _published_only(views: Views, authority: Authority, said: str) -> _Figures:
    domains = _published(views, authority.code)
    below = " Below are its published figures." if domains else ""
    return _Figures(f"{said}{below}", "Published figures", domains)


def _neighbours_words(views: Views, authority: Authority) -> str:
    version = views.method()["neighbours"]
    words = f"The ten most similar authorities, the nearest first (model of {version})."
    if authority.drawn_from is None:
        return words
    real = views.authority(authority.drawn_from).name
    return f"{words} They are those of {real}, from which this invented authority is drawn."


def _returned(views: Views, document: Document, collection: str) -> Domains:
    joined = Joined(views)
    rows = [
        _row(joined.standing(document, indicator), indicator)
        for indicator in views.indicators(collection)
        if indicator.code in document["standings"]
    ]
    return _by_domain(rows)


def _published(views: Views, code: str) -> Domains:
    rows = []
    for indicator in views.catalogue().values():
        release = latest(views, indicator.code)
        place = None if release is None else release.place(code)
        if release is not None and place is not None:
            item = published_item(release.assessed, place, indicator, figures={})
            rows.append({**_row(item, indicator), "year": release.period})
    return _by_domain(rows)


def _row(item: Mapping[str, Any], indicator: Indicator) -> dict[str, Any]:
    return {**asdict(make_line(item, indicator)), "indicator": indicator, "year": None}


def _by_domain(rows: list[dict[str, Any]]) -> Domains:
    names = dict.fromkeys(row["indicator"].domain for row in rows)
    return [(name, [row for row in rows if row["indicator"].domain == name]) for name in names]


def _rows(views: Views, region: str | None) -> list[dict[str, Any]]:
    newest = views.newest(FIRST_COLLECTION)
    period = views.period(FIRST_COLLECTION, newest) if newest else None
    absence = "Not returned"
    if newest and views.absence(FIRST_COLLECTION, newest) is State.LATE:
        absence = "Late"
    open_alerts: dict[str, list[tuple[str, Document]]] = {}
    for alert, brief in briefing.standing(views):
        open_alerts.setdefault(brief["authority"], []).append((alert, brief))
    rows = []
    for authority in views.senders(region):
        document = views.standings(FIRST_COLLECTION, newest, authority.code) if newest else None
        entry = current(period, authority.code) if period else None
        risks, strengths = briefing.by_sign(open_alerts.get(authority.code, []))
        rows.append(
            {
                "code": authority.code,
                "name": authority.name,
                "region": views.library.region(authority.region).name,
                "returned": wording.day(entry["at"][:10]) if entry else absence,
                "reds": sum(
                    tone_in(document, indicator) is Tone.RED
                    for indicator in views.indicators(FIRST_COLLECTION)
                ),
                "risks": risks,
                "strengths": strengths,
            }
        )
    return rows
