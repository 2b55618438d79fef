"""What people read: whole messages as they arrive, kept as text beside this file."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from schemas.events import (
    AudienceSet,
    NoticePlanned,
    NoticeReason,
    SignatureCleared,
    SignatureWithdrawn,
)
from schemas.reference import load_library
from services.alerts.core.letter import write_html, write_text
from services.alerts.core.wording import Matter, headline, name_signature, word

GOLDEN = Path(__file__).parent / "golden"
GROUP = AudienceSet(audience="group-1", kind="region", covers="E12000003", channels=("email",))
DIRECTOR = AudienceSet(audience="d-383", kind="authority", covers="383", channels=("email",))
BASE = "https://tartan.example.org/"


@pytest.fixture
def write(grounds, library):
    def compose(reason, *, audience=GROUP, severity="concern", nation="england", **matter):
        planned = NoticePlanned(
            notice="notice-1", alert="alert-1", authority="383", audience=audience.audience,
            reason=reason, severity=severity, period="2026-27-Q2", because="event-1",
            at="2026-10-05T09:30:00.000Z", channels=("email",),
        )  # fmt: skip
        told = Matter(planned, audience, nation, matter.pop("grounds", grounds), **matter)
        return word(told, library=library, base_url=BASE)

    return compose


def withdrawn(grounds, reason):
    return SignatureWithdrawn.model_validate({**grounds.model_dump(), "reason": reason})


def cleared(grounds):
    return SignatureCleared.model_validate({**grounds.model_dump(), "period": "2026-27-Q4"})


MESSAGES = {
    "first-to-the-region": {"reason": NoticeReason.FIRST},
    "first-to-the-director": {"reason": NoticeReason.FIRST, "audience": DIRECTOR},
    "worsened": {"reason": NoticeReason.WORSENED, "severity": "escalate"},
    "still-open": {"reason": NoticeReason.STILL_OPEN, "possible_repeat": True},
    "lowered": {"reason": NoticeReason.LOWERED, "severity": "watch"},
    "answered": {"reason": NoticeReason.ANSWERED},
    "resolved": {"reason": NoticeReason.RESOLVED, "audience": DIRECTOR},
    "withdrawn": {"reason": NoticeReason.WITHDRAWN},
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_it_should(name, write, grounds):
    fields = dict(MESSAGES[name])
    if name == "withdrawn":
        fields["ended"] = withdrawn(grounds, "the_authority_corrected_its_figures")
    if name == "resolved":
        fields["ended"] = cleared(grounds)

    letter = write(**fields)

    assert f"Subject: {letter.subject}\n\n{write_text(letter)}" == golden(f"{name}.txt")


def test_a_message_reads_as_it_should_in_a_browser(write):
    assert write_html(write(NoticeReason.FIRST)) == golden("first-to-the-region.html")


def golden(name):
    return (GOLDEN / name).read_text(encoding="utf-8")


def test_every_reason_has_its_golden_message():
    assert {fields["reason"] for fields in MESSAGES.values()} == set(NoticeReason)


@pytest.mark.parametrize("reason", NoticeReason)
@pytest.mark.parametrize("audience", [GROUP, DIRECTOR], ids=["region", "authority"])
def test_every_reason_can_be_said_to_every_audience(write, reason, audience):
    letter = write(reason, audience=audience)

    assert "Leeds" in letter.subject
    assert write_text(letter).count("https://tartan.example.org/alerts/alert-1") == 1
    assert "{" not in write_text(letter)


def test_an_invented_figure_is_said_to_be_invented(write):
    letter = write(NoticeReason.FIRST, nation="demo")

    assert letter.subject.startswith("[Demonstration] ")
    assert "its figures are invented" in write_text(letter)


@pytest.mark.parametrize("ended", ["cleared", "withdrawn"])
def test_a_late_message_about_what_has_ended_says_so(write, ended):
    text = write_text(write(NoticeReason.FIRST, overtaken=ended))

    assert "Since this message was planned the question has been" in text


def test_a_withdrawal_names_what_removed_the_ground_even_if_the_word_is_new(write, grounds):
    text = write_text(write(NoticeReason.WITHDRAWN, ended=withdrawn(grounds, "the_moon_was_full")))

    assert "The ground was removed: the moon was full." in text


def test_without_a_count_of_chance_pushes_none_is_claimed(write, library):
    library.rule_files["2026.1"]["expected"]["per_authority"] = 0
    try:
        text = write_text(write(NoticeReason.FIRST))
    finally:
        library.rule_files["2026.1"]["expected"]["per_authority"] = 0.12

    assert "chance" not in text.lower().replace("by more than chance", "")


def test_what_people_wrote_is_never_taken_for_markup(write, grounds):
    hostile = grounds.model_copy(update={"question": '<script>alert("x")</script>'})

    html = write_html(write(NoticeReason.FIRST, grounds=hostile))

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


class Outline(HTMLParser):
    """Gathers tags, in order, and whether each is closed."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_has_one_main_heading_a_captioned_table_and_no_styles(write):
    outline = Outline()
    outline.feed(write_html(write(NoticeReason.FIRST)))

    assert outline.open == []
    assert outline.tags.count("h1") == 1
    assert ("lang", "en-GB") in outline.attributes
    assert outline.tags[outline.tags.index("table") + 1] == "caption"
    assert {value for name, value in outline.attributes if name == "scope"} == {"col", "row"}
    assert not {name for name, _ in outline.attributes} & {"style", "class", "width", "bgcolor"}


def test_an_alert_has_a_headline_and_a_template_the_name_of_its_indicator(grounds, library):
    red = grounds.model_copy(update={"signature": "RED:FD04"})

    assert headline(grounds, library) == "Question for Leeds: Late response to harm"
    assert name_signature(red, library) == "Red: Re-referrals within 12 months"
    assert name_signature(grounds.model_copy(update={"signature": "R99"}), library) == "R99"


def test_every_released_signature_has_a_name(grounds):
    released = load_library()
    version = max(released.rule_files)

    for rule in released.rules(version)["signature"]:
        id_ = f"{rule['id']}:FD04" if "each" in rule else rule["id"]
        said = grounds.model_copy(update={"signature": id_, "rule_version": version})
        assert name_signature(said, released) == rule["name"].replace(
            "{indicator}", "Re-referrals within 12 months"
        )
