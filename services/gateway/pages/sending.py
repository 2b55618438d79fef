"""Sending a return in the browser: choose a file, read what will be stored, send those very bytes.

Between the two steps the bytes travel with the page. The server keeps none of them: a file that is
refused leaves nothing behind, and what is sent is what was checked.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.origin import require_own_page
from services.gateway.pages.check import (
    FIELDS,
    REPAIRABLE,
    Checks,
    Shown,
    Spot,
    as_shown,
    body_of,
    last_of_each,
    narrowed_page,
    report_page,
)
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.proposal import (
    FILE,
    FORM,
    KEY,
    REASON,
    WHOLE,
    Sent,
    place_of,
    propose,
)
from services.gateway.pages.template import choices
from services.gateway.views import Views
from services.runtime.multipart import Form, read_form, write_form
from services.runtime.problem import Problem

MOST = 3 * 1024 * 1024
"""The largest file that travels with a page, in bytes; a script may send more."""
_NEW = Spot("/returns/new", "sending.html", "Send a return", stops=True)
_LOST = "The file did not come along with the form. Choose it again."
_CHOOSE = "Choose the file of the return"


class Send(Protocol):
    """Takes a return in a form: what ``POST /v1/returns`` does. Returns the return's id.

    Raises a Problem where it cannot be taken. The request's trace goes on with it.
    """

    def __call__(
        self,
        body: bytes,
        *,
        content_type: str,
        channel: str,
        supersedes: str | None,
        reason: str | None = None,
        traceparent: str | None = None,
    ) -> str:
        """Take it, and what explains its queries with it."""


def router(
    furniture: Furniture, *, checks: Checks | None = None, send: Send | None = None
) -> APIRouter:
    """Serve the ways in; without ``checks`` and ``send`` the page names the others."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/returns/new")
    def choose(request: Request) -> Response:
        can_send = checks is not None and send is not None
        return _start(furniture, request, can_check=can_send)

    if checks is not None and send is not None:
        _add_checking(routes, furniture, checks)
        _add_sending(routes, furniture, checks, send)
    return routes


def _start(
    furniture: Furniture,
    request: Request,
    *,
    report: Shown | None = None,
    fault: str = "",
    can_check: bool = True,
) -> Response:
    """Return the page with every way in, and what the check says of the file that was chosen."""
    return report_page(
        furniture,
        request,
        report,
        _NEW,
        fault=fault,
        can_check=can_check,
        more=_ways(furniture.views),
    )


def _add_checking(routes: APIRouter, furniture: Furniture, checks: Checks) -> None:
    @routes.post("/returns/new")
    def check(request: Request, body: Annotated[bytes, Depends(body_of)]) -> Response:
        require_own_page(request.headers, request.url)
        content_type = request.headers.get("content-type", "")
        if content_type.startswith(FIELDS):
            return narrowed_page(furniture, request, body, _NEW, more=_ways(furniture.views))
        try:
            content = _content(body, content_type)
            report = checks.examine(body, content_type=content_type)
        except Problem as problem:
            if problem.status not in REPAIRABLE:
                raise
            return _start(furniture, request, fault=str(problem.document["detail"]))
        if not report["valid"]:
            return _start(furniture, request, report=as_shown(report))
        return propose(furniture, request, Sent(content), report)


def _add_sending(routes: APIRouter, furniture: Furniture, checks: Checks, send: Send) -> None:
    @routes.post("/returns/new/send")
    def send_it(request: Request, body: Annotated[bytes, Depends(body_of)]) -> Response:
        require_own_page(request.headers, request.url)
        sent = _read(body)
        if sent is None:
            return _start(furniture, request, fault=_LOST)
        try:
            return_id = send(
                **_enveloped(sent),
                channel=sent.channel,
                supersedes=sent.supersedes,
                reason=sent.reason or None,
                traceparent=getattr(request.state, "traceparent", None),
            )
        except Problem as problem:
            return _again(furniture, request, sent, checks, problem)
        return RedirectResponse(f"/returns/{return_id}/receipt", status_code=303)


def look(checks: Checks, content: bytes) -> Mapping[str, Any]:
    """Return the report of the check of a file's bytes; raises the Problem of what is no file."""
    body, content_type = write_form(Form(content, {}))
    return checks.examine(body, content_type=content_type)


def _again(
    furniture: Furniture, request: Request, sent: Sent, checks: Checks, problem: Problem
) -> Response:
    """Return the page for what could not be taken: nothing that was typed is lost."""
    if problem.status not in {*REPAIRABLE, 409}:
        raise problem
    report = look(checks, sent.content)
    if not report["valid"] and sent.draft:
        # The request goes on as it is: the form finds in it what was typed.
        place = "/".join(str(report[name]) for name in KEY)
        return RedirectResponse(f"/returns/new/{place}", status_code=307)
    if not report["valid"]:
        return _start(furniture, request, report=as_shown(report))
    faults = [
        (_place(error), str(error["detail"])) for error in problem.document.get("errors", [])
    ] or [_fault_of(problem)]
    stands = problem.document.get("stands")
    return propose(furniture, request, sent, report, faults=faults, stands=stands)


def _place(error: Mapping[str, Any]) -> str:
    return REASON if error.get("pointer") == "/query/reason" else place_of(error.get("indicator"))


def _fault_of(problem: Problem) -> tuple[str, str]:
    """Return what stopped a return as a whole, and the field that it can be mended in, if any."""
    if str(problem.document["type"]).endswith("/reason-missing"):
        return REASON, "Say why another version takes the place of one that was signed off"
    return "", str(problem.document["detail"])


def _content(body: bytes, content_type: str) -> bytes:
    """Return the bytes of the file that was chosen; raises the Problem of none."""
    try:
        content = read_form(body, content_type=content_type).content
    except Problem as problem:
        raise Problem(422, "request-not-understood", _CHOOSE, f"{_CHOOSE}.") from problem
    if len(content) > MOST:
        detail = (
            f"The file is larger than {MOST // 1024**2} MiB. A return is a few kilobytes: take "
            "other sheets out of the workbook, or send it with a script."
        )
        raise Problem(413, "file-too-large", "The file is too large", detail)
    return content


def _read(body: bytes) -> Sent | None:
    """Return what the page of a proposal sent along; None where the file is not in it."""
    fields = last_of_each(body)
    try:
        content = urlsafe_b64decode(fields["content"].encode("ascii"))
    except (KeyError, ValueError):
        return None
    if not content:
        return None
    said = {
        name.removeprefix("text-"): text.strip().replace("\r\n", "\n")
        for name, text in fields.items()
        if name.startswith("text-") and text.strip()
    }
    ticked = (name.removeprefix("confirm-") for name in fields if name.startswith("confirm-"))
    return Sent(
        content,
        FORM if fields.get("channel") == FORM else FILE,
        fields.get("supersedes"),
        said,
        frozenset(ticked) - said.keys(),
        fields.get("draft", ""),
        fields.get("reason", "").strip(),
    )


def _enveloped(sent: Sent) -> dict[str, Any]:
    """Return the file and its explanations in a form, as ``POST /v1/returns`` takes it."""
    said: list[dict[str, Any]] = [
        {"indicator": _indicator(place), "text": text} for place, text in sent.said.items()
    ]
    said += [{"indicator": _indicator(place), "confirm": True} for place in sorted(sent.confirmed)]
    fields = {"explanations": json.dumps({"explanations": said}).encode()} if said else {}
    body, content_type = write_form(Form(sent.content, fields))
    return {"body": body, "content_type": content_type}


def _indicator(place: str) -> str | None:
    return None if place == WHOLE else place


def _ways(views: Views) -> dict[str, Any]:
    """Return what the page needs for the other ways in."""
    return choices(views, authority=None, period=None, collection=None)
