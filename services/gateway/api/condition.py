"""Conditional requests: the same views, the same question, the same tag."""

from collections.abc import Callable, Coroutine
from hashlib import sha256
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from services.gateway.api.listing import NO_STORE
from services.gateway.views import Views

_RELEASE = version("tartan")
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed"}}


def tag(views: Views, request: Request) -> str:
    """Return the strong tag of what the views answer to a request."""
    asked = f"{_RELEASE}\x1f{views.version()}\x1f{request.url.path}\x1f{request.url.query}"
    return f'"{sha256(asked.encode()).hexdigest()[:32]}"'


def conditional(views: Views) -> type[APIRoute]:
    """Return a class of routes that answer 304 to who has what the views would say.

    Every other answer of theirs has its tag, taken before it is made: what arrives meanwhile can
    make it look older than it is, never newer.
    """

    class Conditional(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def answer_once(request: Request) -> Response:
                given = request.headers.get("if-none-match", "").strip()
                own = await run_in_threadpool(tag, views, request)
                headers = {"ETag": own, **NO_STORE}
                known = {each.strip().removeprefix("W/") for each in given.split(",")}
                if own in known:
                    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
                response = await answer(request)
                if response.status_code == HTTPStatus.OK:
                    if given == "*":
                        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
                    response.headers.update(headers)
                return response

            return answer_once

    return Conditional
