"""A return typed into the browser: a list of its themes, a page for each, and the same check.

What was typed travels from page to page in a field of the form, so that the server keeps nothing of
it. The whole goes in as one return.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.gateway.core import wording
from services.gateway.origin import require_own_page
from services.gateway.pages import theme
from services.gateway.pages.blank import Blank, find_blank, first_draft
from services.gateway.pages.check import Checks, body_of, last_of_each
from services.gateway.pages.draft import Draft, rows, unsure
from services.gateway.pages.finding import Told, told
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.proposal import FORM, Sent, propose
from services.gateway.pages.sending import look
from services.gateway.pages.template import choices
from services.gateway.pages.theme import Theme
from services.runtime.problem import Problem

_TOO_LONG = 422


def router(furniture: Furniture, *, checks: Checks | None = None) -> APIRouter:
    """Serve the form; without ``checks`` there is none."""
    routes = APIRouter(include_in_schema=False)
    if checks is None:
        return routes
    views = furniture.views
    desk = _Desk(furniture, checks)

    @routes.get("/returns/new/form")
    def choose(
        authority: str | None = None, period: str | None = None, collection: str | None = None
    ) -> Response:
        chosen = choices(views, authority=authority, period=period, collection=collection)
        place = f"{chosen['authority']}/{chosen['collection']}/{chosen['when']}"
        return RedirectResponse(f"/returns/new/{place}", status_code=303)

    @routes.get("/returns/new/{authority}/{collection}/{period}")
    def begin(request: Request, authority: str, collection: str, period: str) -> Response:
        blank = find_blank(views, authority, collection, period)
        return desk.show_list(request, blank, first_draft(views, blank))

    @routes.post("/returns/new/{authority}/{collection}/{period}")
    def go_on(
        request: Request,
        authority: str,
        collection: str,
        period: str,
        body: Annotated[bytes, Depends(body_of)],
    ) -> Response:
        require_own_page(request.headers, request.url)
        blank = find_blank(views, authority, collection, period)
        return desk.turn(request, blank, last_of_each(body))

    return routes


class _Desk:
    """Turns the pages of the form."""

    def __init__(self, furniture: Furniture, checks: Checks) -> None:
        self._furniture = furniture
        self._checks = checks

    def turn(self, request: Request, blank: Blank, fields: Mapping[str, str]) -> Response:
        """Return the page that a button leads to, with all that was typed before."""
        was = blank.theme(fields.get("theme", ""))
        try:
            draft = Draft.model_validate_json(fields.get("draft") or "{}")
            if was is not None:
                draft = draft.after(fields, was.indicators, blank.last)
        except ValidationError:
            raise Problem(
                _TOO_LONG,
                "request-not-understood",
                "What was typed could not be read",
                "A figure has at most 100 letters and a note 4,000. Go back, shorten it, and send "
                "the page again.",
            ) from None
        draft = draft.explained(
            {n.removeprefix("text-"): text for n, text in fields.items() if n.startswith("text-")}
        )
        wanted = fields.get("to", "")
        if wanted == "save" and was is not None:
            return self._save(request, blank, draft, was)
        if wanted == "check":
            return self._check(request, blank, draft)
        if wanted == "file":
            name = f"{blank.authority}-{blank.period}-{blank.collection}.csv"
            kept = {"Content-Disposition": f'attachment; filename="{name}"'}
            headers = {"Cache-Control": "no-store", **kept}
            return Response(blank.file(draft), media_type="text/csv", headers=headers)
        opened = blank.theme(wanted)
        if opened is not None:
            said = self._told(blank, draft) if opened.is_begun(draft) else Told()
            return self._theme(request, blank, draft, opened, said)
        return self.show_list(request, blank, draft)

    def show_list(
        self, request: Request, blank: Blank, draft: Draft, *, said: Told | None = None
    ) -> Response:
        """Return the list of themes; after a check with what is still to be put right."""
        items = [
            {
                "slug": each.slug,
                "name": each.name,
                "begun": each.is_begun(draft),
                "open": each.open_figures(draft, blank.last, said),
                "figures": wording.plural(len(each.indicators), "indicator"),
            }
            for each in blank.themes
        ]
        faults = _of_themes(items, said) if said is not None else []
        name = self._furniture.views.name(blank.authority)
        return self._furniture.page(
            request,
            "form.html",
            title=f"{'Error: ' if faults else ''}Type the figures of {name}",
            heading=f"Type the figures of {name}",
            headline=f"{wording.collection(blank.collection)} for {wording.period(blank.period)}.",
            live=False,
            blank=blank,
            draft=draft.model_dump_json(),
            items=items,
            faults=faults,
            has_last=bool(blank.last),
            status=422 if faults else 200,
        )

    def _save(self, request: Request, blank: Blank, draft: Draft, was: Theme) -> Response:
        """Go on to the next theme, unless something of this one is to be looked at first."""
        said = self._told(blank, draft)
        codes = {each.code for each in was.indicators}
        is_asked = any(said.queries.get(code) for code in codes) and was.slug not in draft.asked
        draft = draft.model_copy(update={"asked": draft.asked | {was.slug}})
        if said.on(codes) or is_asked:
            return self._theme(request, blank, draft, was, said)
        after = blank.after(was)
        if after is None:
            return self.show_list(request, blank, draft)
        return self._theme(request, blank, draft, after, said if after.is_begun(draft) else Told())

    def _check(self, request: Request, blank: Blank, draft: Draft) -> Response:
        """Return what will be stored; where that cannot be, the list with what is wrong."""
        said = self._told(blank, draft, whole=True)
        if said.report is None or said.errors or not said.report["valid"]:
            return self.show_list(request, blank, draft, said=said)
        sent = Sent(blank.file(draft), FORM, draft=draft.model_dump_json())
        return propose(self._furniture, request, sent, said.report)

    def _told(self, blank: Blank, draft: Draft, *, whole: bool = False) -> Told:
        """Return what is said of the figures typed so far, by the check and by the form itself."""
        if not draft.typed:
            return Told()
        report = look(self._checks, blank.file(draft))
        own = unsure(draft, blank.indicators, blank.last)
        return told(report, rows(draft, blank.indicators), own, whole=whole)

    def _theme(
        self, request: Request, blank: Blank, draft: Draft, shown: Theme, said: Told
    ) -> Response:
        name = self._furniture.views.name(blank.authority)
        faults = [
            (place, words)
            for each in shown.indicators
            for place, words in said.errors.get(each.code, [])
        ]
        return self._furniture.page(
            request,
            "theme.html",
            title=f"{'Error: ' if faults else ''}{shown.name}: {name}",
            heading=shown.name,
            headline=f"{wording.collection(blank.collection)} of {name} for "
            f"{wording.period(blank.period)}.",
            live=False,
            blank=blank,
            draft=draft.model_dump_json(),
            theme=shown.slug,
            number_of=f"{blank.themes.index(shown) + 1} of {len(blank.themes)}",
            fields=[
                theme.field(each, draft.typed.get(each.code), blank.last.get(each.code), said)
                for each in shown.indicators
            ],
            symbols=theme.SYMBOLS,
            faults=[*faults, *(("", words) for words in said.whole)] if faults else [],
            asks=sum(bool(said.queries.get(each.code)) for each in shown.indicators),
            status=422 if faults else 200,
        )


def _of_themes(items: Sequence[Mapping[str, Any]], said: Told) -> list[tuple[str, str]]:
    """Return what is wrong by theme, each with the place of its theme on the list."""
    faults = [("", words) for words in said.whole]
    for each in items:
        if not each["begun"]:
            faults.append((f"theme-{each['slug']}", f"{each['name']} is not filled in yet"))
        elif each["open"]:
            many = wording.plural(each["open"], "figure")
            faults.append((f"theme-{each['slug']}", f"{each['name']}: {many} to put right"))
    return faults
