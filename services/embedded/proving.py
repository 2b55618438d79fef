"""The command that proves a receipt by a public key alone, without a network or a log."""

import argparse
from pathlib import Path

from schemas.errors import TartanError
from schemas.receipt import write_receipt
from services.ingest.core.proof import Unproven, prove
from services.ingest.core.signature import KeyUnfit, read_keyring
from services.runtime.settings import Settings


class NotVerified(TartanError):
    """The receipt does not verify, or cannot be looked at; the message says why."""


def verify(arguments: argparse.Namespace, _settings: Settings) -> int:
    """Print the receipt if it verifies; raises NotVerified."""
    sent = arguments.sent
    try:
        keyring = read_keyring(_read(arguments.key))
        file = _read(sent) if sent is not None else None
        receipt = prove(_read(arguments.file), keyring, file=file)
    except KeyUnfit as error:
        raise NotVerified(f"{arguments.key}: {error}") from error
    except Unproven as error:
        raise NotVerified(f"{arguments.file} does not verify. {error}") from error
    also = f", and {sent} is the file that it is of" if sent is not None else ""
    print(f"{arguments.file} verifies{also}.")
    print(write_receipt(receipt), end="")
    return 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotVerified(f"{file} cannot be read: {error.strerror}. Check its name.") from error
