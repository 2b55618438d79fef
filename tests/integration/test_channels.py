"""Channels against real servers on loopback: what they refuse, and when they fall silent."""

import asyncio
import json
import socket
import ssl
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from standardwebhooks import Webhook, WebhookVerificationError

from services.alerts.channel.notifier import Message, Outcome, Result
from services.alerts.channel.smtp import (
    SmtpAddressFault,
    SmtpNotifier,
    SmtpServer,
    read_smtp_url,
)
from services.alerts.channel.webhook import Hook, WebhookNotifier, write_body
from services.runtime.clock import now
from tests.machine import free_port

pytestmark = pytest.mark.integration

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SENDER = "tartan@example.org"
MESSAGE = Message(
    notice="notice-1",
    alert="alert-1",
    audience="group-1",
    planned_at=datetime(2026, 10, 5, 9, 30, tzinfo=UTC),
    subject="Question for Leeds: late – response",
    text="First line.\n.\n..a line that begins with two dots\nLast line.\n",
    html="<p>First line.</p>\n",
    facts={"reason": "first", "link": "https://tartan.example.org/alerts/alert-1"},
)


class Mailbox:
    """Takes mail as the test wishes: codes by recipient, at DATA, or no word at all."""

    def __init__(self, *, recipients=None, data="250 taken", silent=False):
        self.recipients, self.data = recipients or {}, data
        self.silent = silent
        self.envelopes = []
        self.logins = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        reply = self.recipients.get(address, "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        if self.silent:
            await asyncio.sleep(1.0)
        return self.data

    def authenticate(self, server, session, envelope, mechanism, login):
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"right", handled=False)


@pytest.fixture
def serve_mail():
    """Starts real mail servers; gives the settings to reach one."""
    running = []

    def serve(mailbox, **options):
        controller = Controller(mailbox, hostname="127.0.0.1", port=0, **options)
        controller.port = free_port()
        controller.start()
        running.append(controller)
        return SmtpServer("127.0.0.1", controller.port, sender=SENDER, timeout=0.5)

    yield serve
    for controller in running:
        controller.stop()


def mail(server, *recipients, reached=frozenset()):
    addresses = recipients or ("first@example.org",)
    return SmtpNotifier(server, addresses).send(MESSAGE, reached=reached)


def test_a_mail_arrives_whole(serve_mail):
    mailbox = Mailbox()

    outcome = mail(serve_mail(mailbox), "first@example.org", "second@example.org")

    (envelope,) = mailbox.envelopes
    received = message_from_bytes(envelope.content, policy=default)
    assert outcome == Outcome(Result.SENT)
    assert envelope.rcpt_tos == ["first@example.org", "second@example.org"]
    assert received["Message-ID"] == "<notice-1@example.org>"
    assert received["Subject"] == MESSAGE.subject
    text = received.get_body(("plain",)).get_content()
    assert text.splitlines() == MESSAGE.text.splitlines()


@pytest.mark.parametrize(
    ("reply", "recoverable"), [("450 try later", True), ("550 no such person", False)]
)
def test_a_refusal_at_the_address_is_final_or_passing_as_its_code_says(
    serve_mail, reply, recoverable
):
    outcome = mail(serve_mail(Mailbox(recipients={"first@example.org": reply})))

    assert (outcome.result, outcome.recoverable) == (Result.REFUSED, recoverable)
    assert outcome.detail == f"smtp_{reply[:3]}"


@pytest.mark.parametrize(
    ("reply", "recoverable"), [("452 disk full", True), ("554 not wanted", False)]
)
def test_a_refusal_of_the_content_is_certain(serve_mail, reply, recoverable):
    outcome = mail(serve_mail(Mailbox(data=reply)))

    assert (outcome.result, outcome.detail) == (Result.REFUSED, f"smtp_{reply[:3]}")
    assert outcome.recoverable is recoverable


def test_who_is_refused_for_now_is_tried_again_alone(serve_mail):
    later = Mailbox(recipients={"second@example.org": "450 greylisted"})
    people = ("first@example.org", "second@example.org")
    server = serve_mail(later)
    first = mail(server, *people)
    later.recipients = {}

    second = mail(server, *people, reached=first.reached)

    assert (first.result, first.reached) == (Result.REFUSED, frozenset({"1"}))
    assert second == Outcome(Result.SENT)
    assert [e.rcpt_tos for e in later.envelopes] == [["first@example.org"], ["second@example.org"]]


def test_who_is_refused_for_good_does_not_keep_others_from_being_told(serve_mail):
    mailbox = Mailbox(recipients={"second@example.org": "550 no such person"})
    people = ("first@example.org", "second@example.org")
    server = serve_mail(mailbox)

    assert mail(server, *people) == Outcome(Result.SENT, refused=1)
    assert mail(server, *people, reached=frozenset({"1"})) == Outcome(Result.SENT, refused=1)
    assert len(mailbox.envelopes) == 1


def test_a_server_that_takes_the_mail_and_never_says_so_leaves_a_doubt(serve_mail):
    mailbox = Mailbox(silent=True)

    outcome = mail(serve_mail(mailbox))

    assert (outcome.result, outcome.detail) == (Result.UNKNOWN, "no_reply")
    assert len(mailbox.envelopes) == 1


def test_a_server_that_hangs_up_after_the_mail_leaves_a_doubt():
    with talking(["220 hello", "250 hi", "250 OK", "250 OK", "354 go"]) as port:
        outcome = mail(SmtpServer("127.0.0.1", port, sender=SENDER, timeout=2))

    assert outcome.result is Result.UNKNOWN
    assert outcome.detail.startswith("cut_off_")


def test_what_a_server_says_after_it_took_the_mail_changes_nothing():
    replies = ["220 hello", "250 hi", "250 OK", "250 OK", "354 go", "250 taken", "421 going away"]
    with talking(replies) as port:
        outcome = mail(SmtpServer("127.0.0.1", port, sender=SENDER, timeout=2))

    assert outcome == Outcome(Result.SENT)


@contextmanager
def talking(replies):
    """A server that says these lines one after the other, whatever it hears, and hangs up."""

    def talk():
        peer, _ = listener.accept()
        with peer, peer.makefile("rb") as heard:
            for place, reply in enumerate(replies):
                peer.sendall(reply.encode() + b"\r\n")
                if reply.startswith("354"):
                    while heard.readline() != b".\r\n":
                        pass
                elif place + 1 < len(replies):
                    heard.readline()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=talk)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def test_a_server_that_never_says_hello_got_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcome = mail(SmtpServer("127.0.0.1", port, sender=SENDER, timeout=0.2))

    assert (outcome.result, outcome.detail) == (Result.REFUSED, "timed_out")
    assert outcome.recoverable


def test_a_server_that_is_not_there_got_nothing():
    outcome = mail(SmtpServer("127.0.0.1", free_port(), sender=SENDER, timeout=1))

    assert outcome == Outcome(Result.REFUSED, "no_connection_connectionrefusederror")


def test_a_password_goes_over_an_encrypted_connection(serve_mail, certificate):
    key, cert = certificate
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(cert, key)
    mailbox = Mailbox()
    server = serve_mail(
        mailbox, tls_context=theirs, require_starttls=True, authenticator=mailbox.authenticate,
        auth_required=True,
    )  # fmt: skip
    ours = replace(
        server, host="localhost", user="tartan", password="right", starttls=True, timeout=5,
        context=ssl.create_default_context(cafile=str(cert)),
    )  # fmt: skip

    assert mail(ours) == Outcome(Result.SENT)
    assert mail(replace(ours, password="wrong")).detail == "smtp_535"
    assert mail(replace(ours, context=None)).detail == "no_connection_sslcertverificationerror"
    assert set(mailbox.logins) == {(b"tartan", b"right"), (b"tartan", b"wrong")}


def test_a_server_without_encryption_is_not_sent_a_password(serve_mail):
    mailbox = Mailbox()
    server = replace(serve_mail(mailbox), user="tartan", password="right", starttls=True)

    outcome = mail(server)

    assert (outcome.result, mailbox.logins, mailbox.envelopes) == (Result.REFUSED, [], [])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 587, None, None, False, False)),
        ("smtp://t%40x:p%2F%3A@mail.example.org:25?starttls=1",
         ("mail.example.org", 25, "t@x", "p/:", True, False)),
        ("smtps://mail.example.org", ("mail.example.org", 465, None, None, False, True)),
    ],
)  # fmt: skip
def test_a_mail_server_is_set_by_its_address(url, expected):
    server = read_smtp_url(url, sender=SENDER)

    found = (server.host, server.port, server.user, server.password, server.starttls,
             server.encrypted)  # fmt: skip
    assert found == expected
    assert "p/:" not in repr(server)


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://x", "smtp://", "smtp://x:port", "smtp://x?tls=1"]
)
def test_an_address_that_cannot_be_used_says_what_to_write(url):
    with pytest.raises(SmtpAddressFault, match="smtp://user:password@host:587"):
        read_smtp_url(url, sender=SENDER)


class Receiver:
    """A webhook receiver that answers as the test wishes and keeps what it was sent."""

    def __init__(self, *answers):
        self.requests = []
        self.silence = Event()
        answers = list(answers)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                answer = answers.pop(0) if answers else 204
                if answer == "silence":
                    receiver.silence.wait(2)
                    return
                if answer == "hang up":
                    return
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the library's name

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda request, address: None
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def close(self):
        self.silence.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receive():
    """Starts webhook receivers."""
    running = []

    def start(*answers):
        running.append(Receiver(*answers))
        return running[-1]

    yield start
    for receiver in running:
        receiver.close()


def hook(receiver, *, secrets=(SECRET,), clock=now):
    return WebhookNotifier(Hook(receiver.url, secrets, timeout=0.5), now=clock)


def test_a_hook_gets_a_message_that_it_can_verify_and_read(receive):
    receiver = receive(200)

    outcome = hook(receiver).send(MESSAGE)

    ((_, headers, body),) = receiver.requests
    verified = Webhook(SECRET).verify(body, headers)
    assert outcome == Outcome(Result.SENT)
    assert {name.lower(): v for name, v in headers.items()}["webhook-id"] == "notice-1"
    assert verified["type"] == "notice.planned"
    assert verified["timestamp"] == "2026-10-05T09:30:00.000Z"
    assert verified["data"]["subject"] == MESSAGE.subject
    assert verified["data"]["link"] == MESSAGE.facts["link"]
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body.replace(b"Leeds", b"Derby"), headers)


def test_while_a_secret_is_changed_both_are_good(receive):
    receiver = receive(200)

    hook(receiver, secrets=(SECRET, OTHER)).send(MESSAGE)

    ((_, headers, body),) = receiver.requests
    assert Webhook(SECRET).verify(body, headers) == Webhook(OTHER).verify(body, headers)


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_an_answer_other_than_success_is_tried_again(receive, status):
    outcome = hook(receive(status)).send(MESSAGE)

    assert outcome == Outcome(Result.REFUSED, f"http_{status}")


def test_a_redirect_is_not_followed(receive):
    elsewhere = receive(200)
    outcome = hook(receive((302, {"Location": elsewhere.url}))).send(MESSAGE)

    assert outcome.detail == "http_302"
    assert elsewhere.requests == []


def test_a_hook_that_is_gone_is_called_no_more(receive):
    receiver = receive(410, 200)
    notifier = hook(receiver)

    outcomes = [notifier.send(MESSAGE) for _ in range(2)]

    assert [(o.detail, o.recoverable) for o in outcomes] == [("http_410", False)] * 2
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 05 Oct 2026 10:30:00 GMT", timedelta(hours=1)),
        ("Mon, 05 Oct 2026 08:30:00 GMT", timedelta()),
        ("soon", None),
    ],
)
def test_what_a_hook_asks_for_is_read_as_seconds_or_a_date(receive, header, wait):
    def clock():
        return datetime(2026, 10, 5, 9, 30, tzinfo=UTC)

    outcome = hook(receive((503, {"Retry-After": header})), clock=clock).send(MESSAGE)

    assert outcome.wait == wait


def test_a_hook_that_never_answers_leaves_a_doubt_and_can_drop_the_repeat(receive):
    receiver = receive("silence", "hang up", 200)
    notifier = hook(receiver)

    outcomes = [notifier.send(MESSAGE) for _ in range(3)]

    assert [o.result for o in outcomes] == [Result.UNKNOWN, Result.UNKNOWN, Result.SENT]
    assert outcomes[0].detail == "no_reply"
    ids = {{n.lower(): v for n, v in headers.items()}["webhook-id"] for _, headers, _ in
           receiver.requests}  # fmt: skip
    assert ids == {"notice-1"}
    assert len({body for _, _, body in receiver.requests}) == 1
    assert notifier.recognises_repeats


def test_a_hook_that_is_not_there_got_nothing():
    notifier = WebhookNotifier(Hook(f"http://127.0.0.1:{free_port()}/", (SECRET,)), now=now)

    assert notifier.send(MESSAGE).detail == "no_connection_connectionrefusederror"


def test_a_long_message_stays_within_what_receivers_take():
    long = replace(MESSAGE, text="– words " * 5000)

    assert len(write_body(long).encode()) < 20_000
    assert json.loads(write_body(long))["data"]["text"].startswith("– words")
