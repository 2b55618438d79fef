"""What a reminder says to whoever reads it at the end of a long day."""

import pytest

from schemas.events import AudienceSet, ReminderKind, ReminderPlanned
from schemas.reference import load_library
from services.alerts.core.letter import write_html, write_text
from services.alerts.core.reminder import Awaited, word_reminder

BASE = "https://tartan.example.org/"
GROUP = AudienceSet(audience="group-1", kind="region", covers="E12000003", channels=("email",))
DIRECTOR = AudienceSet(audience="d-383", kind="authority", covers="383", channels=("email",))


@pytest.fixture
def write():
    def write(kind, *, at="2026-11-04", authorities=("383",), still=None, nation="england", **more):
        planned = ReminderPlanned(
            notice="notice-1", alert="period-1", kind=kind, collection="riia-quarterly",
            period="2026-27-Q2", due=more.pop("due", "2026-11-11"), authorities=authorities,
            audience="a", at=f"{at}T08:00:00.000Z", channels=("email",),
        )  # fmt: skip
        audience = GROUP if kind is ReminderKind.CHASE_LIST else DIRECTOR
        still = authorities if still is None else still
        awaited = Awaited(planned, audience, nation, still, **more)
        return word_reminder(awaited, library=load_library(), base_url=BASE)

    return write


def said(letter) -> str:
    return " ".join(write_text(letter).split())


def test_a_reminder_says_what_is_due_when_in_working_days_and_what_helps(write):
    letter = write(ReminderKind.BEFORE_DUE)
    text = said(letter)

    assert letter.subject == (
        "Due by Wednesday 11 November 2026: quarterly return for quarter 2 of 2026 to 2027 of Leeds"
    )
    assert "It is due by Wednesday 11 November 2026, in 5 working days." in text
    assert "If it is on its way, you need to do nothing." in text
    assert f"{BASE}templates?collection=riia-quarterly&period=2026-27-Q2" in text
    assert f"{BASE}collections/riia-quarterly/2026-27-Q2" in text
    assert "Sent to Leeds by Tartan." in text


def test_who_is_late_hears_since_when_and_that_the_return_is_still_taken(write):
    text = said(write(ReminderKind.OVERDUE, at="2026-11-13"))

    assert "was due by Wednesday 11 November 2026, 2 working days ago, and has not come in." in text
    assert "It is still taken, and counts as late." in text


def test_the_group_has_the_list_by_name_and_who_has_come_since(write):
    letter = write(
        ReminderKind.CHASE_LIST, at="2026-11-12", authorities=("383", "380"), still=("383",)
    )
    text = said(letter)

    assert letter.subject.startswith("2 returns overdue since Wednesday 11 November 2026:")
    assert "2 returns have not come in." in text
    assert "* Bradford: no longer awaited * Leeds" in text
    assert "1 return has not come in." in said(write(ReminderKind.CHASE_LIST, at="2026-11-12"))


def test_a_reminder_that_was_overtaken_and_one_that_may_be_a_repeat_say_so_first(write):
    overtaken = write(ReminderKind.OVERDUE, still=(), possible_repeat=True)

    assert overtaken.subject.startswith("This may be a repeat: ")
    assert overtaken.paragraphs[0].startswith("This may be a repeat.")
    assert "you need to do nothing" in overtaken.paragraphs[1]


@pytest.mark.parametrize(
    ("at", "due", "words"),
    [
        ("2026-11-10", "2026-11-11", "in 1 working day."),
        ("2026-11-11", "2026-11-11", "which is today."),
        ("2040-11-11", "2040-11-20", "It is due by Tuesday 20 November 2040."),
    ],
)
def test_days_are_counted_as_far_as_bank_holidays_are_known(write, at, due, words):
    assert words in said(write(ReminderKind.BEFORE_DUE, at=at, due=due))


def test_an_invented_authority_is_said_to_be_invented(write):
    letter = write(ReminderKind.BEFORE_DUE, authorities=("D01",), nation="demo")

    assert letter.subject.startswith("[Demonstration] ")
    assert "invented" in letter.paragraphs[0]
    assert "<h1>Due by" in write_html(letter)
