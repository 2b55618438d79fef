"""Membership: how a worker takes part in its group, and the Faust app that does so."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import faust
from faust.types.auth import CredentialsT

from services.runtime.kafka.bookmark import group_of
from services.runtime.kafka.setting import KafkaSettings


@dataclass(frozen=True, slots=True)
class Membership:
    """How a worker takes part in its group; times in seconds.

    ``instance`` is unique per replica and lets a restart take over at once. Without it another
    member takes over when the session ends.
    """

    session: float = 10.0
    commit_interval: float = 0.5
    instance: str | None = None


def create_app(name: str, kafka: KafkaSettings, membership: Membership) -> faust.App:
    """Return an app of the group that keeps a consumer's places; nothing is connected yet.

    No tables, no topics of its own, no web server. ``stream_wait_empty`` lets a stop finish the
    event in hand: without it Faust commits what it cancels.
    """
    return faust.App(
        group_of(name, kafka),
        broker=[f"kafka://{address}" for address in kafka.addresses],
        broker_credentials=_credentials(kafka),
        store="memory://",
        datadir=Path(gettempdir()) / "tartan-faust",
        autodiscover=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        processing_guarantee="at_least_once",
        broker_commit_interval=membership.commit_interval,
        broker_session_timeout=membership.session,
        broker_heartbeat_interval=min(3.0, membership.session / 6),
        broker_request_timeout=max(30.0, membership.session),
        broker_max_poll_interval=300.0,
        consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=membership.instance,
        producer_acks=-1,
        producer_linger=0,
        producer_request_timeout=30.0,
        stream_wait_empty=True,
        stream_buffer_maxsize=256,
    )


def _credentials(kafka: KafkaSettings) -> CredentialsT | None:
    context = kafka.trust()
    if kafka.protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=kafka.user,
            password=kafka.password.get_secret_value() if kafka.password else None,
            mechanism=kafka.mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None
