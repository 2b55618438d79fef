"""What a fault of Redis's means to whoever asked for a view, in words for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import AuthenticationError, ConnectionError, RedisError, TimeoutError

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
    if isinstance(error, AuthenticationError) or code in _RIGHTS:
        return f"{where} does not let this process do so. Set another user or password."
    if code in _ADVICE:
        return f"{where} refused ({code}). {_ADVICE[code]}."
    if isinstance(error, ConnectionError | TimeoutError):
        return (
            f"{where} did not answer in time. See that it runs, and that its address is as it is "
            "set here. The views are safe: they are built from the log."
        )
    return f"{where} refused ({type(error).__name__})."


@contextmanager
def asking(settings: RedisSettings) -> Iterator[None]:
    """Turn the client's errors into StoreUnavailable."""
    try:
        yield
    except RedisError as error:
        raise StoreUnavailable(reason_of(error, settings)) from error
