"""Answers, audiences and time, as the shell puts them into the log."""

from dataclasses import replace

import pytest

from schemas.codec import decode, encode
from schemas.events import AlertAcknowledged, AnswerGiven, AudienceSet, NoticePlanned, TextSet
from schemas.topics import Topic
from services.alerts.audience import default_audiences
from services.alerts.office import AnswerKind, AnswerWithoutText, UnknownAlert
from services.runtime.log import LogUncertain

ANSWER, SEEN = AnswerKind.ANSWER, AnswerKind.ACKNOWLEDGEMENT


@pytest.fixture
def desk(make_desk, grounds):
    desk = make_desk()
    desk.tell(grounds)
    desk.decide()
    return desk


def texts(desk):
    return {text.id: text.text for text in desk.said(TextSet, Topic.TEXTS)}


def test_an_answer_stands_in_the_log_and_its_words_apart_from_it(desk):
    receipt = desk.office.answer("alert-1", kind=ANSWER, text=" We know why. ", actor="person-1")

    (given,) = desk.said(AnswerGiven)
    assert given.answer == receipt.answer
    assert (given.alert, given.authority, given.actor) == ("alert-1", "383", "person-1")
    assert texts(desk) == {given.text: "We know why."}
    assert all(b"know why" not in s.record.value for s in desk.log.read(Topic.ALERTS))


def test_the_regional_group_is_told_of_an_answer(desk):
    desk.office.answer("alert-1", kind=ANSWER, text="We know why.", actor="person-1")
    desk.decide()

    assert [notice.reason for notice in desk.said(NoticePlanned)] == ["first", "answered"]


def test_the_same_words_of_the_same_person_are_one_answer(desk):
    said = {"kind": ANSWER, "actor": "person-1"}
    first = desk.office.answer("alert-1", text="We know why.", **said)
    desk.restart()
    again = desk.office.answer("alert-1", text="We know why. ", **said)
    other = desk.office.answer("alert-1", text="We do not.", **said)
    elsewhere = desk.office.answer("alert-1", kind=ANSWER, text="We know why.", actor="person-2")

    assert (again.answer, again.new) == (first.answer, False)
    assert len({first.answer, other.answer, elsewhere.answer}) == 3
    assert len(desk.said(AnswerGiven)) == 3


def test_an_erased_answer_is_not_written_anew_by_sending_it_again(desk):
    said = {"kind": ANSWER, "text": "Something personal.", "actor": "person-1"}
    desk.office.answer("alert-1", **said)
    (given,) = desk.said(AnswerGiven)
    desk.tell(TextSet(id=given.text, kind="answer"))

    assert not desk.office.answer("alert-1", **said).new
    assert texts(desk) == {given.text: None}


def test_an_answer_whose_append_is_uncertain_is_one_answer_when_sent_again(desk):
    desk.log.fail = lambda e: LogUncertain("x") if isinstance(e.data, AnswerGiven) else None
    said = {"kind": ANSWER, "text": "We know why.", "actor": "person-1"}
    with pytest.raises(LogUncertain):
        desk.office.answer("alert-1", **said)
    desk.log.fail = lambda event: None

    assert not desk.office.answer("alert-1", **said).new
    assert len(desk.said(AnswerGiven)) == 1


def test_an_acknowledgement_needs_no_words_and_may_have_them(desk):
    desk.office.answer("alert-1", kind=SEEN, text="", actor="person-1")
    desk.office.answer("alert-1", kind=SEEN, text="On the agenda.", actor="person-1")

    bare, noted = desk.said(AlertAcknowledged)
    assert bare.text is None
    assert texts(desk) == {noted.text: "On the agenda."}


def test_an_answer_needs_words_and_an_alert(desk):
    with pytest.raises(AnswerWithoutText):
        desk.office.answer("alert-1", kind=ANSWER, text=" \n", actor="person-1")
    with pytest.raises(UnknownAlert):
        desk.office.answer("alert-9", kind=ANSWER, text="x", actor="person-1")

    assert desk.said(AnswerGiven) == []


def audience(name="group-1", **fields):
    told = {
        "kind": "region",
        "covers": "E12000003",
        "authorities": ("383",),
        "channels": ("email",),
    }
    return AudienceSet(audience=name, **{**told, **fields})


def test_only_audiences_that_changed_are_said(make_desk):
    desk = make_desk()

    first = desk.office.set_audiences([audience("a"), audience("b")])
    desk.restart()
    again = desk.office.set_audiences([audience("b"), audience("a")])
    changed = desk.office.set_audiences([audience("a", channels=("webhook",)), audience("b")])

    assert (first, again, changed) == (3, 0, 1)  # the first time the desk's own group goes


def test_an_audience_that_is_no_longer_set_is_told_of_nothing(make_desk, grounds):
    desk = make_desk()
    desk.office.set_audiences([])
    desk.tell(grounds)
    desk.decide()

    assert desk.said(AudienceSet)[-1].channels == ()
    assert desk.said(NoticePlanned) == []


def test_a_setting_that_comes_back_counts_again(make_desk, grounds):
    desk = make_desk()
    group = desk.said(AudienceSet)[0]
    desk.office.set_audiences([])
    desk.office.set_audiences([group])
    desk.office.set_audiences([])
    desk.office.set_audiences([group])
    desk.tell(grounds)
    desk.decide()

    assert len(desk.said(NoticePlanned)) == 1


def test_everyone_has_an_audience_when_none_is_set(library):
    england = [each.told for each in default_audiences(library, "england")]
    demo = [each.told for each in default_audiences(library, "demo")]

    assert [sum(a.kind == kind for a in england) for kind in ("region", "authority")] == [9, 153]
    assert sorted(code for a in england if a.kind == "region" for code in a.authorities) == sorted(
        library.senders("england")
    )
    assert [a.audience for a in demo if a.kind == "region"] == ["region-d00"]
    assert len(demo) == 12
    assert {a.channels for a in (*england, *demo)} == {("outbox",)}


def test_events_of_another_nation_are_none_of_its_business(make_desk, grounds):
    desk = make_desk()
    event = decode(desk.log.read(Topic.ALERTS)[0].record)

    desk.log.append([encode(replace(event, id="other", nation="demo", data=grounds))])
    desk.office.catch_up()

    with desk.office.hold() as register:
        assert register.state.alerts == {}
