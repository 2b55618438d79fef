"""The door for answers: an authority's word on an alert, or that it was seen."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.alerts.office import (
    LONGEST_ANSWER,
    AnswerKind,
    AnswerTooLong,
    AnswerWithoutText,
    Office,
    UnknownAlert,
)
from services.runtime.problem import Problem, problems

_LOCAL = "local"


class AnswerRequest(BaseModel):
    """What a person says of an alert; an answer has words, an acknowledgement may have some."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AnswerKind
    text: str = Field("", json_schema_extra={"maxLength": LONGEST_ANSWER})


class AnswerReceipt(BaseModel):
    """What was taken. The same words again give the same id."""

    answer: str
    alert: str
    kind: AnswerKind


def _local(_request: Request) -> str:
    return _LOCAL


def router(office: Office, *, actor: Callable[[Request], str] = _local) -> APIRouter:
    """Return the routes; ``actor`` gives the opaque id of who is asking."""
    routes = APIRouter(tags=["Alerts"])

    @routes.post(
        "/v1/alerts/{alert}/answers",
        status_code=202,
        summary="Answer or acknowledge an alert",
        responses={
            200: {"model": AnswerReceipt, "description": "the same words stood already"},
            **problems(400, 404, 413, 422, 503),
        },
    )
    def _answer(
        alert: Annotated[str, Path(max_length=64)],
        said: AnswerRequest,
        request: Request,
        response: Response,
    ) -> AnswerReceipt:
        try:
            receipt = office.answer(
                alert,
                kind=said.kind,
                text=said.text,
                actor=actor(request),
                traceparent=getattr(request.state, "traceparent", None),
            )
        except UnknownAlert as error:
            raise Problem(404, "unknown-alert", "There is no such alert", str(error)) from error
        except AnswerWithoutText as error:
            raise Problem(422, "answer-needs-text", "An answer needs words", str(error)) from error
        except AnswerTooLong as error:
            raise Problem(422, "answer-too-long", "The text is too long", str(error)) from error
        response.status_code = 202 if receipt.new else 200
        response.headers["Location"] = f"/v1/alerts/{alert}"
        return AnswerReceipt(answer=receipt.answer, alert=alert, kind=said.kind)

    return routes
