"""From a signature in the log to a mail in a mailbox, with a process that dies in between."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from prometheus_client import CollectorRegistry

from schemas.codec import decode, encode
from schemas.events import Event, NoticeFailed, NoticeSent, SignatureRaised
from schemas.reference import load_library
from schemas.topics import Producer, Topic
from services.alerts.audience import read_audiences
from services.alerts.channel.smtp import read_smtp_url
from services.alerts.connection import Correspondence, connect
from services.alerts.core.step import CORE
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.runtime.consumer import Consumer
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from tests.machine import free_port

pytestmark = [pytest.mark.integration, pytest.mark.faults]

AUDIENCES = """
[[audience]]
id = "group-1"
region = "D00"
email = ["group@example.org"]
"""
RAISED = SignatureRaised.model_validate(
    {
        "alert": "alert-1", "authority": "D09", "collection": "riia-quarterly", "signature": "R06",
        "sign": "risk", "severity": "concern", "period": "2026-27-Q2", "since": "2026-27-Q2",
        "push": True, "push_reason": "concern", "rule_version": "2026.1", "question": "Why?",
        "conditions": [],
    }
)  # fmt: skip


class Dies(BaseException):
    """The process ends here: nothing catches this."""


class DyingLog(MemoryLog):
    """Loses the process at the first record of a kind."""

    dies_at: type | None = None

    def append(self, records, *, commit=None):
        for record in records:
            if self.dies_at is not None and isinstance(decode(record).data, self.dies_at):
                self.dies_at = None
                raise Dies
        return super().append(records, commit=commit)


class Mailbox:
    """Keeps every mail it was handed."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def mailbox():
    """A real mail server; ``url`` reaches it."""
    kept = Mailbox()
    port = free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    kept.url = f"smtp://127.0.0.1:{port}"
    controller.start()
    yield kept
    controller.stop()


class Process:
    """The alerts service as one process has it: nothing in it outlives a crash but the log."""

    def __init__(self, log, mailbox, tmp_path):
        def now():
            return datetime(2026, 11, 5, 9, 30, tzinfo=UTC)

        library = load_library()
        audiences = read_audiences(AUDIENCES, library=library, nation="demo", mail=True)
        office = Office(log, library, "demo", now=now)
        office.set_audiences([audience.told for audience in audiences])
        self.consumer = Consumer(CORE, log, now=now)
        self.sender = Sender(
            office,
            connect(
                Correspondence(
                    audiences,
                    read_smtp_url(mailbox.url, sender="tartan@example.org"),
                    "tartan@example.org",
                ),
                outbox=tmp_path / "outbox",
                now=now,
            ),
            base_url="https://tartan.example.org",
            now=now,
            metrics=Metrics(CollectorRegistry()),
        )

    def run(self):
        while self.consumer.advance():
            pass
        self.sender.run_once()


def raise_signature(log):
    """Put a signature of a fictional authority into the log, as benchmark would."""
    event = Event("raised", "demo", Producer.BENCHMARK, "2026-11-05T09:00:00.000Z", RAISED)
    log.append([encode(event)])


def outcomes(log):
    said = [decode(stored.record).data for stored in log.read(Topic.ALERTS)]
    return [payload for payload in said if isinstance(payload, NoticeSent | NoticeFailed)]


def test_a_raised_signature_becomes_one_mail_and_its_record(mailbox, tmp_path):
    log = DyingLog()
    process = Process(log, mailbox, tmp_path)
    raise_signature(log)
    process.run()
    process.run()

    (mail,) = mailbox.mails
    (sent,) = outcomes(log)
    assert mail["Message-ID"] == f"<{sent.notice}@example.org>"
    assert mail["To"] == "group@example.org"
    assert mail["Subject"] == "[Demonstration] Question for Kelderby: Late response to harm"
    assert not sent.possible_repeat


def test_a_process_that_dies_after_the_send_repeats_it_under_the_same_id_and_says_so(
    mailbox, tmp_path
):
    log = DyingLog()
    first = Process(log, mailbox, tmp_path)
    raise_signature(log)
    log.dies_at = NoticeSent
    with pytest.raises(Dies):
        first.run()

    Process(log, mailbox, tmp_path).run()
    Process(log, mailbox, tmp_path).run()

    before, after = mailbox.mails
    (sent,) = outcomes(log)
    assert before["Message-ID"] == after["Message-ID"] == f"<{sent.notice}@example.org>"
    assert after["Subject"] == f"This may be a repeat: {before['Subject']}"
    assert "This may be a repeat." in after.get_body(("plain",)).get_content()
    assert sent.possible_repeat
