"""RFC 9457 problem documents: the one shape of every error of the API.

A service raises ``Problem``; ``install`` turns that, the framework's own errors and anything
unforeseen into ``application/problem+json`` with the request's id and never with a payload.
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.routing import Match

from services.runtime import misfit
from services.runtime.journal import Seldom
from services.runtime.log import LogDamaged, LogUnavailable, LogUncertain

_log = logging.getLogger(__name__)
_of_log = logging.getLogger(f"{__name__}.log")
_of_log.addFilter(Seldom())  # while the log is away every request ends so
_RETRY_SECONDS = "5"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class ProblemDetail(BaseModel):
    """One fault among several, as RFC 9457's ``errors`` with what a return's report adds."""

    model_config = ConfigDict(extra="allow")

    detail: str
    pointer: str | None = None


class ProblemDocument(BaseModel):
    """The body of every 4xx and 5xx of the API."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[ProblemDetail] | None = None


class Problem(Exception):
    """An answer other than success: ``slug`` names its help page ``/problems/{slug}``."""

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        """Say what is wrong (``title``), and where and what to do next (``detail``)."""
        super().__init__(title)
        self.status = status
        self.headers = dict(headers or {})
        self.document: dict[str, Any] = {
            "type": f"/problems/{slug}",
            "title": title,
            "status": status,
            "detail": detail,
            **members,
        }
        if errors:
            self.document["errors"] = [dict(error) for error in errors]


class ProblemResponse(JSONResponse):
    """A problem as an answer to the request at ``path``."""

    media_type = "application/problem+json"

    def __init__(self, problem: Problem, path: str) -> None:
        """Render the problem; ``instance`` is the path unless the problem names another."""
        super().__init__(
            {"instance": path, **problem.document},
            status_code=problem.status,
            headers=problem.headers,
        )


def respond(request: Request, problem: Problem) -> JSONResponse:
    """Return the problem as the response to the request."""
    return ProblemResponse(problem, request.url.path)


_MEANINGS = {
    400: "The request could not be read",
    404: "There is nothing under this id or code",
    409: "What stands does not allow it",
    413: "The body is too large",
    415: "The body is of a type that is not taken",
    422: "The body or a parameter has faults; all are listed and nothing was stored",
    503: "Nothing can be stored at the moment, or it is not known whether it was",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the description of an operation's problem documents, for its ``responses``."""
    schema = {"$ref": "#/components/schemas/ProblemDocument"}
    return {
        status: {
            "model": ProblemDocument,
            "description": _MEANINGS[status],
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


def _allowed(request: Request) -> str:
    """Return every method that the address takes; a router names those of one route alone."""
    routes = request.app.router.routes
    return ", ".join(
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes
        )
    )


def _of_framework(error: HTTPException) -> Problem:
    known = {
        400: ("body-unreadable", "The body could not be read", "Send it as JSON in UTF-8."),
        404: (
            "not-found",
            "There is nothing at this address",
            "Check the address and the codes in it.",
        ),
        405: (
            "method-not-allowed",
            "This address does not take that method",
            "See the Allow header.",
        ),
    }
    slug, title, detail = known.get(
        error.status_code,
        (
            "request",
            f"The request could not be dealt with ({HTTPStatus(error.status_code).phrase})",
            "Check it against the API reference (/developers/api).",
        ),
    )
    return Problem(error.status_code, slug, title, detail, headers=error.headers)


def _of_request(error: RequestValidationError) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "request-not-understood",
        "Part of the request could not be understood",
        "See errors for each part and what is expected there.",
        errors=[misfit.describe(fault) for fault in error.errors()],
    )


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return respond(request, error)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        problem = _of_framework(error)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            problem.headers["Allow"] = _allowed(request)
        return respond(request, problem)

    @app.exception_handler(RequestValidationError)
    async def _request(request: Request, error: RequestValidationError) -> JSONResponse:
        return respond(request, _of_request(error))

    _install_log(app)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        _log.error("request failed", extra={"fault": type(error).__name__})
        return respond(
            request,
            Problem(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "unforeseen",
                "Something went wrong on our side",
                "Nothing you sent was at fault. Try again, then tell the operator.",
            ),
        )


def _install_log(app: FastAPI) -> None:
    """Make what the log raises a 503 that says whether to send again."""

    @app.exception_handler(LogUnavailable)
    async def _unavailable(request: Request, error: LogUnavailable) -> JSONResponse:
        _of_log.warning("log unavailable", extra={"detail": str(error)})
        return respond(
            request,
            Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "log-unavailable",
                "Nothing can be stored at the moment",
                "Nothing was accepted. Send the same again after the time in Retry-After.",
                headers={"Retry-After": _RETRY_SECONDS},
            ),
        )

    @app.exception_handler(LogUncertain)
    async def _uncertain(request: Request, error: LogUncertain) -> JSONResponse:
        _of_log.warning("outcome unknown", extra={"detail": str(error)})
        return respond(
            request,
            Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "It is not known whether this was stored",
                "Send the same bytes again: if they were stored you get the same receipt.",
                headers={"Retry-After": _RETRY_SECONDS},
            ),
        )

    @app.exception_handler(LogDamaged)
    async def _damaged(request: Request, error: LogDamaged) -> JSONResponse:
        _log.error("log damaged", extra={"fault": str(error)})
        return respond(
            request,
            Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "log-damaged",
                "What is stored cannot be read",
                "Nothing was accepted. The operator has to restore the last backup: /ready says "
                "which record is damaged.",
                headers={"Retry-After": _RETRY_SECONDS},
            ),
        )
