"""Proves a receipt by a public key alone: what its holder kept, byte for byte."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NoReturn

from schemas.codec import canonical
from schemas.errors import TartanError
from services.ingest.core.signature import ALGORITHM, SIGNATURE_BYTES, Keyring, key_id

FORM = "tartan-receipt.v1"
"""What a receipt says and in which words. Another form has another name; this one stays."""
LARGEST_BYTES = 64 * 1024
_SIGNATURE = "signature"
_HEXADECIMAL = re.compile(rf"[0-9a-f]{{{2 * SIGNATURE_BYTES}}}")
_AGAIN = "Ask for the receipt again where the return was sent, and keep it as it comes."


class Unproven(TartanError):
    """The receipt does not verify; the message says what does not match and what to do."""


def signed_content(receipt: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed: the receipt without its signature, as canonical JSON."""
    return canonical({name: said for name, said in receipt.items() if name != _SIGNATURE})


def prove(content: bytes, keyring: Keyring, *, file: bytes | None = None) -> Mapping[str, Any]:
    """Return the receipt that the bytes hold, once it is proven by a public key of the ring.

    With ``file``, that it is the receipt of these bytes, too. Raises Unproven.
    """
    receipt = _read(content)
    signature = _signature(receipt, keyring)
    if keyring.signer_of(signed_content(receipt), signature["value"]) != signature["key"]:
        raise Unproven(
            "The receipt and its signature do not match: one of them was changed since it was "
            f"signed. Nothing that it says can be relied on. {_AGAIN}"
        )
    if receipt.get("form") != FORM:
        raise Unproven(
            f"It is signed, but it is no receipt of the form {FORM}. Use a newer Tartan to verify."
        )
    if file is not None and (found := sha256(file).hexdigest()) != receipt.get("sha256"):
        raise Unproven(
            f"The receipt is true, but it is not of this file: the file has the SHA-256 {found}, "
            f"and the return that was received had {receipt.get('sha256')}. Name the file as it "
            "was sent."
        )
    return receipt


def _read(content: bytes) -> Mapping[str, Any]:
    if len(content) > LARGEST_BYTES:
        raise Unproven(f"This is no receipt: it is larger than {LARGEST_BYTES:,} bytes.")
    try:
        receipt = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
        canonical(receipt)
    except (ValueError, RecursionError) as error:
        raise Unproven(
            "It cannot be read as JSON, so it is no receipt or not the whole of it. The plain text "
            f"of a receipt has no signature that can be verified by itself. {_AGAIN}"
        ) from error
    if not isinstance(receipt, dict) or "return_id" not in receipt:
        raise Unproven(f"This is no receipt: it does not say which return it is of. {_AGAIN}")
    return receipt


def _signature(receipt: Mapping[str, Any], keyring: Keyring) -> Mapping[str, str]:
    """Return the signature if it is a whole one by a key that is at hand; raises Unproven."""
    found = receipt.get(_SIGNATURE)
    if found is None:
        raise Unproven(
            "The receipt is not signed. Where it was given no key was set up, or the signature was "
            f"taken away. {_AGAIN}"
        )
    if (
        not isinstance(found, dict)
        or set(found) != {"algorithm", "key", "value"}
        or found["algorithm"] != ALGORITHM
        or not isinstance(found["value"], str)
        or not _HEXADECIMAL.fullmatch(found["value"])
    ):
        raise Unproven(
            "The signature is not a whole one: it has an algorithm (Ed25519), a key and a value "
            f"of {2 * SIGNATURE_BYTES} hexadecimal digits. {_AGAIN}"
        )
    known = [key_id(key) for key in keyring.public]
    if found["key"] not in known:
        raise Unproven(
            f"The receipt names the key “{str(found['key'])[:40]}”, and the keys given are "
            f"{', '.join(known) or 'none'}. Fetch the keys from where the return was sent: "
            "GET /v1/receipts/key."
        )
    return found


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; ValueError for one that says the same thing twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_number(_text: str) -> NoReturn:
    raise ValueError("not a number of JSON")
