"""Conditional requests: the same views, the same question, the same tag."""

from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.gateway.api.listing import NO_STORE
from services.gateway.views import Views

_RELEASE = version("tartan")


def tag(views: Views, request: Request) -> str:
    """Return the strong tag of what the views answer to a request."""
    asked = f"{_RELEASE}\x1f{views.version()}\x1f{request.url.path}\x1f{request.url.query}"
    return f'"{sha256(asked.encode()).hexdigest()[:32]}"'


def tagged(views: Views, request: Request, make: Callable[[], Any]) -> Response:
    """Answer 304 if the asker has what the views would say, else with what ``make`` gives."""
    own = tag(views, request)
    headers = {"ETag": own, **NO_STORE}
    given = request.headers.get("if-none-match", "")
    held = {known.strip().removeprefix("W/") for known in given.split(",")}
    if own in held or given.strip() == "*":
        return Response(status_code=304, headers=headers)
    made = make()
    response = made if isinstance(made, Response) else JSONResponse(made)
    response.headers.update(headers)
    return response
