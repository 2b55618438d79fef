"""The door for withdrawals: a return that should not count, and why."""

from typing import Annotated, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from schemas.tidy import LONGEST_NOTE
from services.ingest.answer import refusals, retrace
from services.ingest.core.version import Version, Withdrawal
from services.ingest.desk import Desk
from services.ingest.representation import Answer
from services.runtime.problem import problems

_NEXT = (
    "Nothing of it counts any more, and its authority is awaited again. Send the right return in "
    "the same way as before. To send the very same file after all, add ?supersedes={id}."
)


class WithdrawalRequest(BaseModel):
    """Why a return should not count."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(
        description="What is wrong with it. Never about a single child.",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_NOTE},
    )


class WithdrawalReceipt(Answer):
    """That a return was withdrawn; ``id`` is the last word on its authority and period."""

    id: str
    return_id: str
    authority: str
    collection: str
    period: str
    version: int
    withdrawn_at: str
    next_step: str

    @classmethod
    def of(cls, version: Version, withdrawal: Withdrawal) -> Self:
        """Return the receipt of a withdrawal."""
        return cls(
            id=withdrawal.id,
            return_id=version.return_id,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
            version=version.number,
            withdrawn_at=withdrawal.at,
            next_step=_NEXT.format(id=withdrawal.id),
        )


def router(desk: Desk) -> APIRouter:
    """Return the routes of withdrawals over a desk."""
    routes = APIRouter(tags=["Returns"])

    @routes.post(
        "/v1/returns/{return_id}/withdrawal",
        status_code=202,
        summary="Withdraw a return, with a reason",
        response_model=WithdrawalReceipt,
        responses={
            200: {"model": WithdrawalReceipt, "description": "It was withdrawn already"},
            **problems(400, 404, 409, 413, 422, 503),
        },
    )
    def withdraw(
        return_id: Annotated[str, Path(max_length=64)],
        said: WithdrawalRequest,
        request: Request,
        response: Response,
    ) -> WithdrawalReceipt:
        """Let the return that stands count no more: its standings and what rested on them go.

        An earlier version does not come back. Repeating it changes nothing.
        """
        withdrawal, is_new = take_back(desk, return_id, said.reason, traceparent=retrace(request))
        response.status_code = 202 if is_new else 200
        response.headers["Location"] = f"/v1/returns/{return_id}"
        response.headers["Cache-Control"] = "no-store"
        return WithdrawalReceipt.of(desk.version(return_id), withdrawal)

    return routes


def take_back(
    desk: Desk, return_id: str, reason: str, *, traceparent: str | None = None
) -> tuple[Withdrawal, bool]:
    """Withdraw a return; raises the Problem of what cannot be withdrawn so."""
    with refusals():
        return desk.withdraw(return_id, reason, traceparent=traceparent)
