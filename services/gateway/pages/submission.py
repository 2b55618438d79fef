"""One return as a page: what was sent, what the check asked, and the forms that explain it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from schemas.difference import differences, in_words
from schemas.errors import UnknownCode
from schemas.events import Observation
from schemas.periods import is_sandbox
from schemas.receipt import sent_as
from schemas.rule import RULES
from schemas.sign_off import STATEMENTS
from services.gateway.api.parameter import missing, one_of
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.core.fold.submission import CURRENT
from services.gateway.origin import require_own_page
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views
from services.runtime.problem import Problem

KINDS = ("text", "confirm")
STATES = {
    "needs_explanation": "It counts; figures that the check asked about are to be explained.",
    "accepted_provisional": "It counts, and is not signed off yet.",
    "signed_off": "It counts, and is signed off.",
    "locked": "It counts. Its period has closed, so it is locked.",
    "superseded": "A later version counts in its place.",
    "withdrawn": "It was withdrawn and counts no longer.",
}
_GONE = ("superseded", "withdrawn")
_RETIRED = "This rule is no longer in use."


def became(state: str, period: str) -> str:
    """Return in a sentence whether a return counts."""
    if is_sandbox(period) and state not in _GONE:
        return "It stands in the sandbox and counts for nothing."
    return STATES[state]


class Explain(Protocol):
    """Takes what an authority says of a query: what ``POST /v1/returns/{id}/explanations`` does.

    Raises a Problem where it cannot be taken. The request's trace goes on with it.
    """

    def __call__(
        self,
        return_id: str,
        *,
        indicator: str | None,
        text: str,
        confirm: bool,
        traceparent: str | None = None,
    ) -> None:
        """Take the words; ``confirm`` takes those of the quarter before instead."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a return's page may lead: to its withdrawal, and to its sign-off and unlocking."""

    withdrawal: bool = False
    approval: bool = False

    def open_to(self, item: Mapping[str, Any], *, stands: bool) -> list[str]:
        """Return those that are open for a return, in the order in which they are shown."""
        locked = item["state"] == "locked"
        wanted = {
            "sign-off": self.approval and stands and item["signed_off"] is None,
            "unlock": self.approval and locked,
            "withdrawal": self.withdrawal and stands and not locked,
        }
        return [way for way, is_open in wanted.items() if is_open]


NOWHERE = Ways()


def router(
    furniture: Furniture, *, explain: Explain | None = None, ways: Ways = NOWHERE
) -> APIRouter:
    """Serve returns; without ``explain`` a page shows no form."""
    routes = APIRouter(include_in_schema=False)
    page = partial(_page, furniture, ways=ways)

    @routes.get("/returns/{return_id}")
    def read_return(request: Request, return_id: str) -> Response:
        submission = find(furniture, return_id)
        return page(request, submission, can_explain=explain is not None)

    @routes.post("/returns/{return_id}")
    def explain_figure(
        request: Request,
        return_id: str,
        indicator: Annotated[str, Form()] = "",
        kind: Annotated[str, Form()] = "text",
        text: Annotated[str, Form()] = "",
    ) -> Response:
        require_own_page(request.headers, request.url)
        submission = find(furniture, return_id)
        if explain is None:
            where = "Explanations are taken by POST /v1/returns/{id}/explanations."
            raise missing("form", return_id, where=where)
        confirm = one_of("kind", kind, KINDS) == "confirm"
        if not confirm and not text.strip():
            fault = (indicator, "Write why the figure is right")
            return page(request, submission, can_explain=True, fault=fault)
        explain(
            return_id,
            indicator=indicator or None,
            text="" if confirm else text.strip(),
            confirm=confirm,
            traceparent=getattr(request.state, "traceparent", None),
        )
        return RedirectResponse(f"/returns/{return_id}#asked", status_code=303)

    return routes


def find(furniture: Furniture, return_id: str) -> Document:
    """Return a return that the views show; raises the 404 of one that they do not."""
    views = furniture.views
    found = views.store.get(views.keys.submission(return_id))
    if found is None:
        raise Problem(
            404,
            "not-found",
            "There is no such return, or it is not shown yet",
            "A return is shown within a second of its receipt: load the page again. If it "
            "stays away, check the id on the receipt.",
            headers={"Retry-After": "1"},
        )
    return found


def require_open(way: str, ways: Ways, furniture: Furniture, submission: Document) -> None:
    """Raise the 409 of a return that does not go that way: it says where the return stands."""
    item = furniture.views.returned(submission)
    stands = submission["state"] == CURRENT
    if way not in ways.open_to(item, stands=stands):
        title = "This return does not stand" if not stands else "That is not open to this return"
        raise Problem(409, "version-conflict", title, STATES[item["state"]])


def _page(
    furniture: Furniture,
    request: Request,
    submission: Document,
    *,
    can_explain: bool,
    ways: Ways,
    fault: tuple[str, str] | None = None,
) -> Response:
    views = furniture.views
    item = views.returned(submission)
    stands = submission["state"] == CURRENT
    authority = views.authority(item["authority"])
    when = wording.period(item["period"])
    asked = _asked(views, item)
    return furniture.page(
        request,
        "return.html",
        title=f"{'Error: ' if fault else ''}Return of {authority.name}",
        section="/authorities",
        crumbs=((f"/authorities/{authority.code}", authority.name),),
        headline=f"{wording.collection(item['collection'])} for {when}, version "
        f"{item['version']}. {became(item['state'], item['period'])}",
        item=item,
        asked=asked,
        noticed=_noticed(views, item["findings"]),
        open_queries=sum(each["open"] for each in asked),
        can_explain=can_explain and stands,
        ways=ways.open_to(item, stands=stands),
        sent_as=sent_as(item["receipt"]),
        statement=STATEMENTS.get(item["signed_off"]["statement"]) if item["signed_off"] else None,
        fault=fault,
        fault_place=_place(fault[0]) if fault else "",
        observations=[_observation(views, said) for said in item["observations"]],
        changed=_changed(views, submission),
        status=422 if fault else 200,
    )


def _changed(views: Views, submission: Document) -> str:
    """Say how much the version changed in the one before it; empty where none stood."""
    before = views.store.get(views.keys.submission(submission["replaces"] or ""))
    if before is None:
        return ""
    found = differences(figures_of(before), figures_of(submission))
    return f"{in_words(found)} since version {before['version']}."


def figures_of(submission: Document) -> dict[str, Observation]:
    """Return the figures of a return by indicator."""
    return {o["indicator"]: Observation.model_validate(o) for o in submission["observations"]}


def as_sent(said: Observation | None) -> str:
    """Return a figure as it was sent: numerator / denominator, or its symbol in words."""
    if said is None:
        return "not named"
    if said.symbol is not None:
        return f"{said.symbol}: {wording.SYMBOLS[said.symbol].lower()}"
    parts = [part for part in (said.numerator, said.denominator) if part is not None]
    return " / ".join(f"{int(part) if part == int(part) else part:,}" for part in parts)


def _asked(views: Views, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the queries, those on one figure together, with what was said of it."""
    said = {each["indicator"]: each for each in item["explanations"]}
    found: dict[str | None, list[Mapping[str, Any]]] = {}
    for finding in item["findings"]:
        if _is_query(finding):
            found.setdefault(finding["indicator"], []).append(finding)
    return [
        {
            "indicator": about or "",
            "place": _place(about or ""),
            "name": indicator_name(views, about)[0] if about else "The return as a whole",
            "queries": [_rule(each) for each in queries],
            "open": any(each["open"] for each in queries),
            "offered": next((each["offered"] for each in queries if each["offered"]), None),
            "said": said.get(about),
        }
        for about, queries in found.items()
    ]


def _place(indicator: str) -> str:
    """Return the id of a figure's field on the page; an unknown indicator's goes nowhere."""
    return f"text-{indicator}" if indicator.isalnum() else "text-whole"


def _noticed(views: Views, findings: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the notices, each rule once with all that it is about."""
    about: dict[str, list[str]] = {}
    for finding in findings:
        if not _is_query(finding):
            names = about.setdefault(finding["code"], [])
            names += (
                [indicator_name(views, finding["indicator"])[0]] if finding["indicator"] else []
            )
    return [{**_rule({"code": code}), "about": ", ".join(names)} for code, names in about.items()]


def _is_query(finding: Mapping[str, Any]) -> bool:
    return bool(finding["severity"] == "query" or finding["code"].startswith("Q"))


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    rule = RULES.get(finding["code"])
    title = rule.title if rule else _RETIRED
    return {"code": finding["code"], "said": finding.get("detail") or title, "known": bool(rule)}


def _observation(views: Views, said: Mapping[str, Any]) -> dict[str, Any]:
    name, known = indicator_name(views, said["indicator"])
    symbol = said["symbol"]
    words = f"{symbol}: {wording.SYMBOLS[symbol].lower()}" if symbol else ""
    return {**said, "name": name, "known": known, "symbol": words}


def indicator_name(views: Views, code: str) -> tuple[str, bool]:
    """Return what an indicator is called, and whether the catalogue in force has it."""
    try:
        return views.indicator(code).name, True
    except UnknownCode:
        return code, False
