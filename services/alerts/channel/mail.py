"""A message as e-mail: text and HTML, the same bytes for the same message."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.alerts.channel.notifier import Message

_POLICY = SMTP.clone(cte_type="7bit")


def write_mail(message: Message, *, sender: str, recipients: Sequence[str] = ()) -> EmailMessage:
    """Return the e-mail of a message.

    Its Message-ID is the notice's, so that mail programs can see a repeat for what it is; it refers
    to its alert, so that all messages about one alert stand in one thread.
    """
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = f"Tartan <{sender}>"
    mail["To"] = ", ".join(recipients) or "undisclosed-recipients:;"
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.planned_at)
    mail["Message-ID"] = f"<{message.notice}@{domain}>"
    mail["References"] = f"<alert-{message.alert}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.traceparent is not None:
        mail["Traceparent"] = message.traceparent
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    mail.set_boundary(f"tartan-{message.notice}")
    return mail
