"""Which channel carries what to whom: the one place where addresses meet the channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from schemas.reference import Library
from services.alerts.audience import (
    EMAIL,
    OUTBOX,
    WEBHOOK,
    Audience,
    default_audiences,
    read_audiences,
)
from services.alerts.channel.notifier import Notifier
from services.alerts.channel.outbox import OutboxNotifier
from services.alerts.channel.smtp import SmtpNotifier, SmtpServer, read_smtp_url
from services.alerts.channel.webhook import Hook, WebhookNotifier
from services.runtime.clock import Clock
from services.runtime.settings import Settings

Connections = Mapping[tuple[str, str], Notifier]
"""A notifier for each audience and channel."""


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Who is told, by which mail server (None: there is none) and under whose name."""

    audiences: tuple[Audience, ...]
    server: SmtpServer | None
    sender: str


def read_correspondence(settings: Settings, *, library: Library, nation: str) -> Correspondence:
    """Read what the settings say of audiences and mail; AudienceFault or SmtpAddressFault if wrong.

    Without a file of audiences, every director has an outbox.
    """
    server = None
    if settings.smtp_url is not None:
        server = read_smtp_url(settings.smtp_url.get_secret_value(), sender=settings.mail_from)
    if settings.audiences is None:
        audiences = default_audiences(library, nation)
    else:
        text = settings.audiences.read_text(encoding="utf-8")
        mail = server is not None
        audiences = read_audiences(text, library=library, nation=nation, mail=mail)
    return Correspondence(audiences, server, settings.mail_from)


def connect(correspondence: Correspondence, *, outbox: Path, now: Clock) -> Connections:
    """Return the notifiers of all audiences; nothing is called and no folder is made yet."""
    made: dict[tuple[str, str], Notifier] = {}
    server, sender = correspondence.server, correspondence.sender
    for audience in correspondence.audiences:
        name = audience.told.audience
        for channel in audience.told.channels:
            if channel == EMAIL and server is not None:
                made[name, channel] = SmtpNotifier(server, audience.email)
            elif channel == WEBHOOK:
                made[name, channel] = WebhookNotifier(Hook(audience.url, audience.secrets), now=now)
            elif channel == OUTBOX:
                made[name, channel] = OutboxNotifier(outbox, sender=sender)
    return made
