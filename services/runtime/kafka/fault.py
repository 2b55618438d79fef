"""What a fault of Kafka's means to whoever asked the log, in words for an operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import (
    AuthorizationError,
    CorruptRecordError,
    KafkaError,
    KafkaTimeoutError,
    LogTruncationError,
    OffsetOutOfRangeError,
    SaslAuthenticationFailedError,
)

from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import LogDamaged, LogUnavailable

_RIGHTS = (AuthorizationError, SaslAuthenticationFailedError)
_DAMAGE = (CorruptRecordError, LogTruncationError, OffsetOutOfRangeError)


def is_denial(error: KafkaError) -> bool:
    """Whether Kafka answered, and does not let us do what we asked."""
    return isinstance(error, _RIGHTS)


def is_final(error: Exception) -> bool:
    """Whether asking again would not help: it is a denial, or records are gone."""
    return isinstance(error, (*_RIGHTS, *_DAMAGE))


def reason_of(error: KafkaError, settings: KafkaSettings) -> str:
    """Return what happened and what to do; it names no key and no value."""
    if isinstance(error, SaslAuthenticationFailedError):
        return (
            f"Kafka at {settings.servers} does not know the user or the password that it was told "
            f"by {settings.mechanism}. Set TARTAN_KAFKA_USER, TARTAN_KAFKA_PASSWORD and "
            "TARTAN_KAFKA_MECHANISM to what was set up there."
        )
    if isinstance(error, AuthorizationError):
        return (
            f"Kafka at {settings.servers} does not let this process do so "
            f"({type(error).__name__}). Give its user the right, or set another user."
        )
    if isinstance(error, KafkaTimeoutError):
        return (
            f"Kafka at {settings.servers} did not answer in time. See that it runs, that its "
            "address, protocol and user are set as it expects, and that the topics are there."
        )
    return f"Kafka at {settings.servers} refused ({error})."


@contextmanager
def reading(what: str, settings: KafkaSettings) -> Iterator[None]:
    """Turn the client's errors into LogUnavailable, or LogDamaged where records are gone."""
    try:
        yield
    except _DAMAGE as error:
        raise LogDamaged(
            f"{what} is not as it was ({type(error).__name__}): records were deleted, or bytes "
            "changed. Nothing was changed by us. Restore the topic from its replicas or a backup."
        ) from error
    except KafkaError as error:
        raise LogUnavailable(f"{what} could not be read. {reason_of(error, settings)}") from error
