"""Alerts as pages: the list, one alert with its grounds, and the form that answers it."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from schemas.errors import UnknownCode
from schemas.events import AlertSeverity, Sign
from services.gateway.api.alert import read_wanted
from services.gateway.api.parameter import missing, one_of
from services.gateway.api.reference import rule_file
from services.gateway.core import wording
from services.gateway.core.condition import asked as asked_by
from services.gateway.core.condition import found
from services.gateway.core.document import Document
from services.gateway.core.fold.alert import WITHDRAWN
from services.gateway.core.line import make_line
from services.gateway.core.reason import reason as in_words_of_reason
from services.gateway.core.sentence import asked
from services.gateway.joined import Joined
from services.gateway.loom import STANDING
from services.gateway.origin import require_own_page
from services.gateway.pages import briefing
from services.gateway.pages.chronicle import happened, told
from services.gateway.pages.furniture import Furniture
from services.gateway.views import Views
from services.gateway.wanted import ALERT_STATES, newest_first

CRUMBS = (("/alerts", "Alerts"),)
KINDS = ("answer", "acknowledgement")
_RESULTS = {"fired": "Met", "not_fired": "Not met", "not_assessable": "Cannot be assessed"}
_PART = 30


class Answer(Protocol):
    """Takes an authority's word on an alert: what ``POST /v1/alerts/{id}/answers`` does.

    Raises a Problem where it cannot be taken. The request's trace goes on with it.
    """

    def __call__(self, alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
        """Take the words; ``text`` is empty for a bare acknowledgement."""


def router(furniture: Furniture, *, answer: Answer | None = None) -> APIRouter:
    """Serve alerts; without ``answer`` a page shows no form."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/alerts")
    def list_alerts(
        request: Request,
        authority: str | None = None,
        state: str | None = None,
        severity: str | None = None,
        sign: str | None = None,
        after: str | None = None,
    ) -> Response:
        wanted = read_wanted(views, authority=authority, state=state, severity=severity, sign=sign)
        found = newest_first(views, wanted)
        ids = [alert for alert, _ in found]
        last = one_of("after", after, ids)
        start = 0 if last is None else ids.index(last) + 1
        shown = found[start : start + _PART]
        url = request.url.include_query_params(after=shown[-1][0]) if shown else request.url
        standing = briefing.by_sign(known for known in found if known[1]["state"] in STANDING)
        return furniture.page(
            request,
            "alerts.html",
            title="Alerts",
            section="/alerts",
            headline=_headline(len(found), standing, any_at_all=any(True for _ in views.alerts())),
            alerts=[briefing.card(furniture, *known) for known in shown],
            older=f"/alerts?{url.query}" if len(found) > start + _PART else None,
            wanted=wanted,
            authorities=[("", "All"), *((a.code, a.name) for a in views.senders())],
            states=[("", "All"), *((s, wording.ALERT_STATES[s]) for s in ALERT_STATES)],
            severities=[("", "All"), *((str(s), wording.SEVERITIES[s][0]) for s in AlertSeverity)],
            signs=[("", "All"), *((str(s), f"Of {s}") for s in Sign)],
            expected=briefing.expected(views),
        )

    @routes.get("/alerts/{alert}")
    def read_alert(request: Request, alert: str) -> Response:
        return _page(furniture, request, _find(furniture, alert), can_answer=answer is not None)

    @routes.post("/alerts/{alert}")
    def answer_alert(
        request: Request,
        alert: str,
        kind: Annotated[str, Form()] = "answer",
        text: Annotated[str, Form()] = "",
    ) -> Response:
        require_own_page(request.headers, request.url)
        found = _find(furniture, alert)
        if answer is None:
            raise missing("form", alert, where="Answers are taken by POST /v1/alerts/{id}/answers.")
        said = one_of("kind", kind, KINDS) or "answer"
        if said == "answer" and not text.strip():
            return _page(
                furniture,
                request,
                found,
                can_answer=True,
                fault="Write the answer, or only say that it was seen",
            )
        answer(
            alert,
            kind=said,
            text=text.strip() if said == "answer" else "",
            traceparent=getattr(request.state, "traceparent", None),
        )
        return RedirectResponse(f"/alerts/{alert}", status_code=303)

    return routes


def _headline(found: int, standing: tuple[int, int], *, any_at_all: bool) -> str:
    if not any_at_all:
        return "No alert has been raised yet. Signatures are evaluated whenever a return arrives."
    if not found:
        return "No alert meets this."
    return f"{wording.plural(found, 'alert')}. Not yet over: {asked(*standing) or 'none'}."


def _find(furniture: Furniture, alert: str) -> Document:
    found = furniture.views.store.get(furniture.views.keys.alert(alert))
    if found is None:
        raise missing("alert", alert, where="The page Alerts lists them.")
    return found


def _page(
    furniture: Furniture,
    request: Request,
    document: Document,
    *,
    can_answer: bool,
    fault: str | None = None,
) -> Response:
    views = furniture.views
    alert = Joined(views).alert(document)
    alert["name"] = furniture.signature(document)
    alert["authority_name"] = views.authority(alert["authority"]).name
    for given in alert["answers"]:
        given["who"] = views.words(given["actor"]) or alert["authority_name"]
    prefix = "Error: " if fault else ""
    if alert["state"] == WITHDRAWN:
        prefix += "Withdrawn: "
    return furniture.page(
        request,
        "alert.html",
        title=f"{prefix}{alert['name']}: {alert['authority_name']}",
        section="/alerts",
        crumbs=CRUMBS,
        status=422 if fault else 200,
        alert=alert,
        stands=alert["state"] in STANDING,
        why=_why(furniture, alert),
        conditions=[_condition(views, said, alert["evidence"]) for said in alert["conditions"]],
        expressions=list(dict.fromkeys(said["expression"] for said in alert["conditions"])),
        evidence=[_evidence(furniture, item) for item in alert["evidence"]],
        history=[happened(entry) for entry in alert["history"]],
        notices=[told(views, notice) for notice in alert["notices"]],
        can_answer=can_answer and alert["state"] != WITHDRAWN,
        fault=fault,
        written="",
    )


def _why(furniture: Furniture, alert: Mapping[str, Any]) -> str:
    """Say why a signature is watched for, and of an alert that stands why anyone is told or not."""
    rules = rule_file(furniture.views).get("signature", [])
    said = next(
        (str(r.get("why", "")) for r in rules if alert["signature"].startswith(r["id"])), ""
    )
    why = " ".join(said.split())
    if alert["state"] not in STANDING:
        return why
    told = in_words_of_reason(alert["push_reason"])
    return f"{why} {told[:1].upper()}{told[1:]}.".strip()


def _condition(
    views: Views, said: Mapping[str, Any], evidence: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    catalogue = views.catalogue()
    when = wording.period(said["period"])
    published = f"{when}, published" if said["basis"] == "published" else when
    return {
        "asked": asked_by(said["expression"], catalogue),
        "found": found(said, catalogue, place=_place(said, evidence)),
        "result": _RESULTS[said["result"]],
        "reason": in_words_of_reason(said["reason"]),
        "of": published,
    }


def _place(
    said: Mapping[str, Any], evidence: Iterable[Mapping[str, Any]]
) -> tuple[int, int] | None:
    """Return the place among authorities of the very figure that a condition was decided on."""
    for item in evidence:
        of = (f"({item['indicator']})" in said["expression"], item["period"], item["basis"])
        if of == (True, said["period"], said["basis"]) and item["england"]["rank"] is not None:
            return item["england"]["rank"], item["england"]["ranked"]
    return None


def _evidence(furniture: Furniture, item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        indicator = furniture.views.indicator(item["indicator"])
    except UnknownCode:
        raise missing("indicator", item["indicator"], where="See the catalogue.") from None
    line = make_line(item, indicator)
    when = wording.period(item["period"])
    return {
        "code": indicator.code,
        "name": indicator.name,
        "period": f"{when}, published" if item["basis"] == "published" else when,
        "value": line.value,
        "word": line.word,
        "tone": line.tone,
        "england": line.england,
        "neighbours": line.neighbours,
    }
