"""Notices on their way: each try has its record, and a crash loses and doubles nothing."""

from datetime import datetime, timedelta
from itertools import count
from time import sleep

import pytest

from schemas.events import (
    NoticeFailed,
    NoticePlanned,
    NoticeReason,
    NoticeSent,
    NoticeStarted,
    SignatureWithdrawn,
    TimePassed,
)
from services.alerts.channel.memory import MemoryNotifier
from services.alerts.channel.notifier import Outcome, Result, doubt, refuse
from services.alerts.core.schedule import PAUSES
from services.alerts.sender import Sender
from services.runtime.log import LogUnavailable, LogUncertain


class Dies(BaseException):
    """The process ends here: nothing catches this."""


def subjects(notifier):
    return [call.message.subject for call in notifier.calls]


def test_what_was_planned_is_sent_once_and_recorded(make_desk, grounds):
    desk = make_desk()
    desk.tell(grounds)

    assert [desk.run(), desk.run()] == [1, 0]
    (sent,) = desk.said(NoticeSent)
    (planned,) = desk.said(NoticePlanned)
    (call,) = desk.channels["email"].calls
    assert (sent.notice, sent.channel, sent.attempt) == (planned.notice, "email", 1)
    assert call.message.notice == planned.notice
    assert call.message.subject == "Question for Leeds: Late response to harm"
    assert "https://tartan.example.org/alerts/alert-1" in call.message.text
    assert call.message.facts["reason"] == "first"
    assert desk.channels["webhook"].calls == []


def test_the_log_says_that_a_try_begins_before_it_is_made(make_desk, grounds):
    seen = []

    class Watching(MemoryNotifier):
        def send(self, message, *, reached=frozenset()):
            seen.extend(desk.said(NoticeStarted))
            return super().send(message, reached=reached)

    desk = make_desk(email=Watching())
    desk.tell(grounds)
    desk.run()

    assert [(started.channel, started.attempt) for started in seen] == [("email", 1)]


def test_a_refusal_is_tried_again_when_its_pause_is_over(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([refuse("smtp_450"), refuse("smtp_451")]))
    desk.tell(grounds)

    made = [desk.run()]
    for pause in (timedelta(seconds=4), timedelta(seconds=1), timedelta(minutes=5)):
        desk.clock.moment += pause
        made.append(desk.run())

    assert made == [1, 0, 1, 1]
    assert [failed.outcome for failed in desk.said(NoticeFailed)] == ["smtp_450", "smtp_451"]
    assert [sent.attempt for sent in desk.said(NoticeSent)] == [3]
    assert not desk.said(NoticeSent)[0].possible_repeat


def test_the_next_moment_is_that_of_the_next_try(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([refuse("smtp_450")]))
    desk.tell(grounds)
    desk.run()

    assert desk.sender.next_moment() == desk.clock() + PAUSES[0]


def test_a_channel_that_refuses_for_good_leaves_it_to_the_next_at_once(make_desk, grounds):
    desk = make_desk(
        email=MemoryNotifier([refuse("smtp_550", recoverable=False)]), webhook=MemoryNotifier()
    )
    desk.tell(grounds)
    desk.run()
    desk.run()

    assert len(desk.channels["webhook"].calls) == 1
    assert desk.said(NoticeSent)[0].channel == "webhook"


def test_after_three_days_a_channel_gives_up_and_the_next_is_tried(make_desk, grounds):
    desk = make_desk(
        email=MemoryNotifier([refuse("timed_out")] * (len(PAUSES) + 1)), webhook=MemoryNotifier()
    )
    desk.tell(grounds)
    for _ in range(len(PAUSES) + 2):
        desk.run()
        desk.clock.moment = desk.sender.next_moment() or desk.clock.moment

    assert len(desk.channels["email"].calls) == len(PAUSES) + 1
    assert desk.said(NoticeSent)[0].channel == "webhook"


def test_when_every_channel_gave_up_the_operator_is_told(make_desk, grounds):
    refusal = refuse("smtp_550", recoverable=False)
    desk = make_desk(email=MemoryNotifier([refusal]))
    desk.tell(grounds)
    desk.run()

    health = desk.sender.health()
    counted = desk.metrics.registry.get_sample_value(
        "tartan_notices_total", {"channel": "email", "outcome": "refused"}
    )
    assert (health.ok, "group-1 (1)" in health.detail) == (True, True)
    assert counted == 1
    assert desk.sender.next_moment() is None


def test_a_channel_without_an_address_is_passed_over_and_recorded(make_desk, grounds):
    desk = make_desk()
    desk.channels = {"webhook": MemoryNotifier()}
    desk.restart()
    desk.tell(grounds)
    desk.run()
    desk.run()

    assert [failed.outcome for failed in desk.said(NoticeFailed)] == ["channel_not_set_up"]
    assert len(desk.channels["webhook"].calls) == 1


def test_what_a_channel_asks_for_is_honoured(make_desk, grounds):
    desk = make_desk(webhook=MemoryNotifier([refuse("http_429", wait=timedelta(hours=1))]))
    desk.tell(grounds)
    desk.run()

    assert desk.sender.next_moment() == desk.clock() + timedelta(hours=1)


def test_after_a_silence_mail_says_that_it_may_be_a_repeat(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([doubt("no_reply")], recognises_repeats=False))
    desk.tell(grounds)
    desk.run()
    desk.clock.advance(minutes=1)
    desk.run()

    first, second = desk.channels["email"].calls
    assert first.message.notice == second.message.notice
    assert second.message.subject.startswith("This may be a repeat: ")
    assert "This may be a repeat. We could not tell" in second.message.text
    assert desk.said(NoticeSent)[0].possible_repeat


def test_after_a_silence_a_hook_gets_the_same_message_under_the_same_id(make_desk, grounds):
    desk = make_desk(webhook=MemoryNotifier([doubt("no_reply")]))
    desk.tell(grounds)
    desk.run()
    desk.clock.advance(minutes=1)
    desk.run()

    first, second = desk.channels["webhook"].calls
    assert first == second
    assert not desk.said(NoticeSent)[0].possible_repeat


def test_a_silence_is_remembered_by_the_channel_that_comes_after(make_desk, grounds):
    gone = Outcome(Result.UNKNOWN, "cut_off", recoverable=False)
    desk = make_desk(
        email=MemoryNotifier([gone], recognises_repeats=False), webhook=MemoryNotifier()
    )
    desk.tell(grounds)
    desk.run()
    desk.run()

    assert desk.channels["webhook"].calls[0].message.possible_repeat


def test_who_was_reached_is_left_out_of_the_next_try(make_desk, grounds):
    partly = Outcome(Result.REFUSED, "smtp_450", reached=frozenset({"1", "3"}))
    desk = make_desk(email=MemoryNotifier([partly]))
    desk.tell(grounds)
    desk.run()
    desk.clock.advance(minutes=1)
    desk.run()

    assert [call.reached for call in desk.channels["email"].calls] == [
        frozenset(),
        frozenset({"1", "3"}),
    ]


@pytest.mark.parametrize("recognises", [True, False])
def test_a_crash_between_the_send_and_its_record_repeats_it_under_the_same_id(
    make_desk, grounds, recognises
):
    desk = make_desk(email=MemoryNotifier(recognises_repeats=recognises))
    desk.tell(grounds)
    desk.log.fail = dies_at(NoticeSent)
    with pytest.raises(Dies):
        desk.run()

    desk.log.fail = lambda event: None
    desk.restart()
    desk.run()

    first, second = (call.message for call in desk.channels["email"].calls)
    assert first.notice == second.notice
    assert second.possible_repeat is not recognises
    assert [(s.attempt, s.possible_repeat) for s in desk.said(NoticeSent)] == [(1, not recognises)]
    assert len(desk.said(NoticeStarted)) == 1
    assert desk.run() == 0


def test_a_crash_before_the_send_is_no_repeat(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier(recognises_repeats=False))
    desk.tell(grounds)
    desk.log.fail = dies_at(NoticeStarted)
    with pytest.raises(Dies):
        desk.run()

    desk.log.fail = lambda event: None
    desk.restart()
    desk.run()

    (call,) = desk.channels["email"].calls
    assert not call.message.possible_repeat


def dies_at(kind):
    def fail(event):
        if isinstance(event.data, kind):
            raise Dies
        return

    return fail


@pytest.mark.parametrize("fault", [LogUnavailable, LogUncertain])
def test_a_record_that_could_not_be_appended_is_appended_later_and_nothing_is_sent_twice(
    make_desk, grounds, fault
):
    desk = make_desk()
    desk.tell(grounds)
    desk.log.fail = lambda e: fault("away") if isinstance(e.data, NoticeSent) else None
    with pytest.raises(fault):
        desk.run()
    with pytest.raises(fault):
        desk.run()

    desk.log.fail = lambda event: None
    desk.run()

    assert len(desk.channels["email"].calls) == 1
    assert len({sent.notice for sent in desk.said(NoticeSent)}) == 1
    assert desk.run() == 0


@pytest.mark.parametrize("at", range(1, 9))
def test_a_process_may_die_at_any_append_and_every_notice_still_goes_out(make_desk, grounds, at):
    desk = make_desk(email=MemoryNotifier([refuse("smtp_450")]), webhook=MemoryNotifier())
    appended = count(1)

    def fail(event):
        if next(appended) == at:
            raise Dies
        return

    desk.log.fail = fail
    for step in (lambda: desk.tell(grounds), desk.run, desk.run, desk.run):
        try:
            step()
        except Dies:
            desk.restart()
            if not desk.said(type(grounds)):
                desk.tell(grounds)
        desk.clock.advance(minutes=10)
    desk.run()

    messages = {call.message.notice for call in desk.channels["email"].calls}
    assert messages == {notice.notice for notice in desk.said(NoticePlanned)}
    assert {sent.notice for sent in desk.said(NoticeSent)} == messages
    assert len(messages) == 1


def test_a_fault_in_a_channel_is_a_silence_and_holds_up_nobody(make_desk, grounds):
    class Broken(MemoryNotifier):
        def send(self, message, *, reached=frozenset()):
            super().send(message, reached=reached)
            raise RuntimeError(message.subject)

    desk = make_desk(email=Broken(recognises_repeats=False))
    desk.tell(grounds)
    desk.run()

    (failed,) = desk.said(NoticeFailed)
    assert (failed.outcome, failed.unknown) == ("fault_runtimeerror", True)


def test_a_notice_that_cannot_be_worded_is_tried_again_and_holds_up_nobody(make_desk, grounds):
    desk = make_desk()
    desk.tell(grounds.model_copy(update={"alert": "alert-2", "rule_version": "1999.1"}))
    desk.tell(grounds)
    desk.run()

    (failed,) = desk.said(NoticeFailed)
    assert (failed.outcome, failed.unknown) == ("not_worded_unknowncode", False)
    assert failed.again_at is not None
    assert len(desk.channels["email"].calls) == 1


def test_a_withdrawal_comes_after_what_it_withdraws_even_if_that_is_late(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([refuse("smtp_450")]))
    desk.tell(grounds)
    desk.run()
    desk.tell(
        SignatureWithdrawn.model_validate(
            {**grounds.model_dump(), "reason": "the_authority_corrected_its_figures"}
        )
    )
    held_up = desk.run()
    desk.clock.advance(minutes=1)
    desk.run()
    desk.run()

    assert held_up == 0
    assert subjects(desk.channels["email"])[1:] == [
        "Question for Leeds: Late response to harm",
        "Withdrawn: question for Leeds: Late response to harm",
    ]
    late, withdrawal = (call.message.text for call in desk.channels["email"].calls[1:])
    assert "the question has been withdrawn. A message of its own says why" in " ".join(
        late.split()
    )
    assert "corrected its figures" in withdrawal


def test_a_moment_that_has_come_is_said_once_and_brings_the_reminder(make_desk, grounds):
    desk = make_desk()
    desk.tell(grounds)
    desk.run()
    desk.clock.advance(days=20)
    later = {"period": "2026-27-Q3", "push": False, "push_reason": "already_told"}
    desk.tell(grounds.model_copy(update=later))
    desk.run()
    desk.clock.advance(days=39)
    early = desk.run(), len(desk.said(TimePassed))
    desk.clock.advance(days=1)
    for _ in range(3):
        desk.run()

    assert early == (0, 0)
    assert [passed.moment for passed in desk.said(TimePassed)] == ["2026-12-04T09:30:00.000Z"]
    assert [n.reason for n in desk.said(NoticePlanned)] == [
        NoticeReason.FIRST,
        NoticeReason.STILL_OPEN,
    ]
    assert len(desk.channels["email"].calls) == 2


def test_the_thread_sends_what_the_log_brings_and_stops_when_told(make_desk, grounds):
    desk = make_desk()
    desk.log.listen(desk.sender.wake)
    desk.sender.start()
    desk.tell(grounds)
    desk.decide()
    for _ in range(500):
        if desk.said(NoticeSent):
            break
        desk.sender.wake()
        sleep(0.01)

    running = desk.sender.health().ok
    desk.sender.stop()

    assert running
    assert len(desk.said(NoticeSent)) == 1
    assert not desk.sender.health().ok


def test_nothing_that_is_logged_tells_an_address_a_figure_or_a_name(make_desk, grounds, caplog):
    class Broken(MemoryNotifier):
        def send(self, message, *, reached=frozenset()):
            raise RuntimeError("to first@example.org: 25.9%")

    desk = make_desk(email=Broken(), webhook=MemoryNotifier([refuse("x", recoverable=False)]))
    desk.tell(grounds)
    for _ in range(12):
        desk.run()
        desk.clock.advance(days=1)

    assert caplog.records
    told = " ".join(
        f"{vars(r)['msg']} {r.args} {r.__dict__.get('channel')}" for r in caplog.records
    )
    assert "Leeds" not in told
    assert "@" not in told
    assert "25.9" not in told


def test_freshness_is_from_what_a_notice_speaks_of_until_it_is_recorded_as_sent(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([refuse("timed_out")]))
    value = desk.metrics.registry.get_sample_value
    desk.tell(grounds)
    desk.run()
    waiting = value("tartan_notices_waiting")
    desk.clock.moment = desk.sender.next_moment()
    waited = (desk.clock.moment - datetime.fromisoformat(desk.said(NoticePlanned)[0].at)).seconds
    desk.run()

    assert waited > 0
    assert (waiting, value("tartan_notices_waiting")) == (1, 0)
    assert value("tartan_freshness_seconds_count", {"to": "notice"}) == 1
    assert value("tartan_freshness_seconds_sum", {"to": "notice"}) == waited


def test_who_does_not_act_claims_no_notice_that_waits(make_desk, grounds):
    desk = make_desk(email=MemoryNotifier([refuse("smtp_550", recoverable=False)]))
    desk.tell(grounds)
    desk.run()
    given_up = desk.metrics.registry.get_sample_value("tartan_notices_given_up")
    standby = Sender(
        desk.office, {}, base_url="", now=desk.clock, metrics=desk.metrics, may_act=lambda: False
    )
    standby.run_once()

    assert given_up == 1
    assert desk.metrics.registry.get_sample_value("tartan_notices_given_up") == 0
