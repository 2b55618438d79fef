"""What stands before every answer: security headers, and pages in place of bare problems.

A browser that asked for a page gets its problem as a page; a program gets the problem document. So
it is where the views are away, too: such a page needs nothing of them.
"""

import json
import logging
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.gateway.pages.furniture import Furniture
from services.runtime.problem import Problem, ProblemResponse
from services.runtime.store import StoreBuilding, StoreError

_log = logging.getLogger(__name__)
_FAULT = 400
_PROBLEM = "application/problem+json"
_RETRY_SECONDS = "5"

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Surface:
    """Puts the headers on every answer, ``no-store`` on all that says nothing else of caching."""

    def __init__(self, app: ASGIApp, *, furniture: Furniture) -> None:
        """Stand before ``app``."""
        self._app = app
        self._furniture = furniture

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and the answer back with its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, receive, send, self._furniture)
        try:
            await self._app(scope, receive, answer.send)
        except StoreError as error:
            if answer.begun:
                raise
            _log.warning("views away", extra={"fault": type(error).__name__})
            await _away(error, scope)(scope, receive, answer.send)
        except Exception as error:
            if answer.begun:
                raise
            _log.exception("request failed", extra={"fault": type(error).__name__})
            await _unforeseen(scope)(scope, receive, answer.send)


class _Answer:
    """One answer on its way out; a problem for a browser is held back and made a page."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, furniture: Furniture) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._furniture = furniture
        self._held: bytearray | None = None
        self._status = 0
        self._kept: dict[str, str] = {}
        self.begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(raw=message["headers"])
            if self._wants_page(message["status"], headers):
                self._held, self._status = bytearray(), message["status"]
                self._kept = {
                    name: headers[name] for name in ("retry-after", "allow") if name in headers
                }
                return
            _furnish(headers)
            message["headers"] = headers.raw
        elif self._held is not None:
            self._held += message.get("body", b"")
            if not message.get("more_body", False):
                await self._page(json.loads(bytes(self._held)))
            return
        await self._send(message)

    def _wants_page(self, status: int, headers: MutableHeaders) -> bool:
        if status < _FAULT or not headers.get("content-type", "").startswith(_PROBLEM):
            return False
        asked = Headers(scope=self._scope).get("accept", "")
        return "text/html" in asked and not self._scope["path"].startswith("/v1/")

    async def _page(self, problem: Mapping[str, object]) -> None:
        request = Request(self._scope)
        response = self._furniture.plain(
            request,
            status=self._status,
            title=str(problem["title"]),
            detail=str(problem["detail"]),
            errors=problem.get("errors", []),
            request_id=_request_id(self._scope),
        )
        response.headers.update(self._kept)
        _furnish(response.headers)
        await response(self._scope, self._receive, self._send)


def _furnish(headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")


def _request_id(scope: Scope) -> str | None:
    trace = scope.get("state", {}).get("traceparent")
    return trace[3:35] if isinstance(trace, str) else None


def _away(error: StoreError, scope: Scope) -> ProblemResponse:
    retry = {"Retry-After": _RETRY_SECONDS}
    if isinstance(error, StoreBuilding):
        problem = Problem(
            503,
            "views-being-built",
            "The figures are being put together again",
            "Nothing is lost: all of them come from the log of what was sent. Try again in a "
            "minute or two.",
            headers=retry,
        )
    else:
        problem = Problem(
            503,
            "views-unavailable",
            "The figures cannot be shown at the moment",
            "Nothing is lost, and returns can still be sent. Try again in a few seconds; if it "
            "stays, tell the operator, to whom /ready says why.",
            headers=retry,
        )
    return ProblemResponse(problem, scope["path"])


def _unforeseen(scope: Scope) -> ProblemResponse:
    problem = Problem(
        500,
        "unforeseen",
        "Something went wrong on our side",
        "Nothing you sent was at fault. Try again; if it stays, tell the operator the time.",
    )
    return ProblemResponse(problem, scope["path"])
