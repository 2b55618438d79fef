"""The door: returns, validations, periods, published files and rules over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from schemas.findings import WORKBOOK, write_findings
from services.ingest import (
    approving,
    change,
    explaining,
    receipting,
    rulebook,
    templating,
    withdrawing,
)
from services.ingest.answer import refusals, retrace
from services.ingest.contract import (
    ANNOTATED_REPORT,
    REPORT,
    Channel,
    DueDay,
    FileName,
    OnBehalf,
    Reason,
    Release,
    Supersedes,
    file_body,
    return_body,
)
from services.ingest.core.annotation import annotate
from services.ingest.core.signature import Keyring
from services.ingest.desk import Desk
from services.ingest.listing import (
    DataSetItem,
    DataSetListing,
    FileItem,
    PeriodItem,
)
from services.ingest.outcome import Accepted, Checked
from services.ingest.receipt import Receipt
from services.ingest.representation import ReportItem
from services.ingest.request import a_channel, body_of, day, file_name, month, sent
from services.ingest.xlsx.annotated import write_annotated
from services.runtime.problem import problems

_NO_STORE = {"Cache-Control": "no-store"}
_NO_KEYS = Keyring()

Body = Annotated[bytes, Depends(body_of)]


WIDER = {"/v1/published": 64 * 1024 * 1024}
"""Paths that take more than a return, with their limits in bytes: a published file is larger."""
ACCEPTED = ("POST", "/v1/returns", "202")
"""The request that is counted for each return that was accepted."""


def router(desk: Desk, *, keyring: Keyring = _NO_KEYS) -> APIRouter:
    """Return the routes of ingest over a desk; without keys its receipts are not signed."""
    routes = APIRouter()
    _add_returns(routes, desk, keyring)
    for add in (_add_reading, _add_periods, _add_published):
        add(routes, desk)
    routes.include_router(receipting.router(desk, keyring))
    routes.include_router(explaining.router(desk))
    routes.include_router(change.router(desk))
    routes.include_router(withdrawing.router(desk))
    routes.include_router(approving.router(desk))
    routes.include_router(templating.router(desk))
    routes.include_router(rulebook.router())
    return routes


def _add_returns(routes: APIRouter, desk: Desk, keyring: Keyring) -> None:
    @routes.post(
        "/v1/returns",
        tags=["Returns"],
        status_code=202,
        summary="Send a return",
        response_model=Receipt,
        responses={
            200: {"model": Receipt, "description": "These bytes stand already: their receipt"},
            202: {
                "description": "Accepted and stored: the receipt",
                "headers": {"Location": {"schema": {"type": "string"}}},
            },
            **problems(409, 413, 415, 422, 503),
        },
        openapi_extra=return_body(),
    )
    def submit(
        request: Request,
        body: Body,
        supersedes: Supersedes = None,
        channel: Channel = None,
        reason: Reason = None,
        on_behalf: OnBehalf = None,
    ) -> Response:
        """Check a return and store it if it has no errors; otherwise say everything wrong with it.

        Sending the same bytes again is safe and gives the same receipt. After a 503, do just that.
        What was signed off takes another version with a ``reason`` alone, and what stood when its
        period closed none until it is unlocked.
        """
        accepted = take_in(
            desk,
            body,
            content_type=request.headers.get("content-type", ""),
            channel=a_channel(channel),
            supersedes=supersedes,
            reason=reason,
            on_behalf=on_behalf,
            traceparent=retrace(request),
        )
        receipt = receipting.give_receipt(desk, keyring, accepted.version)
        place = {"Location": f"/v1/returns/{receipt.return_id}"}
        return _answer(receipt, status=202 if accepted.is_new else 200, headers=place)

    @routes.post(
        "/v1/validations",
        tags=["Returns"],
        summary="Check a return and store nothing",
        response_model=ReportItem,
        responses={200: ANNOTATED_REPORT, **problems(413, 415, 422, 503)},
        openapi_extra=return_body(checked_only=True),
    )
    def validate(request: Request, body: Body) -> Response:
        """Give the report that sending it would give. Errors are an answer, not a failure.

        With ``Accept: text/csv`` it is a table, a line for each place; with that of a workbook, the
        file comes back as one, with a comment on each cell that something is said of.
        """
        content_type = request.headers.get("content-type", "")
        if WORKBOOK in request.headers.get("accept", ""):
            workbook = annotated(desk, body, content_type=content_type)
            return Response(workbook, media_type=WORKBOOK, headers=_NO_STORE)
        return _report(examine(desk, body, content_type=content_type), request)


def _add_reading(routes: APIRouter, desk: Desk) -> None:
    @routes.get(
        "/v1/returns/{return_id}/report",
        tags=["Returns"],
        summary="Read the queries and notices that an accepted return carries",
        response_model=ReportItem,
        responses={200: REPORT, **problems(404, 422, 503)},
    )
    def read_report(request: Request, return_id: str) -> Response:
        """Give what was asked and noticed; with ``Accept: text/csv`` as a table."""
        with refusals():
            asked = desk.queries(return_id)
        return _report(ReportItem.of_version(asked.version, asked.queries), request)


def _add_periods(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/periods/{collection}/{period}/open",
        tags=["Periods"],
        summary="Open a collection's period, so that returns are taken",
        response_model=PeriodItem,
        responses=problems(404, 409, 422, 503),
    )
    def open_period(request: Request, collection: str, period: str, due: DueDay = None) -> Response:
        """Open the period, or move the due day of an open one. Repeating it changes nothing."""
        with refusals():
            state, _ = desk.open_period(
                collection, period, due=day(due), traceparent=retrace(request)
            )
        return _answer(PeriodItem.of(state))

    @routes.post(
        "/v1/periods/{collection}/{period}/close",
        tags=["Periods"],
        summary="Close a collection's period: what stands is locked, later returns are late",
        response_model=PeriodItem,
        responses=problems(404, 409, 422, 503),
    )
    def close_period(request: Request, collection: str, period: str) -> Response:
        """Close the period. Repeating it changes nothing."""
        with refusals():
            state, _ = desk.close_period(collection, period, traceparent=retrace(request))
        return _answer(PeriodItem.of(state))


def _add_published(routes: APIRouter, desk: Desk) -> None:
    @routes.post(
        "/v1/published",
        tags=["Published figures"],
        summary="Import a published file of Explore Education Statistics",
        response_model=FileItem,
        responses=problems(409, 413, 422, 503),
        openapi_extra=file_body(),
    )
    def publish(
        request: Request, body: Body, name: FileName = None, release: Release = None
    ) -> Response:
        """Store the data sets of a file that are new, and account for every row.

        The file is taken as it was downloaded, whatever its media type.
        """
        with refusals():
            logged = desk.publish(
                body,
                name=file_name(request, name),
                release=month(release),
                traceparent=retrace(request),
            )
        return _answer(FileItem.of(logged))

    @routes.get(
        "/v1/published",
        tags=["Published figures"],
        summary="List the published data sets in the log",
        response_model=DataSetListing,
        responses=problems(503),
    )
    def list_published() -> Response:
        return _answer(DataSetListing(items=[DataSetItem.of(each) for each in desk.data_sets()]))


def take_in(
    desk: Desk,
    body: bytes,
    *,
    content_type: str,
    channel: str,
    supersedes: str | None = None,
    reason: str | None = None,
    on_behalf: str | None = None,
    traceparent: str | None = None,
) -> Accepted:
    """Accept the return in a body, whatever it came in; raises the Problem of one that is refused.

    Explanations in its form are taken with it, or neither is.
    """
    taken = sent(body, content_type=content_type)
    with refusals():
        return desk.submit(
            taken.content,
            format=taken.format,
            supersedes=supersedes,
            channel=channel,
            explanations=taken.explanations,
            reason=reason,
            on_behalf=on_behalf,
            traceparent=traceparent,
        )


def examine(desk: Desk, body: bytes, *, content_type: str) -> ReportItem:
    """Return the report of a body, whatever it came in; raises the Problem of one of no known type.

    Nothing is stored.
    """
    return ReportItem.of(_checked(desk, body, content_type).report)


def annotated(desk: Desk, body: bytes, *, content_type: str) -> bytes:
    """Return a body as a workbook with what its check says; raises as ``examine`` does."""
    checked = _checked(desk, body, content_type)
    return write_annotated(annotate(checked.document, checked.report))


def _checked(desk: Desk, body: bytes, content_type: str) -> Checked:
    taken = sent(body, content_type=content_type)
    with refusals():
        return desk.check(taken.content, format=taken.format)


def _report(report: ReportItem, request: Request) -> Response:
    """Return a report as the request accepts it: JSON, or a table."""
    if "text/csv" not in request.headers.get("accept", ""):
        return _answer(report)
    table = write_findings(report.model_dump(mode="json")["findings"])
    return Response(table, media_type="text/csv", headers=_NO_STORE)


def _answer(
    item: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse(item.model_dump(mode="json"), status, {**_NO_STORE, **(headers or {})})
