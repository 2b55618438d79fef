"""The views: ``apply`` says what an event changes in the documents, and decides nothing.

It reads every topic. The caller has taken out repeats, reads through ``read`` and writes what it
gets; the same fold runs over memory or Redis.
"""

from collections.abc import Callable, Sequence
from typing import Any

from schemas.events import (
    AlertAcknowledged,
    AnswerGiven,
    AudienceSet,
    BaselineSet,
    DataSetAssessed,
    Event,
    FiguresPublished,
    MethodSet,
    NeighboursUpdated,
    NoticeFailed,
    NoticePlanned,
    NoticeSent,
    NoticeStarted,
    Payload,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    RecordParked,
    ReminderPlanned,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    ReturnWithdrawn,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    SignOffRefused,
    StandingsUpdated,
    TextSet,
)
from schemas.topics import Topic
from services.gateway.core.document import Changes, Keys, Read
from services.gateway.core.fold import alert, notice, published, standing, submission, text

Fold = Callable[[Read, Keys, Event, Any], Changes]

FOLDS: dict[type[Payload], Fold] = {
    ReturnAccepted: submission.accept,
    ReturnWithdrawn: submission.withdraw,
    QueryExplained: submission.explain,
    ReturnSignedOff: submission.sign_off,
    SignOffRefused: submission.refuse,
    ReturnUnlocked: submission.unlock,
    PeriodOpened: submission.open_period,
    PeriodClosed: submission.close_period,
    MethodSet: submission.set_method,
    FiguresPublished: published.publish,
    DataSetAssessed: published.assess,
    StandingsUpdated: standing.update_standings,
    NeighboursUpdated: standing.update_neighbours,
    BaselineSet: standing.set_baseline,
    SignatureRaised: alert.raise_signature,
    SignatureChanged: alert.change_signature,
    SignatureCleared: alert.clear_signature,
    SignatureWithdrawn: alert.withdraw_signature,
    AnswerGiven: alert.answer,
    AlertAcknowledged: alert.acknowledge,
    AudienceSet: notice.set_audience,
    NoticePlanned: notice.plan,
    ReminderPlanned: notice.remind,
    NoticeStarted: notice.start,
    NoticeSent: notice.send,
    NoticeFailed: notice.fail,
    TextSet: text.set_text,
    RecordParked: text.park,
}
"""What folds each event; one that no view shows (``time.passed``, ``returns.awaited``) has
none."""


def apply(read: Read, event: Event) -> Changes:
    """Return what the event changes, by key; the documents that were read stay as they are.

    Every event moves its topic's ``latest`` on, so a reader can tell one state of the views from
    another.
    """
    keys = Keys(event.nation)
    fold = FOLDS.get(type(event.data))
    changes = fold(read, keys, event, event.data) if fold is not None else {}
    changes |= pass_over(read, nation=event.nation, topic=event.topic, times=[event.time])
    return changes


def pass_over(read: Read, *, nation: str, topic: Topic, times: Sequence[str]) -> Changes:
    """Return how far a topic has been read behind as many events, whatever else they changed."""
    latest = Keys(nation).latest(topic)
    before = read(latest) or {"time": "", "count": 0}
    return {
        latest: {"time": max(before["time"], *times), "count": before["count"] + len(times)},
    }
