"""The gateway's HTTP: one router of API and pages, and what stands before the whole app."""

from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import FileResponse
from starlette.middleware.gzip import GZipMiddleware

from services.gateway.api import alert as api_alert
from services.gateway.api import collection, data_set, live, reference, standing
from services.gateway.api import rug as api_rug
from services.gateway.api import submission as api_submission
from services.gateway.api.condition import NOT_MODIFIED
from services.gateway.api.parameter import missing
from services.gateway.feed import Feed
from services.gateway.pages import (
    alert,
    approval,
    authority,
    changes,
    check,
    developer,
    figure,
    form,
    home,
    indicator,
    method,
    prose,
    receipt,
    record,
    returns,
    rug,
    rule,
    sample,
    sending,
    submission,
    template,
    withdrawal,
)
from services.gateway.pages import collection as page_collection
from services.gateway.pages import data_set as page_data_set
from services.gateway.pages.alert import Answer
from services.gateway.pages.approval import Approvals
from services.gateway.pages.check import Checks
from services.gateway.pages.furniture import ASSETS, DIST, Furniture
from services.gateway.pages.receipt import Receipts
from services.gateway.pages.sending import Send
from services.gateway.pages.submission import Explain, Ways
from services.gateway.pages.withdrawal import Withdraw
from services.gateway.surface import Surface
from services.gateway.views import Views

_A_YEAR = "public, max-age=31536000, immutable"


def api_router(views: Views, *, feed: Feed) -> APIRouter:
    """Serve everything under ``/v1`` that the gateway answers."""
    routes = APIRouter()
    for part in (api_submission, collection, standing, api_rug, data_set, reference, api_alert):
        routes.include_router(part.router(views), responses=NOT_MODIFIED)
    routes.include_router(live.router(feed))
    return routes


def page_router(
    furniture: Furniture,
    *,
    answer: Answer | None = None,
    explain: Explain | None = None,
    checks: Checks | None = None,
    receipts: Receipts | None = None,
    withdraw: Withdraw | None = None,
    send: Send | None = None,
    approvals: Approvals | None = None,
) -> APIRouter:
    """Serve every page and the compiled styles."""
    routes = APIRouter(dependencies=[Depends(furniture.arrive)])
    reading = (home, rug, authority, figure, indicator, record, page_collection, method, rule)
    for part in (*reading, prose, template, sample, returns, changes, page_data_set):
        routes.include_router(part.router(furniture))
    routes.include_router(developer.router(furniture))
    routes.include_router(alert.router(furniture, answer=answer))
    routes.include_router(sending.router(furniture, checks=checks, send=send))
    routes.include_router(form.router(furniture, checks=checks if send is not None else None))
    ways = Ways(withdrawal=withdraw is not None, approval=approvals is not None)
    routes.include_router(submission.router(furniture, explain=explain, ways=ways))
    routes.include_router(withdrawal.router(furniture, withdraw=withdraw))
    routes.include_router(approval.router(furniture, approvals=approvals))
    routes.include_router(check.router(furniture, checks=checks))
    routes.include_router(receipt.router(furniture, receipts=receipts))
    routes.include_router(_assets(DIST))
    return routes


def mount(
    app: FastAPI,
    views: Views,
    *,
    feed: Feed,
    answer: Answer | None = None,
    explain: Explain | None = None,
    checks: Checks | None = None,
    receipts: Receipts | None = None,
    withdraw: Withdraw | None = None,
    send: Send | None = None,
    approvals: Approvals | None = None,
) -> None:
    """Put the whole gateway into an app: API, pages, live updates, headers, error pages.

    ``answer`` takes what the form under an alert says, ``explain`` what the forms on a return's
    page say, ``withdraw`` one that should not count, ``approvals`` what is said of sign-off and
    unlocking, ``checks`` looks at files, ``send`` takes them; without them there is no form.
    ``receipts`` gives receipts; without it there is no page of one. The app is to have
    ``services.runtime.problem.install`` and its default ``/docs`` and ``/redoc`` off.
    """
    furniture = Furniture(views, feed=feed)
    app.include_router(api_router(views, feed=feed))
    app.include_router(
        page_router(
            furniture,
            answer=answer,
            explain=explain,
            checks=checks,
            receipts=receipts,
            withdraw=withdraw,
            send=send,
            approvals=approvals,
        )
    )
    app.add_middleware(Surface, furniture=furniture)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)


def _assets(dist: Path) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    files = {path.name: path for path in dist.glob("*") if path.suffix in {".css", ".js", ".svg"}}

    @routes.get(f"{ASSETS}/{{file}}")
    def asset(file: str) -> Response:
        if file not in files:
            raise missing("file", file, where="Load the page again: its styles have a new name.")
        return FileResponse(files[file], headers={"Cache-Control": _A_YEAR})

    return routes
