"""One authority's indicator as a page: where it stands, how it has moved, how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from schemas.authority import Authority
from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from services.gateway.api.parameter import missing
from services.gateway.core import wording
from services.gateway.core.chart import Series, draw_trend
from services.gateway.core.item.standing import published_item
from services.gateway.core.line import make_line
from services.gateway.core.sentence import course, verdict
from services.gateway.joined import Joined
from services.gateway.pages.authority import CRUMBS, find
from services.gateway.pages.furniture import Furniture
from services.gateway.published import Release, releases
from services.gateway.views import Views

Item = Mapping[str, Any]
_TEN = 10


def router(furniture: Furniture) -> APIRouter:
    """Serve one authority's indicator."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/authorities/{code}/indicators/{indicator}")
    def read_figure(request: Request, code: str, indicator: str) -> HTMLResponse:
        authority = find(views, code)
        known = find_indicator(views, indicator)
        joined = Joined(views)
        items = [
            joined.standing(document, known)
            for _, document in views.history(known.collection, authority.code)
            if known.code in document["standings"]
        ]
        years = releases(views, known.code)
        return furniture.page(
            request,
            "figure.html",
            title=f"{known.name}: {authority.name}",
            section="/authorities",
            crumbs=(*CRUMBS, (f"/authorities/{authority.code}", authority.name)),
            code=authority.code,
            indicator=known,
            headline=_headline(items, known) or _published(years, known, authority.code),
            latest=_latest(items[-1], known) if items else None,
            quarters=[asdict(make_line(item, known)) for item in items],
            origin=_origin(items[-1]) if items else [],
            **_trend(items, known, years, views.neighbours(authority.code), authority),
            **_years(views, known, years, authority),
        )

    return routes


def find_indicator(views: Views, code: str) -> Indicator:
    """Return an indicator; the Problem of a page that is not there for an unknown code."""
    try:
        return views.indicator(code)
    except UnknownCode:
        raise missing("indicator", code, where="The page Indicators lists them.") from None


def _headline(items: Sequence[Item], indicator: Indicator) -> str:
    if not items:
        return ""
    last = items[-1]
    line = make_line(last, indicator)
    if (last.get("comparison") or {}).get("value") is None:
        return f"{wording.period(last['period'])}: {line.word.lower()}."
    return f"{line.value}{_per(indicator)} in {wording.period(last['period'])}. {verdict(last)}"


def _published(years: Sequence[Release], indicator: Indicator, code: str) -> str:
    """Say where an authority that has not returned the indicator stands in the newest release."""
    place = years[-1].place(code) if years else None
    if place is None:
        return f"No return has named {indicator.name} yet."
    item = published_item(years[-1].assessed, place, indicator, figures={})
    line = make_line(item, indicator)
    when = wording.period(line.period)
    return f"{line.value}{_per(indicator)}, published for {when}. {verdict(item)}"


def _per(indicator: Indicator) -> str:
    words = {"/10k": " per 10,000", "/100k": " per 100,000", "FTE": " full-time equivalents"}
    return words.get(indicator.unit, "")


def _latest(item: Item, indicator: Indicator) -> dict[str, Any]:
    line = make_line(item, indicator)
    comparison, england = item.get("comparison") or {}, item.get("england") or {}
    region, neighbours = item.get("region") or {}, item.get("neighbours") or {}
    quarters = comparison.get("quarters")
    band = f", band {england['band']}" if england.get("band") else ""
    return {
        **asdict(line),
        "provisional": item["provisional"],
        "quarters": f"Over {wording.plural(quarters, 'quarter')}, {line.alone} in this one alone"
        if quarters and quarters > 1
        else "",
        "counts": wording.counts(
            comparison.get("numerator"), comparison.get("denominator"), indicator
        ),
        "chance": _chance(comparison.get("interval"), indicator),
        "england": f"{line.england} ({wording.source(england['from'])})"
        if england.get("from")
        else line.england,
        "region": f"{line.region}, from {region.get('returned', 0)} of "
        f"{wording.plural(region.get('of', 0), 'authority', 'authorities')}",
        "neighbours": f"{line.neighbours}, median of {neighbours['used']} of {neighbours['of']} "
        f"({wording.source(neighbours['basis'])})."
        + (f" {line.beside}." if line.beside != "–" else "")
        if neighbours.get("value") is not None
        else "–",
        "place": f"{line.rank}{band}" if england.get("rank") else "",
        "note": item["note"],
        "explanation": item["explanation"] if item["explanation"] != item["note"] else None,
        "return_id": item["made_from"]["return_id"] if item["open_query"] else None,
    }


def _chance(interval: Sequence[float] | None, indicator: Indicator) -> str:
    if interval is None:
        return ""
    low, high = (wording.figure(limit, indicator) for limit in interval)
    return f"{low} to {high} (95% interval)"


def _origin(item: Item) -> list[tuple[str, str]]:
    made, england = item["made_from"], item.get("england") or {}
    z, p = england.get("z"), england.get("p")
    rows = [
        ("Return", made["return_id"]),
        ("Baseline", made["baseline"]),
        ("Population", made["population"]),
        ("Statistical neighbours", made["neighbours"]),
        ("Rule file", made["rules"]),
        ("Engine", made["engine"]),
        ("z, allowing for how councils differ", None if z is None else wording.number(z, 2)),
        ("Exact tail p", None if p is None else f"{p:.2g}"),
        ("Reliability", wording.percent(item["reliability"]) if item["reliability"] else None),
    ]
    return [(name, str(value)) for name, value in rows if value is not None]


def _trend(
    items: Sequence[Item],
    indicator: Indicator,
    years: list[Release],
    neighbours: tuple[str, ...],
    authority: Authority,
) -> dict[str, Any]:
    def values(block: str) -> list[float | None]:
        return [(item.get(block) or {}).get("value") for item in items]

    own = [v for v in values("comparison") if v is not None]
    quarters = [item["period"] for item in items]
    bands = [_band(item, years, neighbours) for item in items]
    chart = draw_trend(
        [
            Series(authority.name, "self", values("comparison")),
            Series("England", "england", values("england")),
            Series("Region", "region", values("region")),
            Series("Neighbours", "neighbours", values("neighbours")),
        ],
        quarters,
        decimals=indicator.decimals,
        ranges=bands,
    )
    shade = "The shade is the middle half of its neighbours, published." if any(bands) else ""
    return {
        "trend": chart if len(own) > 1 else None,
        "trend_title": course(dict(zip(quarters, values("comparison"), strict=True)), indicator),
        "trend_desc": f"{authority.name} with England, the region and its neighbours’ median. "
        f"{shade}",
    }


def _band(
    item: Item, years: Sequence[Release], neighbours: tuple[str, ...]
) -> tuple[float, float] | None:
    """Return the middle half of the neighbours in the very year that the standing used."""
    basis = str((item.get("neighbours") or {}).get("basis", ""))
    year = basis.removesuffix(" published")
    release = next((known for known in years if known.period == year), None)
    return None if release is None else release.middle_half(neighbours)


def _years(
    views: Views, indicator: Indicator, years: list[Release], authority: Authority
) -> dict[str, Any]:
    code = authority.code
    stand_in = authority.drawn_from if authority.drawn_from else code
    neighbours = views.neighbours(code)
    rows = []
    for release in years:
        place = release.place(code)
        line = (
            None
            if place is None
            else make_line(
                published_item(release.assessed, place, indicator, figures={}), indicator
            )
        )
        band = release.middle_half(neighbours)
        rows.append(
            {
                "period": release.period,
                "value": line.value if line else "–",
                "word": line.word if line else None,
                "tone": line.tone if line else None,
                "england": wording.figure(release.assessed.get("england"), indicator),
                "range": f"{wording.figure(band[0], indicator)} to "
                f"{wording.figure(band[1], indicator)}"
                if band
                else "–",
            }
        )
    own = [release.value(code) for release in years]
    chart = draw_trend(
        [
            Series(authority.name, "self", own),
            Series("England", "england", [r.assessed.get("england") for r in years]),
        ],
        [release.period for release in years],
        decimals=indicator.decimals,
        ranges=[release.middle_half(neighbours) for release in years],
    )
    middle = f"The shade is the middle half of its {min(_TEN, len(neighbours))} neighbours."
    return {
        "years": rows,
        "years_name": authority.name,
        "years_chart": chart if len(years) > 1 else None,
        "years_title": course({r.period: r.value(code) for r in years}, indicator)
        if any(value is not None for value in own)
        else f"England: {indicator.name}",
        "years_desc": f"Published figures of England. {middle}"
        if stand_in != code
        else f"Published figures of {authority.name} and of England. {middle}",
    }
