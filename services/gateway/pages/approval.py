"""What is done with a return that stands, as pages: sign it off or say why not, and unlock it."""

from functools import partial
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request, Response

from schemas.sign_off import STATEMENT, STATEMENTS
from services.gateway.api.parameter import one_of
from services.gateway.core.document import Document
from services.gateway.origin import require_own_page
from services.gateway.pages.decision import Fault, decision_page, say_it
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import Ways, find

DECISIONS = ("agree", "refuse")
WAYS = Ways(approval=True)
_HEADINGS = {"sign-off": "Sign off the return of", "unlock": "Unlock the return of"}


class Approvals(Protocol):
    """What ``POST /v1/returns/{id}/sign-off``, ``…/refusal`` and ``…/unlock`` do.

    Raises a Problem where it cannot be done so. The request's trace goes on with it.
    """

    def sign_off(self, return_id: str, *, statement: str, traceparent: str | None = None) -> None:
        """Sign it off under the statement of that id."""

    def refuse(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Say why it is not signed off."""

    def unlock(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        """Let it be changed once more, and say why."""


def router(furniture: Furniture, *, approvals: Approvals | None = None) -> APIRouter:
    """Serve sign-off and unlocking; without ``approvals`` there are no such pages."""
    routes = APIRouter(include_in_schema=False)
    if approvals is None:
        return routes
    _add_sign_off(routes, furniture, approvals)
    _add_unlocking(routes, furniture, approvals)
    return routes


def _add_sign_off(routes: APIRouter, furniture: Furniture, approvals: Approvals) -> None:
    @routes.get("/returns/{return_id}/sign-off")
    def read_statement(request: Request, return_id: str) -> Response:
        return _page(furniture, request, "sign-off", find(furniture, return_id))

    @routes.post("/returns/{return_id}/sign-off")
    def decide(
        request: Request,
        return_id: str,
        decision: Annotated[str, Form()] = "agree",
        agrees: Annotated[str, Form()] = "",
        statement: Annotated[str, Form()] = STATEMENT,
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        require_own_page(request.headers, request.url)
        page = partial(_page, furniture, request, "sign-off", find(furniture, return_id))
        if one_of("decision", decision, DECISIONS) == "agree":
            if not agrees:
                return page(fault=("agrees", "Tick that you agree, or say below why not"))
            sign = partial(approvals.sign_off, return_id, statement=statement)
            return say_it(request, return_id, sign, lambda said: page(fault=("agrees", said)))
        if not reason.strip():
            return page(fault=("reason", "Write why it is not signed off"))
        refuse = partial(approvals.refuse, return_id, reason=reason.strip())
        return say_it(request, return_id, refuse, lambda said: page(fault=("reason", said)))


def _add_unlocking(routes: APIRouter, furniture: Furniture, approvals: Approvals) -> None:
    @routes.get("/returns/{return_id}/unlock")
    def ask_why(request: Request, return_id: str) -> Response:
        return _page(furniture, request, "unlock", find(furniture, return_id))

    @routes.post("/returns/{return_id}/unlock")
    def unlock(request: Request, return_id: str, reason: Annotated[str, Form()] = "") -> Response:
        require_own_page(request.headers, request.url)
        page = partial(_page, furniture, request, "unlock", find(furniture, return_id))
        if not reason.strip():
            return page(fault=("reason", "Write why it may be changed"))
        say = partial(approvals.unlock, return_id, reason=reason.strip())
        return say_it(request, return_id, say, lambda said: page(fault=("reason", said)))


def _page(
    furniture: Furniture,
    request: Request,
    way: str,
    submission: Document,
    *,
    fault: Fault | None = None,
) -> Response:
    findings = furniture.views.returned(submission)["findings"]
    return decision_page(
        furniture,
        request,
        submission,
        way=way,
        ways=WAYS,
        heading=_HEADINGS[way],
        fault=fault,
        more={
            "open_queries": len({each["indicator"] for each in findings if each["open"]}),
            "statement": STATEMENT,
            "words": STATEMENTS[STATEMENT],
        },
    )
