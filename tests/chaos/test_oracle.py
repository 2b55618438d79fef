"""Every check of the oracle can fail: a sound ledger passes, and each falsified one does not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schemas.events import (
    AnswerGiven,
    Event,
    NoticeFailed,
    NoticePlanned,
    NoticeSent,
    NoticeStarted,
    Payload,
    ReturnAccepted,
    ReturnWithdrawn,
    SignatureRaised,
    StandingsUpdated,
)
from schemas.reference import DEMONSTRATION
from schemas.topics import Producer
from tests.chaos.client import Slot, Word
from tests.chaos.oracle import CHECKS, Evidence, find_faults, repeats
from tests.faults.history import COLLECTION, FIRST

SLOT = Slot("D01", FIRST)
ABOUT = {"authority": "D01", "collection": COLLECTION, "period": FIRST}
OF_A_TRY = {"notice": "notice-1", "alert": "alert-1", "audience": "group", "channel": "webhook"}


def event(payload: Payload, id: str) -> Event:
    return Event(id, DEMONSTRATION, Producer.INGEST, "2026-07-10T09:00:00.000Z", payload)


def accepted(return_id: str, *, sha256: str) -> Event:
    given = {"size": 1, "media_type": "json", "channel": "api", "rules": "1", "observations": ()}
    return event(ReturnAccepted(**ABOUT, **given, return_id=return_id, sha256=sha256), return_id)


def assessed(return_id: str) -> Event:
    made_from = {"catalogue": "1", "neighbours": "2025", "rules": "1", "engine": 1}
    said = StandingsUpdated(
        **ABOUT, **made_from, return_id=return_id, provisional=True, standings=()
    )
    return event(said, f"standings of {return_id}")


def planned(notice: str, *, audience: str, channel: str) -> Event:
    plan = NoticePlanned(
        notice=notice, alert="alert-1", authority="D01", audience=audience, reason="first",
        severity="concern", period=FIRST, because="raised", at="2026-07-10T09:00:00.000Z",
        channels=(channel,),
    )  # fmt: skip
    return event(plan, notice)


def hook(**changes: str) -> tuple[str, dict]:
    facts = {
        "notice": "notice-1", "alert": "alert-1", "audience": "group", "authority": "D01",
        "period": FIRST, "reason": "first", "severity": "concern", "signature": "RED:FD04",
    }  # fmt: skip
    return "notice-1", {"data": facts | changes}


def standing(**changes: object) -> dict:
    made_from = {"return_id": "return-2"}
    shown = {"indicator": "FD04", "value": 24.5, "numerator": 200, "state": "reported"}
    return {**shown, "made_from": made_from, **changes}


def sound() -> Evidence:
    raised = SignatureRaised(
        **ABOUT, alert="alert-1", signature="RED:FD04", sign="risk", severity="concern",
        since=FIRST, push=True, push_reason="concern", rule_version="1", question="Why?",
        conditions=(),
    )  # fmt: skip
    answer = AnswerGiven(answer="answer-1", alert="alert-1", authority="D01", actor="a", text="t")
    return Evidence(
        words={SLOT: [Word("return-1", "aa", 100), Word("return-2", "bb", 200)]},
        bodies={"aa", "bb"},
        answers={"answer-1"},
        surprises=[],
        returns=[
            accepted("return-1", sha256="aa"),
            accepted("return-1", sha256="aa"),
            accepted("return-2", sha256="bb"),
        ],
        results=[assessed("return-1"), assessed("return-2")],
        alerts=[
            event(raised, "raised"),
            planned("notice-1", audience="group", channel="webhook"),
            planned("notice-2", audience="director-d01", channel="outbox"),
            event(answer, "answer-1"),
            event(NoticeStarted(**OF_A_TRY, attempt=1), "started"),
            event(NoticeSent(**OF_A_TRY, attempt=1), "sent"),
        ],
        standings={SLOT: [standing()]},
        rug={FIRST: ["D01"]},
        hooks=[hook(), hook()],
        letters=["notice-2"],
        verified=(0, "the same"),
        views={"a": {"value": 1}},
        folded={"a": {"value": 1}},
    )


def test_a_sound_ledger_has_no_fault_and_its_repeats_are_counted():
    assert find_faults(sound()) == []
    assert repeats(sound()) == 1


Falsify = Callable[[Evidence], object]


def without(events: list[Event], id: str) -> list[Event]:
    return [each for each in events if each.id != id]


FALSIFIED: list[tuple[str, Falsify]] = [
    (
        "nobody_was_answered_as_nobody_may_be",
        lambda e: e.surprises.append("POST /v1/returns was answered (500, {})"),
    ),
    (
        "every_accepted_return_is_in_the_log_once_in_its_order",
        lambda e: e.returns.__setitem__(slice(None), without(e.returns, "return-2")),
    ),
    (
        "every_accepted_return_is_in_the_log_once_in_its_order",
        lambda e: e.returns.append(accepted("return-3", sha256="aa")),
    ),
    (
        "every_accepted_return_is_in_the_log_once_in_its_order",
        lambda e: e.returns.append(event(ReturnWithdrawn(**ABOUT, return_id="return-2"), "w")),
    ),
    (
        "nothing_is_in_the_log_that_nobody_sent",
        lambda e: e.returns.append(accepted("return-3", sha256="cc")),
    ),
    (
        "what_is_logged_is_what_was_sent",
        lambda e: e.words[SLOT].__setitem__(0, Word("return-1", "cc", 100)),
    ),
    (
        "a_repeat_says_the_same",
        lambda e: e.returns.__setitem__(1, accepted("return-1", sha256="bb")),
    ),
    ("every_accepted_return_has_its_standings", lambda e: e.results.pop()),
    (
        "what_stands_is_shown_and_nothing_else",
        lambda e: e.standings.__setitem__(SLOT, [standing(made_from={"return_id": "return-1"})]),
    ),
    (
        "what_stands_is_shown_and_nothing_else",
        lambda e: e.standings.__setitem__(SLOT, [standing(numerator=100)]),
    ),
    ("what_stands_is_shown_and_nothing_else", lambda e: e.standings.__setitem__(SLOT, [])),
    (
        "what_stands_is_shown_and_nothing_else",
        lambda e: e.words[SLOT].append(Word("return-2", "bb", 200, withdrawn=True)),
    ),
    ("every_authority_is_on_the_rug_once", lambda e: e.rug[FIRST].clear()),
    ("every_authority_is_on_the_rug_once", lambda e: e.rug[FIRST].append("D01")),
    ("every_answer_is_in_the_log_once", lambda e: e.answers.add("answer-2")),
    ("every_answer_is_in_the_log_once", lambda e: e.answers.clear()),
    (
        "whatever_is_pushed_is_planned_for_everyone",
        lambda e: e.alerts.__setitem__(slice(None), without(e.alerts, "notice-2")),
    ),
    (
        "no_notice_is_lost",
        lambda e: (e.alerts.__setitem__(slice(-2, None), []), e.hooks.clear()),
    ),
    ("no_notice_is_lost", lambda e: e.hooks.clear()),
    ("no_notice_is_lost", lambda e: e.letters.clear()),
    (
        "no_notice_is_lost",
        lambda e: e.alerts.__setitem__(
            -1, event(NoticeFailed(**OF_A_TRY, attempt=1, outcome="http_410"), "failed")
        ),
    ),
    (
        "no_notice_is_told_under_two_ids",
        lambda e: e.alerts.append(planned("notice-3", audience="group", channel="webhook")),
    ),
    ("no_notice_is_told_under_two_ids", lambda e: e.hooks.append(("notice-9", hook()[1]))),
    ("no_notice_is_told_under_two_ids", lambda e: e.hooks.append(hook(notice="notice-2"))),
    ("no_notice_is_told_under_two_ids", lambda e: e.letters.append("notice-2")),
    ("no_notice_is_told_under_two_ids", lambda e: e.letters.append("notice-9")),
    ("a_notice_that_comes_again_says_the_same", lambda e: e.hooks.append(hook(text="other"))),
    ("a_notice_that_comes_again_says_the_same", lambda e: e.hooks.append(hook(severity="watch"))),
    ("both_cores_say_the_same_again", lambda e: setattr(e, "verified", (1, "event 3 differs"))),
    ("the_views_are_those_of_the_log", lambda e: e.views.clear()),
    ("the_views_are_those_of_the_log", lambda e: e.views.update(b={})),
    ("the_views_are_those_of_the_log", lambda e: e.views.update(a={"value": 2})),
]


@pytest.mark.parametrize(("check", "falsify"), FALSIFIED)
def test_what_is_falsified_is_found(check, falsify):
    evidence = replace(sound())
    falsify(evidence)

    assert check in {fault.partition(":")[0] for fault in find_faults(evidence)}


def test_every_check_has_been_seen_to_fail():
    assert {check.__name__ for check in CHECKS} == {check for check, _ in FALSIFIED}
