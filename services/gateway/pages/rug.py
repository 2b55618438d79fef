"""The tartan rug as a page: one real table, its filters in the address, no script needed."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.gateway.api.parameter import a_collection, one_of
from services.gateway.api.rug import choose
from services.gateway.core import wording
from services.gateway.core.cell import Comparator, Show
from services.gateway.core.rug import Choice
from services.gateway.core.sentence import rug_headline
from services.gateway.loom import Loom, Setting
from services.gateway.pages import briefing
from services.gateway.pages.fitting import NONE_YET, Fitted, fit_domain, fit_period
from services.gateway.pages.furniture import Furniture
from services.gateway.views import FIRST_COLLECTION, Views

YES = "yes"
Ticked = Annotated[str | None, Query(description="yes where ticked")]
COMPARATORS = [
    ("england", "England"), ("neighbours", "Statistical neighbours"), ("region", "The region"),
]  # fmt: skip
SHOWS = [("flag", "Exact test"), ("band", "Band (LAIT)")]
SORTS = [("name", "Name"), ("reds", "Most red first")]


def router(furniture: Furniture) -> APIRouter:
    """Serve the rug."""
    routes = APIRouter(include_in_schema=False)
    views, loom = furniture.views, Loom(furniture.views)

    @routes.get("/rug")
    def rug(
        request: Request,
        collection: str | None = None,
        period: str | None = None,
        region: str | None = None,
        comparator: str | None = None,
        show: str | None = None,
        domain: str | None = None,
        sort: str | None = None,
        only_red: Ticked = None,
        changed: Ticked = None,
        transpose: Ticked = None,
    ) -> HTMLResponse:
        named = a_collection(views, collection) or FIRST_COLLECTION
        when = fit_period(views, period, collection=named)
        part = fit_domain(views, domain, collection=named)
        setting = choose(views, region=region, period=when.value, collection=named)
        choice = Choice(
            show=Show(one_of("show", show, _values(SHOWS)) or Show.FLAG),
            comparator=Comparator(
                one_of("comparator", comparator, _values(COMPARATORS)) or Comparator.ENGLAND
            ),
            domain=part.value,
            only_red=one_of("only_red", only_red, [YES]) is not None,
            changed=one_of("changed", changed, [YES]) is not None,
            by_reds=one_of("sort", sort, _values(SORTS)) == "reds",
        )
        is_turned = one_of("transpose", transpose, [YES]) is not None
        return _page(
            furniture, loom, request, setting, choice, fitted=(when, part), turned=is_turned
        )

    return routes


def _page(
    furniture: Furniture,
    loom: Loom,
    request: Request,
    setting: Setting,
    choice: Choice,
    *,
    fitted: tuple[Fitted, ...],
    turned: bool,
) -> HTMLResponse:
    views = furniture.views
    woven = loom.rug(setting, choice)
    returned = sum(column.returned for column in woven.columns)
    when = wording.period(setting.period) if setting.period else "no period"
    place = views.library.region(setting.region).name
    known = bool(views.periods(setting.collection))
    domains = dict.fromkeys(i.domain for i in views.indicators(setting.collection))
    url = request.url
    other = url.remove_query_params("transpose") if turned else url.include_query_params(
        transpose=YES
    )  # fmt: skip
    return furniture.page(
        request,
        "rug.html",
        title=f"Tartan rug: {place}",
        section="/rug",
        wide=True,
        headline=rug_headline(woven, returned=returned, period=when)
        if known
        else "No period of this collection has been opened yet.",
        caption=f"{wording.collection(setting.collection)}, {when}: {place}",
        empty="No row is left: take a filter away."
        if known
        else "The rug is woven as soon as the first return of an open period arrives.",
        rug=woven,
        known=known,
        opening=briefing.opening(views, request, setting.collection),
        notices=[said.notice for said in fitted if said.notice],
        setting=setting,
        choice=choice,
        turned=turned,
        other=f"/rug?{other.query}" if other.query else "/rug",
        collections=[(name, wording.collection(name)) for name in views.collections()],
        periods=[(p, wording.period(p)) for p in views.periods(setting.collection)] or NONE_YET,
        regions=[(region.code, region.name) for region in views.regions()],
        domains=[("", "All"), *((name, wording.domain(name)) for name in domains)],
        comparators=COMPARATORS,
        shows=SHOWS,
        sorts=SORTS,
    )


def _values(options: Iterable[tuple[str, str]]) -> list[str]:
    return [value for value, _ in options]


def region_options(views: Views) -> list[tuple[str, str]]:
    """Return the choices of a region filter, all of them first."""
    return [("", "All"), *((region.code, region.name) for region in views.regions())]
