"""The door for explanations: what an authority says of figures that the check asked about."""

from collections.abc import Sequence
from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.tidy import LONGEST_NOTE
from services.ingest.answer import refusals, retrace
from services.ingest.core.explanation import ExplanationUnfit, Given, NoLongerStands
from services.ingest.desk import Desk
from services.ingest.outcome import Explained
from services.ingest.representation import Answer, ReportItem
from services.runtime.problem import Problem, problems

_MOST = 200


class GivenRequest(BaseModel):
    """What is said of one figure: words, or that those of the quarter before hold still."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: str | None = Field(
        None, description="Its code, as CP04; left out for a query on the return as a whole."
    )
    text: str | None = Field(
        None,
        description="Why the figure is right. Never about a single child.",
        json_schema_extra={"maxLength": LONGEST_NOTE},
    )
    confirm: bool = Field(
        False, description="Take the words that answered the same query in the quarter before."
    )


class ExplanationRequest(BaseModel):
    """What is said of the queries on a return; all is taken or nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    explanations: list[GivenRequest] = Field(max_length=_MOST)


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
        given = [Given(each.indicator, each.text, each.confirm) for each in said.explanations]
        explained = take_words(desk, return_id, given, traceparent=retrace(request))
        response.status_code = 202 if explained.new else 200
        response.headers["Location"] = f"/v1/returns/{return_id}"
        response.headers["Cache-Control"] = "no-store"
        return ExplanationReceipt.of(explained)

    return routes


def take_words(
    desk: Desk, return_id: str, given: Sequence[Given], *, traceparent: str | None = None
) -> Explained:
    """Store what is said of queries on a return; raises the Problem of what cannot be taken."""
    try:
        with refusals():
            return desk.explain(return_id, given, traceparent=traceparent)
    except NoLongerStands as error:
        title = "This return does not stand"
        raise Problem(409, "version-conflict", title, str(error), stands=error.stands) from error
    except ExplanationUnfit as error:
        faults = [
            {"detail": each.detail, "pointer": f"/explanations/{each.place}/{each.member}"}
            for each in error.problems
        ]
        count = "An explanation" if len(faults) == 1 else f"{len(faults)} explanations"
        raise Problem(
            422,
            "explanation-unfit",
            f"{count} cannot be taken",
            "Nothing was stored. Correct what errors lists, and send all of them again.",
            errors=faults,
        ) from error
