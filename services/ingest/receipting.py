"""The door for receipts: read one, verify one, fetch the public keys."""

from typing import Annotated, Self

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from schemas.receipt import UNSIGNED, write_receipt
from services.ingest.answer import refusals
from services.ingest.core.signature import Keyring, write_public
from services.ingest.core.version import Version
from services.ingest.desk import Desk
from services.ingest.receipt import Receipt
from services.ingest.representation import Answer
from services.runtime.problem import Problem, problems

_NO_STORE = {"Cache-Control": "no-store"}
_PEM = "application/x-pem-file"
_TEXT = "text/plain"
_KEYS: dict[str, object] = {
    "description": "Every public key in PEM, the one that signs now first",
    "content": {_PEM: {"schema": {"type": "string"}}},
}
_RECEIPT: dict[str, object] = {
    "description": "The receipt; with Accept: text/plain a line for each fact",
    "content": {_TEXT: {"schema": {"type": "string"}}},
}

Digits = Annotated[
    str | None, Query(max_length=200, description="As the copy of the receipt that you hold has it")
]


class VerificationItem(Answer):
    """Whether a receipt verifies, with no figure of its return.

    ``same_sha256`` and ``same_signature`` say whether what was given is the receipt's own; null
    where it was not given. ``key`` is the id of the key whose signature was verified.
    """

    verifies: bool
    title: str
    detail: str
    return_id: str
    authority: str
    authority_name: str
    collection: str
    period: str
    version: int
    received_at: str
    received_at_local: str
    signed: bool
    key: str | None
    same_sha256: bool | None
    same_signature: bool | None

    @classmethod
    def of(
        cls, receipt: Receipt, keyring: Keyring, *, sha256: str | None, signature: str | None
    ) -> Self:
        """Return what verifying a receipt finds; a signature may be that of a former key."""
        own = receipt.signature
        claimed = _digits(signature) or (own.value if own else "")
        key = keyring.signer_of(receipt.content(), claimed)
        same_sha256 = None if sha256 is None else _digits(sha256) == receipt.sha256
        same_signature = None if signature is None else key is not None
        verifies = key is not None and same_sha256 is not False
        which = "receipt" if sha256 is None and signature is None else "copy"
        return cls(
            verifies=verifies,
            title=f"This {which} {'verifies' if verifies else 'does not verify'}",
            detail=" ".join(_sentences(own is not None, key, same_sha256, same_signature)),
            signed=own is not None,
            key=key,
            same_sha256=same_sha256,
            same_signature=same_signature,
            **receipt.model_dump(include=_FACTS),
        )


_FACTS = {
    "return_id", "authority", "authority_name", "collection", "period", "version", "received_at",
    "received_at_local",
}  # fmt: skip


def router(desk: Desk, keyring: Keyring) -> APIRouter:
    """Return the routes of receipts over a desk and the keys that sign them."""
    routes = APIRouter()

    @routes.get(
        "/v1/returns/{return_id}/receipt",
        tags=["Returns"],
        summary="Read the receipt of an accepted return",
        response_model=Receipt,
        responses={200: _RECEIPT, **problems(404, 422, 503)},
    )
    def read_receipt(request: Request, return_id: str) -> Response:
        """Give the receipt as it was given first; with ``Accept: text/plain`` for a log file."""
        receipt = find_receipt(desk, keyring, return_id).model_dump(mode="json")
        if _TEXT in request.headers.get("accept", ""):
            return PlainTextResponse(write_receipt(receipt), headers=_NO_STORE)
        return JSONResponse(receipt, headers=_NO_STORE)

    @routes.get(
        "/v1/receipts/key",
        tags=["Receipts"],
        summary="Fetch the public keys that verify receipts",
        response_class=Response,
        responses={200: _KEYS, **problems(404)},
    )
    def read_keys() -> Response:
        """Give them in PEM, under their ids: what verifies a receipt without asking anybody."""
        if not keyring.public:
            raise Problem(404, "not-found", "There is no key for receipts", f"{UNSIGNED}.")
        return Response(write_public(keyring), media_type=_PEM, headers=_NO_STORE)

    @routes.get(
        "/v1/receipts/{return_id}/verify",
        tags=["Receipts"],
        summary="Verify a receipt",
        response_model=VerificationItem,
        responses=problems(404, 422, 503),
    )
    def verify_receipt(return_id: str, sha256: Digits = None, signature: Digits = None) -> Response:
        """Say whether a receipt was given here, and whether a copy of it is true.

        The receipt is made again from the log. Not verifying is an answer, not a failure.
        """
        found = find_verification(desk, keyring, return_id, sha256=sha256, signature=signature)
        return JSONResponse(found.model_dump(mode="json"), headers=_NO_STORE)

    return routes


def give_receipt(desk: Desk, keyring: Keyring, version: Version) -> Receipt:
    """Return the signed receipt of an accepted return: the same one for ever."""
    name = desk.authority_name(version.authority)
    return Receipt.of(version, authority_name=name).signed(keyring)


def find_receipt(desk: Desk, keyring: Keyring, return_id: str) -> Receipt:
    """Return the receipt of an id; raises the Problem of one that was never given."""
    with refusals():
        return give_receipt(desk, keyring, desk.version(return_id))


def find_verification(
    desk: Desk, keyring: Keyring, return_id: str, *, sha256: str | None, signature: str | None
) -> VerificationItem:
    """Verify the receipt of an id against what a copy of it says; raises as ``find_receipt``."""
    receipt = find_receipt(desk, keyring, return_id)
    return VerificationItem.of(receipt, keyring, sha256=sha256, signature=signature)


def _digits(given: str | None) -> str:
    """Return hexadecimal digits as they were meant: copied ones may bring blanks and capitals."""
    return "".join((given or "").split()).lower()


def _sentences(
    signed: bool, key: str | None, same_sha256: bool | None, same_signature: bool | None
) -> list[str]:
    said = []
    if key is None and same_signature is None:
        said.append("A return was accepted under this number, but its receipt is not signed.")
    if same_signature is False:
        said.append("The signature that you gave is not one of this receipt.")
    elif key is not None:
        said.append(f"It was given here, and its signature holds under the key {key}.")
    if same_sha256 is False:
        said.append("The SHA-256 that you gave is not that of the bytes that were received.")
    elif same_sha256:
        said.append("The SHA-256 that you gave is that of the bytes that were received.")
    if same_sha256 is False or same_signature is False:
        said.append("The copy was changed, or it is of another return.")
    elif signed and None in (same_sha256, same_signature):
        said.append("To compare a copy, give its SHA-256 and its signature.")
    return said
