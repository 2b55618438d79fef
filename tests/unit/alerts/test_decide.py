"""Who is told, why, and why not."""

import pytest

from schemas.events import NoticeReason, SignatureChanged, SignatureRaised
from services.alerts.core.decide import (
    LOWERED,
    REPEAT_PAUSE,
    STANDS_AS_TOLD,
    Quiet,
    next_moment,
)
from services.benchmark.core.pushing import PushReason

BOTH = ["director-383", "group-1"]
STANDS = {"push": False, "push_reason": STANDS_AS_TOLD}


def reasons(notices):
    return [(notice.audience, notice.reason) for notice in notices]


def grounds(kind, **fields):
    return kind(
        alert="alert-1", authority="383", collection="riia-quarterly", signature="R06", sign="risk",
        severity=fields.pop("severity", "concern"), period=fields.pop("period", "2026-27-Q1"),
        since="2026-27-Q1", push=fields.pop("push", True),
        push_reason=fields.pop("push_reason", "concern"), rule_version="2026.1",
        question="Why?", conditions=(), **fields,
    )  # fmt: skip


def test_the_first_push_is_told_to_the_regional_group_and_to_the_authority(story):
    assert reasons(story.raised()) == [(audience, NoticeReason.FIRST) for audience in BOTH]


def test_a_notice_says_what_it_is_about_and_by_which_channels_it_goes(story):
    director, group = story.raised(period="2026-27-Q2", since="2026-27-Q1")

    assert (director.channels, group.channels) == (("email",), ("email", "webhook"))
    assert group.because == story.events[-1].id
    assert group.at == story.events[-1].time
    assert (group.period, group.severity, group.authority) == ("2026-27-Q2", "concern", "383")


def test_an_authority_that_an_audience_does_not_cover_is_not_its_business(story):
    assert reasons(story.raised(authority="380")) == [("group-1", NoticeReason.FIRST)]
    assert reasons(story.raised(alert="alert-2", authority="330")) == []


def test_what_is_not_to_be_pushed_is_told_to_nobody_and_says_why(story):
    decisions = story.weigh(grounds(SignatureRaised, push=False, push_reason="watch"))

    assert [(d.reason, d.audience, d.detail) for d in decisions] == [
        (Quiet.NOT_PUSHED, None, "watch")
    ]


def test_the_first_push_may_come_after_quarters_on_watch(story):
    story.raised(push=False, severity="watch")

    assert reasons(story.changed(period="2026-27-Q2")) == [(a, NoticeReason.FIRST) for a in BOTH]


def test_a_second_evaluation_of_the_same_quarter_is_not_told_again(story):
    story.raised()

    assert [d.reason for d in story.weigh(grounds(SignatureChanged))] == [Quiet.ALREADY_TOLD] * 2


def test_a_more_serious_alert_is_told_at_once(story):
    story.raised()

    assert reasons(story.changed(severity="escalate")) == [
        (audience, NoticeReason.WORSENED) for audience in BOTH
    ]


def test_what_still_stands_as_told_is_no_first_notice_and_no_worsening(story):
    story.raised()

    assert story.changed(severity="escalate", push=False, push_reason="already_told") == []
    assert story.raised(alert="alert-2", push=False, push_reason="already_told") == []


def test_a_correction_that_lowers_what_was_told_is_told(story):
    story.raised(severity="escalate")

    told = story.changed(severity="watch", push_reason=LOWERED)
    again = story.changed(severity="watch", push_reason=LOWERED)

    assert reasons(told) == [(audience, NoticeReason.LOWERED) for audience in BOTH]
    assert again == []


def test_a_lowering_says_nothing_to_those_who_were_never_told(story):
    assert story.raised(severity="watch", push_reason=LOWERED) == []


def test_what_was_lowered_is_told_when_it_grows_again_and_is_no_reminder(story):
    story.raised()
    story.changed(severity="watch", push_reason=LOWERED)
    story.day = "2026-10-25"

    reminded = story.time_passed("2026-10-25T00:00:00+00:00")
    told = story.changed(period="2026-27-Q2")

    assert reminded == []
    assert {notice.reason for notice in told} == {NoticeReason.WORSENED}


def test_the_reasons_of_benchmark_that_count_here_are_words_of_benchmark():
    assert {LOWERED, STANDS_AS_TOLD} <= set(PushReason)


def test_an_alert_still_open_in_the_next_quarter_is_told_once(story):
    story.raised()
    story.day = "2026-10-25"

    told = story.changed(period="2026-27-Q2", **STANDS)
    again = story.changed(period="2026-27-Q2", **STANDS)

    assert reasons(told) == [(audience, NoticeReason.STILL_OPEN) for audience in BOTH]
    assert again == []


def test_a_new_quarter_soon_after_the_last_notice_waits_until_the_pause_is_over(story):
    story.raised()
    story.day = "2026-08-25"

    early = story.changed(period="2026-27-Q2", **STANDS)
    moment = next_moment(story.state)
    reminded = story.time_passed(moment.isoformat())

    assert early == []
    assert (moment.date().isoformat(), REPEAT_PAUSE.days) == ("2026-09-18", 60)
    assert reasons(reminded) == [(audience, NoticeReason.STILL_OPEN) for audience in BOTH]
    assert {notice.because for notice in reminded} == {story.events[-2].id}
    assert story.time_passed("2026-12-30T00:00:00+00:00") == []
    assert next_moment(story.state) is None


def test_time_alone_tells_nothing_of_a_quarter_that_was_told(story):
    story.raised()

    assert next_moment(story.state) is None
    assert story.time_passed("2027-07-20T00:00:00+00:00") == []


def test_an_acknowledgement_stops_the_reminders(story):
    story.raised()
    story.acknowledged()
    story.day = "2026-10-25"

    decisions = story.weigh(grounds(SignatureChanged, period="2026-27-Q2"))

    assert [d.reason for d in decisions] == [Quiet.ACKNOWLEDGED] * 2
    assert next_moment(story.state) is None


def test_an_acknowledgement_does_not_stop_what_is_worse(story):
    story.raised()
    story.acknowledged()

    assert reasons(story.changed(severity="escalate"))[0][1] is NoticeReason.WORSENED


def test_who_has_seen_a_concern_has_not_seen_what_became_of_it(story):
    story.raised()
    story.acknowledged()
    story.changed(severity="escalate")
    story.day = "2026-10-25"

    told = story.changed(severity="escalate", period="2026-27-Q2")

    assert {notice.reason for notice in told} == {NoticeReason.STILL_OPEN}


def test_the_end_is_told_to_whoever_was_told_of_the_beginning(story):
    story.raised()

    assert reasons(story.cleared()) == [(audience, NoticeReason.RESOLVED) for audience in BOTH]
    assert story.cleared() == []


def test_an_alert_that_was_never_told_ends_unheard(story):
    story.raised(push=False, severity="watch")

    assert story.cleared() == []
    assert story.withdrawn() == []


@pytest.mark.parametrize("push", [True, False])
def test_a_withdrawal_goes_to_whoever_was_told_whatever_else_holds(story, push):
    story.raised()
    story.acknowledged()
    story.changed(push=False, severity="watch")

    told = story.withdrawn(push=push)

    assert reasons(told) == [(audience, NoticeReason.WITHDRAWN) for audience in BOTH]


def test_a_withdrawal_reaches_an_audience_that_no_longer_covers_the_authority(story):
    story.raised()
    group = story.state.audiences["group-1"]
    story.audiences(group.model_copy(update={"authorities": ("380",)}))

    assert [notice.audience for notice in story.withdrawn()] == BOTH


def test_an_audience_without_a_channel_is_told_of_nothing(story):
    group = story.state.audiences["group-1"]
    story.audiences(group.model_copy(update={"channels": ()}))

    decisions = story.weigh(grounds(SignatureRaised))

    assert [d.reason for d in decisions] == [NoticeReason.FIRST, Quiet.NO_CHANNEL]


def test_an_alert_that_comes_back_after_a_withdrawal_is_told_anew(story):
    first = story.raised()
    story.withdrawn()
    again = story.raised()

    assert reasons(again) == [(audience, NoticeReason.FIRST) for audience in BOTH]
    assert not {n.notice for n in first} & {n.notice for n in again}


def test_an_audience_set_later_hears_at_the_next_push(story):
    story.raised()
    newcomer = story.state.audiences["group-1"].model_copy(update={"audience": "group-9"})

    assert story.tell(newcomer) == []
    assert reasons(story.changed()) == [("group-9", NoticeReason.FIRST)]


def test_a_quarter_that_no_longer_holds_is_no_reminder(story):
    story.raised()
    story.day = "2026-08-25"
    story.changed(period="2026-27-Q2", push=False, push_reason="already_told")
    story.changed(period="2026-27-Q1", push=False, push_reason="not_the_newest_period")

    assert next_moment(story.state) is None
    assert story.time_passed("2026-10-25T00:00:00+00:00") == []


def test_an_answer_is_told_to_the_regional_group_and_not_to_who_gave_it(story):
    story.raised()

    assert reasons(story.answered()) == [("group-1", NoticeReason.ANSWERED)]


def test_every_answer_is_told(story):
    story.raised()

    assert story.answered()[0].notice != story.answered()[0].notice


def test_an_answer_to_what_nobody_was_told_of_is_told_to_nobody(story):
    story.raised(push=False)

    assert story.answered() == []
    assert story.answered("alert-unknown") == []


def test_an_answer_is_not_an_acknowledgement(story):
    story.raised()
    story.answered()
    story.day = "2026-10-25"

    assert {n.reason for n in story.changed(period="2026-27-Q2")} == {NoticeReason.STILL_OPEN}


def test_nobody_covering_an_authority_is_a_decision_of_its_own(make_story):
    story = make_story()

    assert [d.reason for d in story.weigh(grounds(SignatureRaised))] == [Quiet.NO_AUDIENCE]
