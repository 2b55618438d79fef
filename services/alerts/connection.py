"""Which channel carries what to whom: the one place where addresses meet the channels."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from services.alerts.audience import EMAIL, OUTBOX, WEBHOOK, Audience
from services.alerts.channel.notifier import Notifier
from services.alerts.channel.outbox import OutboxNotifier
from services.alerts.channel.smtp import SmtpNotifier, SmtpServer
from services.alerts.channel.webhook import Hook, WebhookNotifier
from services.runtime.clock import Clock

Connections = Mapping[tuple[str, str], Notifier]
"""A notifier for each audience and channel."""


def connect(
    audiences: Iterable[Audience],
    *,
    server: SmtpServer | None,
    outbox: Path,
    sender: str,
    now: Clock,
) -> Connections:
    """Return the notifiers of all audiences; nothing is called and no folder is made yet."""
    made: dict[tuple[str, str], Notifier] = {}
    for audience in audiences:
        name = audience.told.audience
        for channel in audience.told.channels:
            if channel == EMAIL and server is not None:
                made[name, channel] = SmtpNotifier(server, audience.email)
            elif channel == WEBHOOK:
                made[name, channel] = WebhookNotifier(Hook(audience.url, audience.secrets), now=now)
            elif channel == OUTBOX:
                made[name, channel] = OutboxNotifier(outbox, sender=sender)
    return made
