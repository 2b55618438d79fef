"""The door for withdrawals: a return that should not count, and why."""

from fastapi import APIRouter, Request, Response

from services.ingest.acknowledgement import (
    ANSWERS,
    Acknowledgement,
    ReasonRequest,
    ReturnId,
    acknowledge,
)
from services.ingest.answer import refusals, retrace
from services.ingest.core.version import Withdrawal
from services.ingest.desk import Desk

_NEXT = (
    "Nothing of it counts any more, and its authority is awaited again. Send the right return in "
    "the same way as before. To send the very same file after all, add ?supersedes={id}."
)


def router(desk: Desk) -> APIRouter:
    """Return the routes of withdrawals over a desk."""
    routes = APIRouter(tags=["Returns"])

    @routes.post(
        "/v1/returns/{return_id}/withdrawal",
        status_code=202,
        summary="Withdraw a return, with a reason",
        response_model=Acknowledgement,
        responses=dict(ANSWERS),
    )
    def withdraw(
        return_id: ReturnId, given: ReasonRequest, request: Request, response: Response
    ) -> Acknowledgement:
        """Let the return that stands count no more: its standings and what rested on them go.

        An earlier version does not come back. Repeating it changes nothing. The ``id`` is the last
        word on its authority and period.
        """
        said, is_new = take_back(desk, return_id, given.reason, traceparent=retrace(request))
        next_step = _NEXT.format(id=said.id)
        version = desk.version(return_id)
        return acknowledge(response, version, said, is_new=is_new, next_step=next_step)

    return routes


def take_back(
    desk: Desk, return_id: str, reason: str, *, traceparent: str | None = None
) -> tuple[Withdrawal, bool]:
    """Withdraw a return; raises the Problem of what cannot be withdrawn so."""
    with refusals():
        return desk.withdraw(return_id, reason, traceparent=traceparent)
