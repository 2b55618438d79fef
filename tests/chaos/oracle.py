"""The oracle: what must be so after a storm, whatever was killed. It knows nothing of processes.

``Evidence`` is what clients were told, what the log and the views hold and what the far side
received; ``find_faults`` names everything that does not fit.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.events import (
    AnswerGiven,
    Event,
    NoticeFailed,
    NoticePlanned,
    NoticeSent,
    ReturnAccepted,
    ReturnWithdrawn,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    StandingsUpdated,
)
from services.alerts.core.delivery import Ledger, follow
from services.runtime.fence import Fence
from tests.chaos.client import Slot, Word

_MARKED = "FD04"


@dataclass
class Evidence:
    """``returns``, ``results`` and ``alerts`` are the raw topics ``returns.v1``, ``standings.v1``
    and ``alerts.v1`` in their order, repeats included.

    ``standings`` is what the API shows of each slot, ``rug`` the authorities of each period's rug,
    ``hooks`` the id and the body of whatever reached the receiver, ``letters`` the notices in the
    outbox, ``views`` the documents of the store and ``folded`` those made from the log anew.
    """

    words: dict[Slot, list[Word]]
    bodies: set[str]
    answers: set[str]
    surprises: list[str]
    returns: list[Event]
    results: list[Event]
    alerts: list[Event]
    standings: dict[Slot, Sequence[Mapping[str, Any]]]
    rug: dict[str, list[str]]
    hooks: list[tuple[str, dict[str, Any]]]
    letters: list[str]
    verified: tuple[int, str]
    views: dict[str, Any]
    folded: dict[str, Any]
    group: str = "group"
    _once: dict[str, list[Event]] = field(default_factory=dict)

    def raw(self) -> dict[str, list[Event]]:
        """Return every topic with its repeats."""
        return {"returns": self.returns, "results": self.results, "alerts": self.alerts}

    def once(self, topic: str) -> list[Event]:
        """Return a topic's events as its readers see them: repeats dropped by the fence."""
        if topic not in self._once:
            fence = Fence()
            self._once[topic] = [e for e in self.raw()[topic] if fence.admit(e) is not None]
        return self._once[topic]

    def planned(self) -> list[NoticePlanned]:
        """Return every notice that was planned."""
        return [e.data for e in self.once("alerts") if isinstance(e.data, NoticePlanned)]

    def ledger(self) -> Ledger:
        """Return how far each notice has got, by the log."""
        ledger = Ledger()
        for event in self.once("alerts"):
            follow(ledger, event.data)
        return ledger


def find_faults(evidence: Evidence) -> list[str]:
    """Return everything that must not be, in words."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(evidence)]


def repeats(evidence: Evidence) -> int:
    """Return how many raw records the fence drops."""
    return sum(len(raw) - len(evidence.once(topic)) for topic, raw in evidence.raw().items())


def nobody_was_answered_as_nobody_may_be(evidence: Evidence) -> Iterator[str]:
    yield from evidence.surprises


def every_accepted_return_is_in_the_log_once_in_its_order(evidence: Evidence) -> Iterator[str]:
    logged: dict[Slot, list[tuple[str, bool]]] = {}
    for event in evidence.once("returns"):
        match event.data:
            case ReturnAccepted() as said:
                place = logged.setdefault(Slot(said.authority, said.period), [])
                place.append((said.return_id, False))
            case ReturnWithdrawn() as said:
                place = logged.setdefault(Slot(said.authority, said.period), [])
                place.append((said.return_id, True))
    for slot in sorted({*logged, *evidence.words}):
        told = [(word.return_id, word.withdrawn) for word in evidence.words.get(slot, [])]
        if logged.get(slot, []) != told:
            yield f"{slot}: told {told}, logged {logged.get(slot, [])}"


def nothing_is_in_the_log_that_nobody_sent(evidence: Evidence) -> Iterator[str]:
    for event in evidence.returns:
        if isinstance(event.data, ReturnAccepted) and event.data.sha256 not in evidence.bodies:
            yield f"nobody sent the bytes of {event.data.return_id}"


def what_is_logged_is_what_was_sent(evidence: Evidence) -> Iterator[str]:
    sent = {word.return_id: word for words in evidence.words.values() for word in words}
    for event in evidence.once("returns"):
        if isinstance(event.data, ReturnAccepted):
            word = sent.get(event.data.return_id)
            if word is not None and word.sha256 != event.data.sha256:
                yield f"{word.return_id} is logged with other bytes than its receipt was given for"


def a_repeat_says_the_same(evidence: Evidence) -> Iterator[str]:
    for topic, raw in evidence.raw().items():
        first: dict[str, Event] = {}
        for event in raw:
            known = first.setdefault(event.id, event)
            # One try that was made twice may have ended in two ways: the first counts.
            if isinstance(event.data, NoticeSent | NoticeFailed):
                continue
            if (known.data, known.cause) != (event.data, event.cause):
                yield f"two events on {topic} bear the id {event.id}"


def every_accepted_return_has_its_standings(evidence: Evidence) -> Iterator[str]:
    said = Counter(
        event.data.return_id
        for event in evidence.once("results")
        if isinstance(event.data, StandingsUpdated)
    )
    for words in evidence.words.values():
        for word in words:
            if not said[word.return_id]:
                yield f"nothing was said of {word.return_id}"


def what_stands_is_shown_and_nothing_else(evidence: Evidence) -> Iterator[str]:
    for slot, words in evidence.words.items():
        shown = [item for item in evidence.standings[slot] if item["value"] is not None]
        last = words[-1]
        if last.withdrawn:
            own = [item for item in shown if item["state"] in {"reported", "late"}]
            if own:
                yield f"{slot} shows {len(own)} figures of a return that was withdrawn"
            continue
        if {item["made_from"]["return_id"] for item in shown} != {last.return_id}:
            yield f"{slot} is not shown from {last.return_id} alone"
        families = [item["numerator"] for item in shown if item["indicator"] == _MARKED]
        if families != [last.families]:
            yield f"{slot} shows {families} where {last.families} was sent"


def every_authority_is_on_the_rug_once(evidence: Evidence) -> Iterator[str]:
    for slot, words in evidence.words.items():
        times = evidence.rug[slot.period].count(slot.authority)
        if times != 1 and not words[-1].withdrawn:
            yield f"{slot} stands {times} times on the rug"


def every_answer_is_in_the_log_once(evidence: Evidence) -> Iterator[str]:
    said = Counter(
        e.data.answer for e in evidence.once("alerts") if isinstance(e.data, AnswerGiven)
    )
    for answer in sorted({*said, *evidence.answers}):
        if answer not in evidence.answers:
            yield f"nobody gave the answer {answer}"
        elif said[answer] != 1:
            yield f"the answer {answer} is in the log {said[answer]} times"


def whatever_is_pushed_is_planned_for_everyone(evidence: Evidence) -> Iterator[str]:
    told = {(plan.because, plan.audience) for plan in evidence.planned()}
    for event in evidence.once("alerts"):
        if isinstance(event.data, SignatureRaised) and event.data.push:
            director = f"director-{event.data.authority.lower()}"
            for audience in (evidence.group, director):
                if (event.id, audience) not in told:
                    yield f"{event.data.subject()} was pushed and {audience} is not told"


def no_notice_is_lost(evidence: Evidence) -> Iterator[str]:
    ledger, arrived = evidence.ledger(), {notice for notice, _ in evidence.hooks}
    arrived |= set(evidence.letters)
    behind: set[tuple[str, str]] = set()
    for notice, pending in ledger.waiting.items():
        key = (pending.planned.alert, pending.planned.audience)
        # A later notice of the same alert waits for the one before it.
        if key not in behind and pending.at is None and notice not in arrived:
            yield f"{notice} was planned, and nothing became of it"
        behind.add(key)
    for audience, given_up in sorted(ledger.given_up.items()):
        yield f"{audience}: given up {given_up}"
    for event in evidence.once("alerts"):
        if isinstance(event.data, NoticeSent) and event.data.notice not in arrived:
            yield f"{event.data.notice} is recorded as sent and arrived nowhere"


def no_notice_is_told_under_two_ids(evidence: Evidence) -> Iterator[str]:
    plans = Counter(
        (p.alert, p.audience, p.reason, p.because, p.period) for p in evidence.planned()
    )
    yield from (f"planned {times} times: {what}" for what, times in plans.items() if times > 1)
    known = {plan.notice: plan for plan in evidence.planned()}
    for notice, body in evidence.hooks:
        if notice not in known or known[notice].audience != evidence.group:
            yield f"the receiver was told {notice}, which nobody planned for it"
        elif body["data"]["notice"] != notice:
            yield f"{notice} carries another notice's words"
    letters = Counter(evidence.letters)
    for notice, times in sorted(letters.items()):
        if notice not in known:
            yield f"the outbox holds {notice}, which nobody planned"
        elif times > 1:
            yield f"the outbox holds {notice} {times} times"


def a_notice_that_comes_again_says_the_same(evidence: Evidence) -> Iterator[str]:
    """But for the word that its alert has ended since, which a later try has to say."""
    ends = Counter(
        event.data.alert
        for event in evidence.once("alerts")
        if isinstance(event.data, SignatureCleared | SignatureWithdrawn)
    )
    bodies: dict[str, list[dict[str, Any]]] = {}
    for notice, body in evidence.hooks:
        said = bodies.setdefault(notice, [])
        if body not in said:
            said.append(body)
    for notice, said in bodies.items():
        alert = said[0]["data"]["alert"]
        # Every end may bring one other wording, and every new beginning the first one back.
        if len(said) > 1 and not ends[alert]:
            yield f"{notice} came with {len(said)} bodies and its alert has not ended"
        facts = {tuple(body["data"][name] for name in _FACTS) for body in said}
        if len(facts) > 1:
            yield f"{notice} came with different facts"


_FACTS = ("alert", "audience", "authority", "period", "reason", "severity", "signature")


def both_cores_say_the_same_again(evidence: Evidence) -> Iterator[str]:
    code, said = evidence.verified
    if code != 0:
        yield f"tartan verify ended with {code}: {said}"


def the_views_are_those_of_the_log(evidence: Evidence) -> Iterator[str]:
    for key in sorted({*evidence.views, *evidence.folded}):
        if evidence.views.get(key) != evidence.folded.get(key):
            yield f"the document {key} is not the one that the log gives"


CHECKS: tuple[Callable[[Evidence], Iterator[str]], ...] = (
    nobody_was_answered_as_nobody_may_be,
    every_accepted_return_is_in_the_log_once_in_its_order,
    nothing_is_in_the_log_that_nobody_sent,
    what_is_logged_is_what_was_sent,
    a_repeat_says_the_same,
    every_accepted_return_has_its_standings,
    what_stands_is_shown_and_nothing_else,
    every_authority_is_on_the_rug_once,
    every_answer_is_in_the_log_once,
    whatever_is_pushed_is_planned_for_everyone,
    no_notice_is_lost,
    no_notice_is_told_under_two_ids,
    a_notice_that_comes_again_says_the_same,
    both_cores_say_the_same_again,
    the_views_are_those_of_the_log,
)
