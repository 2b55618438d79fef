"""E-mail by SMTP (RFC 5321): one message to all recipients of an audience.

SMTP cannot say whether a message that was handed over and never acknowledged was taken. Everything
before the end of the data is certain: nothing went out. After that a silence is ``unknown``.
"""

import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from services.alerts.channel.mail import write_mail
from services.alerts.channel.notifier import Message, Outcome, Result, doubt, refuse

_READY_FOR_DATA = 354
_TAKEN = 250
_PERMANENT = 500
_TIMEOUT_SECONDS = 20.0
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_PORTS = {"smtp": 587, "smtps": 465}


class SmtpAddressFault(ValueError):
    """The address of the mail server cannot be used; the message says what to write."""

    def __init__(self) -> None:
        super().__init__(
            "Write the mail server as smtp://user:password@host:587?starttls=1, or as "
            "smtps://user:password@host:465 where the connection is encrypted from the start."
        )


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and the sender's address. The password is never shown."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    encrypted: bool = False
    timeout: float = _TIMEOUT_SECONDS
    context: ssl.SSLContext | None = field(default=None, repr=False)


def read_smtp_url(url: str, *, sender: str) -> SmtpServer:
    """Read ``smtp://user:password@host:587?starttls=1``; SmtpAddressFault for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SmtpAddressFault from None
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in _PORTS or not parts.hostname or options.keys() - {"starttls"}:
        raise SmtpAddressFault
    return SmtpServer(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        starttls=options.get("starttls") == "1",
        encrypted=parts.scheme == "smtps",
    )


class SmtpNotifier:
    """E-mail to the addresses of one audience."""

    def __init__(self, server: SmtpServer, recipients: Sequence[str]) -> None:
        self._server = server
        self._recipients = {str(place): each for place, each in enumerate(recipients, start=1)}

    @property
    def recognises_repeats(self) -> bool:
        """Mail programs may show a repeat as a second message."""
        return False

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        """Hand the message over once, for all recipients that were not reached before."""
        wanted = {place: to for place, to in self._recipients.items() if place not in reached}
        try:
            connection = self._open()
            try:
                return self._deliver(connection, message, wanted, reached)
            finally:
                _leave(connection)
        except smtplib.SMTPResponseException as error:
            return refuse(f"smtp_{error.smtp_code}")
        except OSError as error:  # smtplib's own errors are of this kind
            return refuse("timed_out" if _timed_out(error) else f"no_connection_{_kind(error)}")

    def _open(self) -> smtplib.SMTP:
        server = self._server
        context = server.context or ssl.create_default_context()
        connection: smtplib.SMTP
        if server.encrypted:
            connection = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.starttls:
                connection.starttls(context=context)
            if server.user is not None:
                connection.login(server.user, server.password or "")
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _deliver(
        self,
        connection: smtplib.SMTP,
        message: Message,
        wanted: Mapping[str, str],
        reached: frozenset[str],
    ) -> Outcome:
        code, _ = connection.mail(self._server.sender)
        if code != _TAKEN:
            return _refuse(code)
        replies = {place: connection.rcpt(to)[0] for place, to in wanted.items()}
        taken = frozenset(place for place, code in replies.items() if code // 10 == _TAKEN // 10)
        refused = {place: code for place, code in replies.items() if place not in taken}
        if not taken:
            return _nobody(refused, reached)
        code, _ = connection.docmd("DATA")
        if code != _READY_FOR_DATA:
            return _refuse(code)
        recipients = list(self._recipients.values())
        mail = write_mail(message, sender=self._server.sender, recipients=recipients)
        outcome = _transmit(connection, mail.as_bytes())
        return _some(taken, refused) if outcome is None else outcome


def _leave(connection: smtplib.SMTP) -> None:
    """Take leave without waiting: what the server says now changes no outcome."""
    with suppress(OSError):
        connection.putcmd("QUIT")
    connection.close()


def _transmit(connection: smtplib.SMTP, content: bytes) -> Outcome | None:
    """Hand over the content; None if the server took it."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    try:
        connection.send(_LEADING_DOT.sub(b"..", ended) + b".\r\n")
        code, _ = connection.getreply()
    except OSError as error:
        return doubt("no_reply" if _timed_out(error) else f"cut_off_{_kind(error)}")
    return None if code == _TAKEN else _refuse(code)


def _timed_out(error: OSError) -> bool:
    """Whether time ran out; smtplib hides that behind an error of its own."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _kind(error: OSError) -> str:
    return type(error).__name__.lower()


def _refuse(code: int) -> Outcome:
    return refuse(f"smtp_{code}", recoverable=code < _PERMANENT)


def _nobody(refused: Mapping[str, int], reached: frozenset[str]) -> Outcome:
    """Return the outcome where the server took none of those who were still to be reached."""
    if not refused:
        return Outcome(Result.SENT)
    passing = [code for code in refused.values() if code < _PERMANENT]
    if not passing and reached:
        return Outcome(Result.SENT, refused=len(refused))
    return _refuse(passing[0] if passing else next(iter(refused.values())))


def _some(taken: frozenset[str], refused: Mapping[str, int]) -> Outcome:
    """Return the outcome where the server took the message for some, or for all."""
    passing = [code for code in refused.values() if code < _PERMANENT]
    if passing:
        return Outcome(Result.REFUSED, f"smtp_{passing[0]}", reached=taken)
    return Outcome(Result.SENT, refused=len(refused))
