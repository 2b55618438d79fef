"""What a fault of Redis's means to whoever asked for a view, in words for an operator."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    NoPermissionError,
    RedisError,
    TimeoutError,
)

from services.runtime.certificate import fault_of_certificate
from services.runtime.redis.setting import RedisSettings
from services.runtime.store import StoreUnavailable

_RIGHTS = frozenset({"NOAUTH", "WRONGPASS", "NOPERM"})
_ADVICE = {
    "LOADING": "It has just been started and reads its own file first: wait",
    "OOM": "It is full: raise its maxmemory",
    "READONLY": "It is a replica: name the primary",
    "MISCONF": "It cannot save to its disk: see its own log",
}


def reason_of(error: RedisError, settings: RedisSettings) -> str:
    """Return what happened and what to do; it names no key and no value."""
    code = str(error).split(" ", 1)[0]
    where = f"Redis at {settings.address}"
    if isinstance(error, AuthenticationError | NoPermissionError) or code in _RIGHTS:
        return (
            f"{where} does not let this process do so. Set another user or password "
            "(TARTAN_REDIS_USER, TARTAN_REDIS_PASSWORD), or give the user all rights to the keys "
            f"beginning with “{{{settings.prefix}:”."
        )
    if code in _ADVICE:
        return f"{where} refused ({code}). {_ADVICE[code]}."
    unproved = _cause_in_tls(error)
    if isinstance(unproved, ssl.SSLCertVerificationError):
        fault = fault_of_certificate(unproved, authority="TARTAN_REDIS_CA")
        return f"{where} shows a certificate that {fault}."
    if unproved is not None:
        return f"{where} does not speak TLS: write redis:// or another port in TARTAN_REDIS_URL."
    if isinstance(error, ConnectionError | TimeoutError):
        return (
            f"{where} did not answer in time. See that it runs, and that its address is as it is "
            "set here (rediss:// where it wants TLS, redis:// where not). The views are safe: they "
            "are built from the log."
        )
    return f"{where} refused ({type(error).__name__})."


def _cause_in_tls(error: BaseException) -> ssl.SSLError | None:
    """Return what went wrong in TLS, which the client has wrapped."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause


@contextmanager
def asking(settings: RedisSettings) -> Iterator[None]:
    """Turn the client's errors into StoreUnavailable."""
    try:
        yield
    except RedisError as error:
        raise StoreUnavailable(reason_of(error, settings)) from error
