"""The door for explanations: what an authority says of figures that the check asked about."""

from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response

from services.ingest.answer import refusals, retrace
from services.ingest.core.explanation import Given
from services.ingest.desk import Desk
from services.ingest.given import ExplanationRequest
from services.ingest.outcome import Explained
from services.ingest.representation import Answer, ReportItem
from services.runtime.problem import problems


class ExplainedItem(Answer):
    """What was said of a figure: the id of the words, and the queries that they answer."""

    indicator: str | None
    codes: list[str]
    text: str
    confirmed: bool


class ExplanationReceipt(Answer):
    """What was taken, and what is still asked."""

    return_id: str
    explained: list[ExplainedItem]
    report: ReportItem

    @classmethod
    def of(cls, explained: Explained) -> Self:
        """Return the receipt of what a request said."""
        return cls(
            return_id=explained.version.return_id,
            explained=[
                ExplainedItem(
                    indicator=said.indicator,
                    codes=list(said.codes),
                    text=said.text,
                    confirmed=said.confirmed,
                )
                for said in explained.new
            ],
            report=ReportItem.of_version(explained.version, explained.queries),
        )


def router(desk: Desk) -> APIRouter:
    """Return the routes of explanations over a desk."""
    routes = APIRouter(tags=["Returns"])

    @routes.post(
        "/v1/returns/{return_id}/explanations",
        status_code=202,
        summary="Explain figures that the check asked about",
        response_model=ExplanationReceipt,
        responses={
            200: {"model": ExplanationReceipt, "description": "The same words stood already"},
            **problems(400, 404, 409, 413, 422, 503),
        },
    )
    def explain(
        return_id: Annotated[str, Path(max_length=64)],
        said: ExplanationRequest,
        request: Request,
        response: Response,
    ) -> ExplanationReceipt:
        """Answer queries: their figures are no longer held back to what is only watched.

        A word on an indicator answers every query on it; a later one replaces it. The return stays
        as it is.
        """
        explained = take_words(desk, return_id, said.given(), traceparent=retrace(request))
        response.status_code = 202 if explained.new else 200
        response.headers["Location"] = f"/v1/returns/{return_id}"
        response.headers["Cache-Control"] = "no-store"
        return ExplanationReceipt.of(explained)

    return routes


def take_words(
    desk: Desk, return_id: str, given: Sequence[Given], *, traceparent: str | None = None
) -> Explained:
    """Store what is said of queries on a return; raises the Problem of what cannot be taken."""
    with refusals():
        return desk.explain(return_id, given, traceparent=traceparent)
