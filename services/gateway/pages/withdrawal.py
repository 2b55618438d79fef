"""The withdrawal of a return as a page: what it does, and the form that asks why."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.origin import require_own_page
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import Ways, find, require_open
from services.runtime.problem import Problem

WAYS = Ways(withdrawal=True)
_UNFIT = 422


class Withdraw(Protocol):
    """Withdraws a return: what ``POST /v1/returns/{id}/withdrawal`` does.

    Raises a Problem where it cannot be withdrawn so. The request's trace goes on with it.
    """

    def __call__(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Withdraw it, with the words that say why."""


def router(furniture: Furniture, *, withdraw: Withdraw | None = None) -> APIRouter:
    """Serve withdrawals; without ``withdraw`` there is no such page."""
    routes = APIRouter(include_in_schema=False)
    if withdraw is None:
        return routes

    @routes.get("/returns/{return_id}/withdrawal")
    def ask_why(request: Request, return_id: str) -> Response:
        return _page(furniture, request, find(furniture, return_id))

    @routes.post("/returns/{return_id}/withdrawal")
    def take_back(
        request: Request, return_id: str, reason: Annotated[str, Form()] = ""
    ) -> Response:
        require_own_page(request.headers, request.url)
        submission = find(furniture, return_id)
        if not reason.strip():
            return _page(furniture, request, submission, fault="Write why it should not count")
        try:
            trace = getattr(request.state, "traceparent", None)
            withdraw(return_id, reason=reason.strip(), traceparent=trace)
        except Problem as problem:
            if problem.status != _UNFIT:
                raise
            fault = str(problem.document["detail"])
            return _page(furniture, request, submission, fault=fault)
        return RedirectResponse(f"/returns/{return_id}", status_code=303)

    return routes


def _page(
    furniture: Furniture, request: Request, submission: Document, *, fault: str = ""
) -> Response:
    require_open("withdrawal", WAYS, furniture, submission)
    authority = furniture.views.authority(submission["authority"])
    heading = f"Withdraw the return of {authority.name}"
    return furniture.page(
        request,
        "withdrawal.html",
        title=f"{'Error: ' if fault else ''}{heading}",
        heading=heading,
        section="/authorities",
        crumbs=(
            (f"/authorities/{authority.code}", authority.name),
            (f"/returns/{submission['return_id']}", "Return"),
        ),
        live=False,
        headline=f"{wording.collection(submission['collection'])} for "
        f"{wording.period(submission['period'])}, version {submission['version']}.",
        return_id=submission["return_id"],
        fault=fault,
        status=_UNFIT if fault else 200,
    )
