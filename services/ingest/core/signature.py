"""Signatures: Ed25519 (RFC 8032) over bytes, and the keys in PEM. Keys come and go as arguments."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.errors import TartanError

ALGORITHM = "Ed25519"
SIGNATURE_BYTES = 64
_ID_DIGITS = 16
_BLOCK = re.compile(rb"-----BEGIN (?P<kind>[A-Z ]+)-----[^-]+-----END (?P=kind)-----", re.MULTILINE)


class KeyUnfit(TartanError):
    """The text holds no key that can be used; the message says what it should hold."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of receipts, each of 32 bytes: ``private`` signs, every one of ``public`` verifies.

    Without a private key nothing is signed. The public key of the one that signs stands first.
    """

    private: bytes | None = field(default=None, repr=False)
    public: tuple[bytes, ...] = ()

    def sign(self, content: bytes) -> tuple[str, str] | None:
        """Return the signature in hexadecimal and its key's id, None without a private key.

        The same bytes always have the same signature under one key.
        """
        if self.private is None:
            return None
        signed = Ed25519PrivateKey.from_private_bytes(self.private).sign(content)
        return signed.hex(), key_id(self.public[0])

    def signer_of(self, content: bytes, signature: str) -> str | None:
        """Return the id of the key whose signature over the bytes it is, None if it is none's."""
        return next((key_id(key) for key in self.public if _holds(content, signature, key)), None)


def key_id(public: bytes) -> str:
    """Return what a public key is called: the first 16 digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:_ID_DIGITS]


def read_keyring(pem: bytes) -> Keyring:
    """Read keys in PEM: the first private key signs, all verify, and so do bare public keys.

    Nothing but blanks is an empty keyring. Raises KeyUnfit.
    """
    if not pem.strip():
        return Keyring()
    private: bytes | None = None
    public: dict[bytes, None] = {}
    for own, key in _keys(pem):
        private = private or own
        public[key] = None
    if not public:
        raise KeyUnfit("It holds no key in PEM. Write one: openssl genpkey -algorithm ed25519")
    if private is not None:
        first = _public_of(private)
        return Keyring(private, (first, *(key for key in public if key != first)))
    return Keyring(public=tuple(public))


def write_private(private: bytes) -> bytes:
    """Return a private key in PEM (PKCS 8), without a password."""
    return Ed25519PrivateKey.from_private_bytes(private).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def write_public(keyring: Keyring) -> str:
    """Return every public key in PEM, the one that signs first, each under its id."""
    return "".join(
        f"Key {key_id(key)}\n"
        + Ed25519PublicKey.from_public_bytes(key)
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
        for key in keyring.public
    )


def _keys(pem: bytes) -> Iterator[tuple[bytes | None, bytes]]:
    """Yield each key of the text: the private one if it is private, and its public one."""
    for block in _BLOCK.finditer(pem):
        key = _load(block[0], is_private=b"PRIVATE" in block["kind"])
        if isinstance(key, Ed25519PrivateKey):
            own = key.private_bytes_raw()
            yield own, _public_of(own)
        elif isinstance(key, Ed25519PublicKey):
            yield None, key.public_bytes_raw()
        else:
            raise KeyUnfit("It holds a key of another kind than Ed25519. Make one of that kind.")


def _load(block: bytes, *, is_private: bool) -> object:
    try:
        if is_private:
            return serialization.load_pem_private_key(block, password=None)
        return serialization.load_pem_public_key(block)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnfit(
            "It holds a key that cannot be read. Keys are Ed25519, in PEM, without a password."
        ) from error


def _public_of(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def _holds(content: bytes, signature: str, public: bytes) -> bool:
    try:
        signed = bytes.fromhex(signature)
        Ed25519PublicKey.from_public_bytes(public).verify(signed, content)
    except (ValueError, InvalidSignature):
        return False
    return signed.hex() == signature
