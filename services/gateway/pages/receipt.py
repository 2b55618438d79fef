"""Receipts as pages: one to keep or print, and one that says plainly whether a receipt verifies."""

from collections.abc import Mapping
from typing import Any, Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from schemas.receipt import receipt_lines, received, write_receipt
from services.gateway.api.parameter import missing
from services.gateway.core import wording
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import became

_LONGEST = 200
_CODES = frozenset({"Receipt number", "SHA-256 of the bytes", "Signature"})


class Receipts(Protocol):
    """Gives receipts and verifies them, as ``GET /v1/returns/{id}/receipt`` and its kin do.

    Both raise a Problem for a receipt that was never given, or where nobody can say.
    """

    def receipt(self, return_id: str) -> Mapping[str, Any]:
        """Return a receipt as the API says it."""

    def verification(self, return_id: str, *, sha256: str, signature: str) -> Mapping[str, Any]:
        """Return whether a receipt verifies, and a copy that says so; empty says nothing."""


def router(furniture: Furniture, *, receipts: Receipts | None = None) -> APIRouter:
    """Serve receipts; without ``receipts`` the pages say where else they are."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/returns/{return_id}/receipt")
    def read_receipt(request: Request, return_id: str) -> Response:
        receipt = _asked(receipts, return_id).receipt(return_id)
        return furniture.page(
            request,
            "receipt.html",
            title=f"Receipt for the return of {receipt['authority_name']}",
            section="/authorities",
            crumbs=(
                (f"/authorities/{receipt['authority']}", receipt["authority_name"]),
                (f"/returns/{return_id}", "Return"),
            ),
            live=False,
            headline=_headline(receipt),
            receipt=receipt,
            lines=[(label, said, label in _CODES) for label, said in receipt_lines(receipt)],
        )

    @routes.get("/returns/{return_id}/receipt.txt")
    def read_text(return_id: str) -> Response:
        receipt = _asked(receipts, return_id).receipt(return_id)
        return PlainTextResponse(
            write_receipt(receipt),
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="receipt-{receipt["return_id"]}.txt"',
            },
        )

    @routes.get("/receipts/{return_id}")
    def verify_receipt(
        request: Request, return_id: str, sha256: str = "", signature: str = ""
    ) -> Response:
        claimed = {"sha256": sha256.strip()[:_LONGEST], "signature": signature.strip()[:_LONGEST]}
        found = _asked(receipts, return_id).verification(return_id, **claimed)
        views = furniture.views
        submission = views.store.get(views.keys.submission(return_id))
        return furniture.page(
            request,
            "verification.html",
            title=found["title"],
            live=False,
            headline=_headline(found),
            found=found,
            received=received(found),
            stands=became(views.returned(submission)["state"], submission["period"])
            if submission
            else "",
            claimed=claimed,
            wrong={"sha256": found["same_sha256"] is False,
                   "signature": found["same_signature"] is False},
        )  # fmt: skip

    return routes


def _asked(receipts: Receipts | None, return_id: str) -> Receipts:
    if receipts is None:
        raise missing("page", return_id, where="The receipt is at GET /v1/returns/{id}/receipt.")
    return receipts


def _headline(said: Mapping[str, Any]) -> str:
    """Return in one line which return it is of."""
    when = wording.period(said["period"])
    return f"{wording.collection(said['collection'])} for {when}, version {said['version']}"
