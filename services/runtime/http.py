"""What every HTTP door has: a body limit counted before parsing, a trace, a count of requests."""

import asyncio
import secrets
import time
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import journal
from services.runtime.metric import Metrics
from services.runtime.problem import Problem, ProblemResponse

BODY_LIMIT = 5 * 1024 * 1024
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 64 * 1024 * 1024
_TRACE_PARTS = 4


class BodyLimit:
    """Refuses a body over the limit with a 413 problem before anything parses it.

    ``wider`` gives the paths that take more, with their own limits in bytes.
    """

    def __init__(
        self, app: ASGIApp, *, limit: int = BODY_LIMIT, wider: Mapping[str, int] | None = None
    ) -> None:
        """Stand before ``app``."""
        self._app = app
        self._limit = limit
        self._wider = dict(wider or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body, unless that is too large."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        limit = self._wider.get(scope["path"], self._limit)
        body = None if _declared(scope) > limit else await _read(receive, limit=limit)
        if body is None:
            await _refuse(_refusal(scope["path"], limit), scope, receive, send)
            return
        pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return pending.pop() if pending else await receive()

        await self._app(scope, replayed, send)


async def _read(receive: Receive, *, limit: int) -> bytes | None:
    """Return the whole body; None as soon as it is over the limit."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


async def _refuse(refusal: ProblemResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer at once, then listen a little longer: who is cut off while sending hears no answer."""

    async def held(message: Message) -> None:
        await send({**message, "more_body": True} if "body" in message else message)

    await refusal(scope, receive, held)
    listened = 0
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            while listened < _LINGER_BYTES:
                message = await receive()
                listened += len(message.get("body", b""))
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        pass  # Whoever still sends has had the answer for as long.
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _refusal(path: str, limit: int) -> ProblemResponse:
    problem = Problem(
        413,
        "file-too-large",
        "The file is too large",
        f"At most {limit // 1024**2} MiB are taken. A return is a few kilobytes: check that this "
        "is the return and not an extract of records.",
        headers={"Connection": "close"},
    )
    return ProblemResponse(problem, path)


class Observed:
    """Counts and times requests by route template, and gives each a ``traceparent``."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        """Stand before ``app``."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), "500"
        trace = _traceparent(scope)
        scope.setdefault("state", {})["traceparent"] = trace

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
                message["headers"] = [*message["headers"], (b"x-request-id", trace[3:35].encode())]
            await send(message)

        answering = journal.trace.set(trace[3:35])
        try:
            await self._app(scope, receive, noted)
        finally:
            journal.trace.reset(answering)
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(scope["method"], route, status).inc()
            self._metrics.request_seconds.labels(route).observe(time.perf_counter() - begun)


def _traceparent(scope: Scope) -> str:
    given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"traceparent"), "")
    parts = given.split("-")
    if len(parts) == _TRACE_PARTS and _is_hex(parts[1], 32) and _is_hex(parts[2], 16):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and all(c in "0123456789abcdef" for c in text) and set(text) != {"0"}
