"""Makes the clients of kafka-python, each with the few options that matter here.

``api_version`` is fixed, so that making one never waits for a broker; every wait has an end; and a
connection that was lost is tried again within half a second. The client's log lines carry keys,
values and passwords below WARNING, so they are never let through.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError
from kafka.net.manager import KafkaConnectionManager
from pydantic import SecretStr

from services.runtime.journal import Seldom
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.trust import TrustFault

_API = (4, 0)
_RECONNECT_MS = 300
_SHORT_WAIT_MS = 10
_LONG_WAIT_MS = 500
_IDLE_MS = 540_000
_LEAST_ATTEMPT_MS, _MOST_ATTEMPT_MS = 1000, 2500
_CONNECT_MS, _MOST_CONNECT_MS = 500, 5000
_NEVER_MS = 3_600_000
_LOOK = 0.02
BATCH = 1024 * 1024
"""Bytes of a producer's batch, before compression."""
LARGEST = 8 * 1024 * 1024
"""Bytes of the largest record, before compression."""


def _hush() -> None:
    seldom = Seldom()
    logging.getLogger("kafka").setLevel(logging.ERROR)
    for name in [n for n in logging.root.manager.loggerDict if n.split(".")[0] == "kafka"]:
        logging.getLogger(name).addFilter(seldom)


_hush()
# No client passes these two on. A machine that died answers nothing, not even that it is gone, and
# by default a client waits ten seconds for its connection before it asks another broker.
KafkaConnectionManager.DEFAULT_CONFIG |= {
    "socket_connection_setup_timeout_ms": _CONNECT_MS,
    "socket_connection_setup_timeout_max_ms": _MOST_CONNECT_MS,
}


def milliseconds(seconds: float) -> int:
    """Return the seconds as the client takes them; at least 1."""
    return max(1, int(seconds * 1000))


def _attempt(patience: float) -> int:
    """Return milliseconds after which a broker that is silent is left for another one."""
    return min(max(_LEAST_ATTEMPT_MS, milliseconds(patience / 4)), _MOST_ATTEMPT_MS)


def options_of(settings: KafkaSettings) -> dict[str, object]:
    """Return what every client is told: where Kafka is and who we are; may raise KafkaError."""
    options: dict[str, object] = {
        "bootstrap_servers": settings.addresses,
        "client_id": "tartan",
        "security_protocol": settings.protocol,
        "reconnect_backoff_max_ms": _RECONNECT_MS,
    }
    try:
        context = settings.trust()
    except TrustFault as error:  # a file has changed since the settings were read
        raise KafkaConnectionError(str(error)) from error
    if context is not None:
        options |= {"ssl_context": context}
    if settings.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": settings.mechanism,
            "sasl_plain_username": settings.user,
            "sasl_plain_password": reveal(settings.password),
        }
    return options


def reveal(secret: SecretStr | None) -> str | None:
    """Return a secret for a client to use, None where there is none."""
    return None if secret is None else secret.get_secret_value()


def make_producer(settings: KafkaSettings, *, patience: float) -> KafkaProducer:
    """Return a producer that sends nothing until it is flushed, and gives nothing up by itself."""
    return KafkaProducer(
        **options_of(settings),
        api_version=_API,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        batch_size=BATCH,
        max_request_size=LARGEST,
        linger_ms=_NEVER_MS,
        request_timeout_ms=_attempt(patience),
        # The client refuses less than one attempt, however short the patience.
        delivery_timeout_ms=_NEVER_MS + max(milliseconds(patience), _attempt(patience)),
        max_block_ms=milliseconds(patience / 2),
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def make_reader(settings: KafkaSettings, *, patience: float) -> KafkaConsumer:
    """Return a consumer for partitions that are assigned, sought and known to hold more."""
    return _make_consumer(settings, patience=patience, fetch_max_wait_ms=_SHORT_WAIT_MS)


def make_listener(settings: KafkaSettings, *, patience: float) -> KafkaConsumer:
    """Return a consumer that waits at the broker until something is appended."""
    return _make_consumer(settings, patience=max(patience, 2.0), fetch_max_wait_ms=_LONG_WAIT_MS)


def make_member(settings: KafkaSettings, *, group: str, patience: float) -> KafkaConsumer:
    """Return a consumer that reads and commits a group's places without joining the group."""
    return _make_consumer(
        settings, patience=patience, fetch_max_wait_ms=_SHORT_WAIT_MS, group_id=group
    )


def leave(consumer: KafkaConsumer) -> None:
    """Let go of a consumer, whatever becomes of its brokers."""
    with suppress(KafkaError):
        consumer.close(timeout_ms=100)


def make_candidate(
    settings: KafkaSettings, *, group: str, session: float, instance: str | None
) -> KafkaConsumer:
    """Return a consumer that joins a group for the sake of membership; it commits nothing."""
    return KafkaConsumer(
        **options_of(settings),
        api_version=_API,
        group_id=group,
        group_instance_id=instance,
        session_timeout_ms=milliseconds(session),
        heartbeat_interval_ms=milliseconds(session / 6),
        request_timeout_ms=milliseconds(session * 2),
        enable_auto_commit=False,
        auto_offset_reset="latest",
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )


def _make_consumer(
    settings: KafkaSettings, *, patience: float, fetch_max_wait_ms: int, group_id: str | None = None
) -> KafkaConsumer:
    return KafkaConsumer(
        **options_of(settings),
        api_version=_API,
        group_id=group_id,
        enable_auto_commit=False,
        auto_offset_reset="none",
        allow_auto_create_topics=False,
        check_crcs=True,
        fetch_max_wait_ms=fetch_max_wait_ms,
        request_timeout_ms=max(_attempt(patience), 2 * fetch_max_wait_ms),
        connections_max_idle_ms=max(_IDLE_MS, 2 * milliseconds(patience)),
        metrics_enabled=False,
    )


def ends_of(
    consumer: KafkaConsumer, places: Sequence[TopicPartition], *, patience: float
) -> dict[TopicPartition, int]:
    """Return the offset behind which nothing stands in each place; KafkaTimeoutError if unknown.

    ``patience`` is in seconds.
    """
    until = time.monotonic() + patience
    while True:
        left = until - time.monotonic()
        try:
            found = consumer.end_offsets(list(places), timeout_ms=milliseconds(left))
        except KeyError as error:
            # The client leaves out the place of a topic that it has not heard of yet, asks the
            # brokers about it, and then looks for it among the answers.
            if left <= _LOOK:
                raise KafkaTimeoutError("a broker did not say where a partition ends") from error
            time.sleep(_LOOK)
        else:
            return {place: int(end) for place, end in found.items()}


def make_admin(settings: KafkaSettings, *, patience: float) -> KafkaAdminClient:
    """Return an administrator; kafka.errors.KafkaError if no broker answers in time."""
    return KafkaAdminClient(
        **options_of(settings),
        bootstrap_timeout_ms=milliseconds(patience),
        request_timeout_ms=milliseconds(patience),
    )
