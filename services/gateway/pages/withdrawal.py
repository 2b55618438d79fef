"""The withdrawal of a return as a page: what it does, and the form that asks why."""

from functools import partial
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Request, Response

from services.gateway.core.document import Document
from services.gateway.origin import require_own_page
from services.gateway.pages.decision import Fault, decision_page, say_it
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import Ways, find

WAYS = Ways(withdrawal=True)


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
        page = partial(_page, furniture, request, find(furniture, return_id))
        if not reason.strip():
            return page(fault=("reason", "Write why it should not count"))
        say = partial(withdraw, return_id, reason=reason.strip())
        return say_it(request, return_id, say, lambda said: page(fault=("reason", said)))

    return routes


def _page(
    furniture: Furniture, request: Request, submission: Document, *, fault: Fault | None = None
) -> Response:
    return decision_page(
        furniture,
        request,
        submission,
        way="withdrawal",
        ways=WAYS,
        heading="Withdraw the return of",
        fault=fault,
    )
