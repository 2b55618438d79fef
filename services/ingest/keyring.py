"""The file of the keys: read where a setting names one, made where the product is on its own."""

import logging
import os
import secrets
from pathlib import Path

from services.ingest.core.signature import Keyring, KeyUnfit, read_keyring, write_private
from services.runtime.settings import SettingsError

KEY_FILE = "receipt-key.pem"
_KEY_BYTES = 32
_SETTING = "TARTAN_RECEIPT_KEY"
_log = logging.getLogger(__name__)


def mounted_keyring(file: Path | None) -> Keyring:
    """Return the keys of a file; no keys where none is named, or it is not there, or is empty.

    Without keys receipts are given unsigned, which the log says. Raises SettingsError for a file
    that cannot be used.
    """
    keyring = Keyring() if file is None else _read(file)
    if keyring.private is None:
        _log.warning("receipts are not signed", extra={"setting": _SETTING})
    return keyring


def own_keyring(file: Path | None, *, directory: Path) -> Keyring:
    """Return the keys of the file that is named, else of the data directory's own.

    That one is made where it is missing, for its owner's eyes alone. Raises SettingsError.
    """
    if file is not None:
        return mounted_keyring(file)
    own = directory / KEY_FILE
    if not own.exists():
        _make(own)
    return _read(own)


def _make(file: Path) -> None:
    """Write a new key; the file is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(write_private(secrets.token_bytes(_KEY_BYTES)))
        handle.flush()
        os.fsync(handle.fileno())
    new.replace(file)


def _read(file: Path) -> Keyring:
    try:
        return read_keyring(file.read_bytes())
    except FileNotFoundError:
        return Keyring()
    except OSError as error:
        raise SettingsError(
            f"{_SETTING}: {file} cannot be read: {error.strerror}. Let the user that runs Tartan "
            "read it, and nobody else."
        ) from error
    except KeyUnfit as error:
        raise SettingsError(f"{_SETTING}: {file}: {error}") from error
