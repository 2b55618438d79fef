"""The one ASGI app of the embedded product: every service's door, mounted together."""

from collections.abc import Callable, Mapping
from math import nan
from typing import Any

from fastapi import FastAPI

from schemas.topics import Topic
from services.alerts.http import router as alerts_router
from services.alerts.office import AnswerKind, AnswerUnfit, UnknownAlert
from services.embedded import parking
from services.embedded.description import describe
from services.embedded.wiring import Product
from services.gateway.http import mount
from services.gateway.pages.alert import Answer
from services.gateway.pages.sending import Send
from services.gateway.pages.submission import Explain
from services.gateway.pages.withdrawal import Withdraw
from services.ingest.approving import refuse, sign_off, unlock
from services.ingest.core.explanation import Given
from services.ingest.explaining import take_words
from services.ingest.http import ACCEPTED, WIDER, annotated, examine, take_in
from services.ingest.http import router as ingest_router
from services.ingest.receipting import find_receipt, find_verification
from services.ingest.withdrawing import take_back
from services.runtime.log import LogError
from services.runtime.operation import Check, Health, every
from services.runtime.problem import Problem
from services.runtime.process import make_app
from services.runtime.rebuild import with_progress

_THIS_MACHINE = "local"
_PATIENCE_SECONDS = 2.0


def create_app(product: Product) -> FastAPI:
    """Return the app; it starts the product with the server and stops it when that drains."""
    product.metrics.requests.labels(*ACCEPTED)
    product.metrics.parked.set_function(lambda: _waiting_at_scrape(product))
    app = make_app(
        ingest_router(product.desk, keyring=product.keyring),
        alerts_router(product.office),
        title="Tartan",
        metrics=product.metrics,
        live=every(product.engine.live, product.sender.live),
        ready=_checks(product),
        start=product.start,
        stop=product.stop,
        drain=product.feed.close,
        wider=WIDER,
        furnish=lambda app: mount(
            app,
            product.views,
            feed=product.feed,
            answer=_answering(product),
            explain=_explaining(product),
            checks=_Files(product),
            receipts=_Receipts(product),
            withdraw=_withdrawing(product),
            send=_sending(product),
            approvals=_Approvals(product),
        ),
    )
    return describe(app, app.routes)


def _answering(product: Product) -> Answer:
    """Take what the form under an alert says; once it returns the alert's page shows it."""

    def answer(alert: str, *, kind: str, text: str, traceparent: str | None = None) -> None:
        try:
            product.office.answer(
                alert,
                kind=AnswerKind(kind),
                text=text,
                actor=_THIS_MACHINE,
                traceparent=traceparent,
            )
        except UnknownAlert as error:
            raise Problem(404, "unknown-alert", "There is no such alert", str(error)) from error
        except AnswerUnfit as error:
            raise Problem(422, "answer-needs-text", "An answer needs words", str(error)) from error
        product.engine.settle(seconds=_PATIENCE_SECONDS)

    return answer


def _explaining(product: Product) -> Explain:
    """Take what the forms on a return's page say; once it returns the page shows it."""

    def explain(
        return_id: str,
        *,
        indicator: str | None,
        text: str,
        confirm: bool,
        traceparent: str | None = None,
    ) -> None:
        given = [Given(indicator, text or None, confirm)]
        take_words(product.desk, return_id, given, traceparent=traceparent)
        product.engine.settle(seconds=_PATIENCE_SECONDS)

    return explain


def _withdrawing(product: Product) -> Withdraw:
    """Withdraw what the form on a return's page names; once it returns the page shows it."""

    def withdraw(return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        take_back(product.desk, return_id, reason, traceparent=traceparent)
        product.engine.settle(seconds=_PATIENCE_SECONDS)

    return withdraw


def _sending(product: Product) -> Send:
    """Take a return that the pages send; once it returns the pages show it."""

    def send(
        body: bytes,
        *,
        content_type: str,
        channel: str,
        supersedes: str | None,
        reason: str | None = None,
        traceparent: str | None = None,
    ) -> str:
        accepted = take_in(
            product.desk,
            body,
            content_type=content_type,
            channel=channel,
            supersedes=supersedes,
            reason=reason,
            traceparent=traceparent,
        )
        product.engine.settle(seconds=_PATIENCE_SECONDS)
        return accepted.version.return_id

    return send


class _Approvals:
    """Signs returns off and unlocks them; once a method returns the pages show it."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def sign_off(self, return_id: str, *, statement: str, traceparent: str | None = None) -> None:
        sign_off(self._product.desk, return_id, statement, traceparent=traceparent)
        self._product.engine.settle(seconds=_PATIENCE_SECONDS)

    def refuse(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        refuse(self._product.desk, return_id, reason, traceparent=traceparent)
        self._product.engine.settle(seconds=_PATIENCE_SECONDS)

    def unlock(self, return_id: str, *, reason: str, traceparent: str | None = None) -> None:
        unlock(self._product.desk, return_id, reason, traceparent=traceparent)
        self._product.engine.settle(seconds=_PATIENCE_SECONDS)


class _Files:
    """Checks a file in a form; nothing of it is stored."""

    def __init__(self, product: Product) -> None:
        self._desk = product.desk

    def examine(self, body: bytes, *, content_type: str) -> Mapping[str, Any]:
        return examine(self._desk, body, content_type=content_type).model_dump(mode="json")

    def annotate(self, body: bytes, *, content_type: str) -> bytes:
        return annotated(self._desk, body, content_type=content_type)


class _Receipts:
    """Receipts for their pages, out of the desk."""

    def __init__(self, product: Product) -> None:
        self._product = product

    def receipt(self, return_id: str) -> Mapping[str, Any]:
        found = find_receipt(self._product.desk, self._product.keyring, return_id)
        return found.model_dump(mode="json")

    def verification(self, return_id: str, *, sha256: str, signature: str) -> Mapping[str, Any]:
        found = find_verification(
            self._product.desk,
            self._product.keyring,
            return_id,
            sha256=sha256 or None,
            signature=signature or None,
        )
        return found.model_dump(mode="json")


def _checks(product: Product) -> dict[str, Check]:
    workers = {name: _health(product, name) for name in ("benchmark", "alerts", "gateway")}
    return {
        "log": lambda: _log_health(product),
        **workers,
        "sender": product.sender.health,
        "parked": lambda: _parked_health(product),
    }


def _health(product: Product, name: str) -> Callable[[], Health]:
    workers = {worker.name: worker for worker in product.workers}
    return with_progress(lambda: product.engine.health(name), lambda: workers[name].rebuild)


def _log_health(product: Product) -> Health:
    try:
        product.log.read(Topic.RETURNS, limit=1)
    except LogError as error:
        return Health(ok=False, detail=str(error))
    return Health(ok=True)


def _parked_health(product: Product) -> Health:
    try:
        waiting = _waiting(product)
    except LogError as error:
        return Health(ok=False, detail=str(error))
    if not waiting:
        return Health(ok=True)
    return Health(ok=True, detail=f"{waiting} parked, the rest goes on: tartan parked list")


def _waiting(product: Product) -> int:
    listed = parking.listed(product.log, now=product.now)
    return sum(record.replaced is None for record in listed)


def _waiting_at_scrape(product: Product) -> float:
    try:
        return _waiting(product)
    except LogError:
        return nan
