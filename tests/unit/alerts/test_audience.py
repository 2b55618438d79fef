"""The file of audiences: what it may say, and what is wrong with it, all at once."""

import re

import pytest

from services.alerts.audience import AudienceFault, default_audiences, read_audiences
from services.alerts.channel.outbox import OutboxNotifier
from services.alerts.channel.smtp import SmtpNotifier, SmtpServer
from services.alerts.channel.webhook import WebhookNotifier
from services.alerts.connection import Correspondence, connect

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
G, YH = '[[audience]]\nid="g"\n', 'region="E12000003"\n'
WHOLE = f"""
[[audience]]
id = "group-1"
region = "E12000003"
email = ["first@example.org", "second@example.org"]
webhook = {{ url = "https://hooks.example.org/t", secret = "{SECRET}" }}

[[audience]]
id = "director-383"
authority = "383"
email = ["director@example.org"]
"""


@pytest.fixture
def read(library):
    def reading(text, *, nation="england", mail=True):
        return read_audiences(text, library=library, nation=nation, mail=mail)

    return reading


def test_a_file_names_who_is_told_of_whom_by_which_channels(read):
    group, director = read(WHOLE)

    assert (group.told.kind, group.told.covers) == ("region", "E12000003")
    assert {"383", "373"} <= set(group.told.authorities)
    assert "330" not in group.told.authorities
    assert group.told.channels == ("email", "webhook")
    assert (director.told.authorities, director.told.channels) == (("383",), ("email",))
    assert group.email == ("first@example.org", "second@example.org")


def test_nothing_that_goes_into_the_log_holds_an_address(read):
    told = " ".join(each.told.model_dump_json() for each in read(WHOLE))

    assert not re.search(r"@|://|whsec", told)


def test_without_a_mail_server_what_would_be_mailed_is_a_file(read):
    group, director = read(WHOLE, mail=False)

    assert (group.told.channels, director.told.channels) == (("outbox", "webhook"), ("outbox",))


def test_audiences_of_another_nation_are_left_out(read):
    assert read(WHOLE, nation="demo") == ()


def test_a_part_of_london_can_have_a_group_of_its_own(read, library):
    (inner,) = read('[[audience]]\nid="inner"\nregion="E13000001"\nemail=["a@example.org"]')

    assert inner.told.authorities
    assert {library.authority(code).sub_region for code in inner.told.authorities} == {"E13000001"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("audience = 1", "audience"),
        ("", "“audience” is missing"),
        ("x = [", "It is not TOML"),
        (f'{G}{YH}emial=["a@b.c"]', "audience g: “emial” is not known"),
        (f'{G}{YH}', "audience g: give an email, a webhook or both"),
        (f'{G}email=["a@b.c"]', "audience g: name either a region or an authority"),
        (f'{G}region="E99"\nemail=["a@b.c"]', "audience g: There is no region “E99”"),
        (f'{G}authority="99"\nemail=["a@b.c"]', "audience g: There is no authority"),
        ('[[audience]]\nid="a@b.c"\nregion="E12000003"\nemail=["a@b.c"]', "number 1: “id”"),
        (f'{G}{YH}email=["nobody"]', "audience g: “email” an e-mail"),
        (f'{G}{YH}email=["a@b.c\\nBcc: x@y.z"]', "line breaks"),
        (f'{G}{YH}webhook={{url="http://example.org", secret="x"}}',
         "begins with https://"),
        (f'{G}{YH}webhook={{url="https://e.org", secret="whsec_YQ=="}}',
         "base64 of 24 to 64 bytes"),
    ],
)  # fmt: skip
def test_a_fault_names_the_audience_and_what_to_do_and_quotes_no_address(read, text, fault):
    with pytest.raises(AudienceFault) as raised:
        read(text)

    assert fault in str(raised.value)
    assert "@b.c" not in str(raised.value)


def test_all_faults_are_said_at_once(read):
    text = '[[audience]]\nid="a"\nregion="E99"\nemail=["a@b.c"]\n' * 2

    with pytest.raises(AudienceFault) as raised:
        read(text)

    assert len(raised.value.faults) == 3


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:9000"])
def test_a_hook_on_this_machine_may_go_without_encryption(read, host):
    text = f'{G}{YH}webhook={{url="http://{host}/x", secret="{SECRET}"}}'

    assert read(text)[0].url == f"http://{host}/x"


def test_two_secrets_stand_side_by_side(read):
    text = f'{G}{YH}webhook={{url="https://e.org", secret=["{SECRET}", "{SECRET}"]}}'

    assert read(text)[0].secrets == (SECRET, SECRET)


def test_every_channel_of_every_audience_gets_its_notifier(read, library, tmp_path):
    server = SmtpServer("mail.example.org", 25, sender="tartan@example.org")
    audiences = (*read(WHOLE), *default_audiences(library, "demo"))
    made = connect(
        Correspondence(audiences, server, "tartan@example.org"),
        outbox=tmp_path,
        now=lambda: None,
    )

    assert isinstance(made["group-1", "email"], SmtpNotifier)
    assert isinstance(made["group-1", "webhook"], WebhookNotifier)
    assert isinstance(made["authority-d01", "outbox"], OutboxNotifier)


def test_what_is_shown_of_an_audience_hides_its_secrets(read):
    shown = repr(read(WHOLE)[0])

    assert "whsec" not in shown
    assert "example.org" not in shown
