"""Indicators as pages: the catalogue, and one indicator over all authorities."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from schemas.catalogue import Indicator
from services.gateway.core import wording
from services.gateway.core.chart import draw_rows, draw_strip
from services.gateway.core.item.standing import published_item
from services.gateway.core.line import Line, make_line
from services.gateway.joined import Joined
from services.gateway.pages import briefing
from services.gateway.pages.figure import find_indicator
from services.gateway.pages.furniture import Furniture
from services.gateway.published import latest
from services.gateway.views import Views

CRUMBS = (("/indicators", "Indicators"),)
Row = tuple[float | None, dict[str, Any]]


def router(furniture: Furniture) -> APIRouter:
    """Serve indicators."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/indicators")
    def list_indicators(request: Request) -> HTMLResponse:
        known = list(views.catalogue().values())
        names = dict.fromkeys(indicator.domain for indicator in known)
        return furniture.page(
            request,
            "indicators.html",
            title="Indicators",
            section="/indicators",
            headline=f"{len(known)} indicators in {len(names)} domains; each is returned in one "
            "collection.",
            domains=[(name, [i for i in known if i.domain == name]) for name in names],
        )

    @routes.get("/indicators/{code}")
    def read_indicator(request: Request, code: str) -> HTMLResponse:
        indicator = find_indicator(views, code)
        return furniture.page(
            request,
            "indicator.html",
            title=indicator.name,
            section="/indicators",
            crumbs=CRUMBS,
            indicator=indicator,
            opening=briefing.opening(views, request, indicator.collection),
            **_region(views, indicator),
            **_published(views, indicator),
        )

    return routes


def _region(views: Views, indicator: Indicator) -> dict[str, Any]:
    """Return the region's rows and chart, and the headline that they give."""
    collection = indicator.collection
    newest = views.newest(collection)
    region = views.home(collection, newest)
    name, when = views.library.region(region).name, wording.period(newest)
    rows: list[Row] = []
    joined, england, pooled = Joined(views), None, None
    for authority in views.senders(region):
        document = views.standings(collection, newest, authority.code) if newest else None
        if document is None or indicator.code not in document["standings"]:
            continue
        item = joined.standing(document, indicator)
        england = (item["england"] or {}).get("value") or england
        pooled = item["region"]["value"]
        line = make_line(item, indicator)
        place = item["region"]["rank"]
        entry = {**_entry(line), "code": authority.code, "name": authority.name}
        rows.append(((item["comparison"] or {}).get("value"), {**entry, "rank": place or "–"}))
    valued = _sorted(rows, indicator)
    dots = [(r["name"], value, _tone(r), r["value"]) for value, r in valued if value is not None]
    marks = {"England": ("england", england), "Region": ("region", pooled)}
    return {
        "headline": _spread(valued, indicator, when=when)
        or _awaited(collection, name=name, when=newest),
        "rows": [row for _, row in valued],
        "region_title": f"{name}, {when}",
        "region_chart": draw_rows(dots, decimals=indicator.decimals, marks=marks),
        "region_chart_title": f"{indicator.name} in {name}",
        "region_desc": f"{when}, each authority with England and the region as a whole.",
    }


def _published(views: Views, indicator: Indicator) -> dict[str, Any]:
    release = latest(views, indicator.code)
    if release is None:
        return {"published": [], "published_title": "", "strip": None, "published_headline": ""}
    rows: list[Row] = []
    for place, code in enumerate(release.assessed["authorities"]):
        item = published_item(release.assessed, place, indicator, figures={})
        line = make_line(item, indicator)
        entry = {**_entry(line), "code": code, "name": views.name(code)}
        entry |= {"rank": item["england"]["rank"] or "–", "band": item["england"]["band"] or "–"}
        rows.append((item["value"], entry))
    ordered = _sorted(rows, indicator)
    dots = [(r["name"], value, _tone(r), r["value"]) for value, r in ordered if value is not None]
    when = wording.period(release.period)
    england = release.assessed.get("england")
    return {
        "published": [row for _, row in ordered],
        "published_title": f"England, {when}",
        "published_headline": _spread(ordered, indicator, when=f"{when}, published"),
        "strip": draw_strip(
            sorted(dots, key=lambda dot: dot[1]),
            decimals=indicator.decimals,
            marks={"England": ("england", england)},
        ),
        "published_chart_title": f"{indicator.name} in England",
        "published_desc": f"{when}, published; one dot for each of {len(dots)} authorities.",
    }


def _entry(line: Line) -> dict[str, Any]:
    return {
        "value": line.value,
        "word": line.word,
        "tone": line.tone,
        "neighbours": line.neighbours,
        "change": line.change,
    }


def _tone(row: dict[str, Any]) -> str:
    return str(row["tone"])


def _sorted(rows: list[Row], indicator: Indicator) -> list[Row]:
    """The worst first, of a neutral indicator the highest; those without a value last."""
    sign = 1 if indicator.polarity == "H" else -1
    return sorted(rows, key=lambda row: (row[0] is None, sign * (row[0] or 0), row[1]["name"]))


def _spread(rows: list[Row], indicator: Indicator, *, when: str) -> str:
    """Say between whom the figures lie; empty where nobody has one."""
    valued = [row for value, row in rows if value is not None]
    if not valued:
        return ""
    first, last = valued[0], valued[-1]
    if len(valued) == 1:
        return f"{first['value']} in {first['name']}, the only authority with a figure, in {when}."
    if first["value"] == last["value"]:
        return f"{first['value']} in each of {len(valued)} authorities, in {when}."
    side = "highest" if indicator.polarity != "H" else "lowest"
    return (
        f"From {last['value']} in {last['name']} to {first['value']} in {first['name']}, the "
        f"{side}, in {when}."
    )


def _awaited(collection: str, *, name: str, when: str | None) -> str:
    if when is None:
        return f"No period of the {wording.collection(collection).lower()} has been opened yet."
    return f"No authority of {name} has a figure for {wording.period(when)} yet."
