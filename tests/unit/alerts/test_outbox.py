"""E-mail as it is written, and the outbox that keeps it as files."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from services.alerts.channel.mail import write_mail
from services.alerts.channel.notifier import Message, Result
from services.alerts.channel.outbox import OutboxNotifier

SENDER = "tartan@example.org"


@pytest.fixture
def message():
    return Message(
        notice="notice-1",
        alert="alert-1",
        audience="group-1",
        planned_at=datetime(2026, 10, 5, 9, 30, tzinfo=UTC),
        subject="Question for Leeds: Später – 2×",
        text="An ordinary line.\n.\nA line with – signs.\n" + "long " * 400 + "\n",
        html="<p>An ordinary line.</p>\n",
    )


def read(content):
    return message_from_bytes(content, policy=default)


def test_a_mail_has_the_notices_id_and_stands_in_its_alerts_thread(message):
    mail = write_mail(message, sender=SENDER, recipients=["first@example.org"])

    assert mail["Message-ID"] == "<notice-1@example.org>"
    assert mail["References"] == "<alert-alert-1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "first@example.org"


def test_a_mail_can_be_read_as_text_and_as_html(message):
    mail = read(write_mail(message, sender=SENDER).as_bytes())

    assert mail["Subject"] == message.subject
    assert mail.get_body(("plain",)).get_content().splitlines() == message.text.splitlines()
    assert mail.get_body(("html",)).get_content().splitlines() == message.html.splitlines()


def test_the_same_message_is_the_same_mail_to_the_byte_in_seven_bits(message):
    first, second = (write_mail(message, sender=SENDER).as_bytes() for _ in range(2))

    assert first == second
    assert max(first) < 128
    assert max(map(len, first.split(b"\r\n"))) < 998


def test_a_line_break_in_a_heading_starts_no_header(message):
    hostile = Message(
        **{name: getattr(message, name) for name in message.__slots__ if name != "subject"},
        subject="A\r\nBcc: someone@example.net",
    )

    with pytest.raises(ValueError, match="linefeed"):
        write_mail(hostile, sender=SENDER)


def test_a_notice_becomes_one_file_however_often_it_is_sent(message, tmp_path):
    outbox = OutboxNotifier(tmp_path / "outbox", sender=SENDER)

    outcomes = [outbox.send(message).result for _ in range(2)]

    (file,) = (tmp_path / "outbox").iterdir()
    assert outcomes == [Result.SENT, Result.SENT]
    assert file.name == "20261005T093000-notice-1.eml"
    assert read(file.read_bytes())["Message-ID"] == "<notice-1@example.org>"
    assert file.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_a_refusal(message, tmp_path):
    (tmp_path / "outbox").write_text("a file stands in the way")

    outcome = OutboxNotifier(tmp_path / "outbox", sender=SENDER).send(message)

    assert (outcome.result, outcome.recoverable) == (Result.REFUSED, True)
    assert outcome.detail == "outbox_fileexistserror"
