"""A page on which something is decided of a return that stands, with the words that say why."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import Ways, require_open
from services.runtime.problem import Problem

_UNFIT = 422
Fault = tuple[str, str]
"""The field that something is wrong with, and what."""


def say_it(
    request: Request,
    return_id: str,
    say: Callable[..., None],
    ask_again: Callable[[str], Response],
) -> Response:
    """Say it and go back to the return; ask again where the words cannot be taken."""
    try:
        say(traceparent=getattr(request.state, "traceparent", None))
    except Problem as problem:
        if problem.status != _UNFIT:
            raise
        return ask_again(str(problem.document["detail"]))
    return RedirectResponse(f"/returns/{return_id}", status_code=303)


def decision_page(
    furniture: Furniture,
    request: Request,
    submission: Document,
    *,
    way: str,
    ways: Ways,
    heading: str,
    fault: Fault | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """Return the page of a way, whose template bears its name; raises the 409 of one not open.

    ``heading`` goes before the authority's name, ``more`` is what the template needs besides.
    """
    require_open(way, ways, furniture, submission)
    authority = furniture.views.authority(submission["authority"])
    whole = f"{heading} {authority.name}"
    return furniture.page(
        request,
        f"{way}.html",
        title=f"{'Error: ' if fault else ''}{whole}",
        heading=whole,
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
        **(more or {}),
    )
