"""What vouches for whom in TLS: one context for every client, made of the settings."""

import ssl
from pathlib import Path


class TrustFault(Exception):
    """Certificates or a key that cannot be used; the message says which file and why."""


def make_context(
    *, ca: Path | None, certificate: Path | None, key: Path | None, password: str | None
) -> ssl.SSLContext:
    """Return a context that checks the far side's certificate and name, and shows our own.

    Raises TrustFault. Whoever vouches for the far side is read from the machine where ``ca`` is
    None.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except (ssl.SSLError, OSError) as error:
        raise TrustFault(f"{ca} holds no certificates in PEM, or may not be read") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        try:
            # Without a password OpenSSL would ask for one at the terminal, and wait.
            context.load_cert_chain(certificate, key, password or "")
        except (ssl.SSLError, OSError, ValueError) as error:
            raise TrustFault(
                f"{certificate} and {key} are not a certificate in PEM and its key, or may not be "
                "read, or the key's password is another"
            ) from error
    return context
