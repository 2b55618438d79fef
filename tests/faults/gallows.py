"""Where a process may lose its life: named crash points, and what stands at each of them.

The product knows nothing of this. Its collaborators are wrapped: a log whose every append passes
three points, notifiers that pass one before and one after a send, a fold that passes one between
two events of a batch. At the passage that was chosen the process ends itself by SIGKILL.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, local
from typing import Any

from schemas.codec import Record
from schemas.topics import Topic
from services.alerts.channel.notifier import Message, Notifier, Outcome
from services.runtime.log import Commit, Stored
from services.runtime.sqlite_log import SqliteLog

ANYWHERE = "anywhere"
WITHIN_SEND = "sender.within_send"
READ = "log.read"
POINTS = (
    "start.inside_transaction",
    "post.before_append",
    "post.inside_transaction",
    "post.after_commit_before_answer",
    "answer.before_append",
    "answer.inside_transaction",
    "answer.after_commit_before_answer",
    "benchmark.before_append",
    "benchmark.inside_transaction",
    "benchmark.after_commit",
    "alerts.before_append",
    "alerts.inside_transaction",
    "alerts.after_commit",
    "moment.inside_transaction",
    "sender.before_started",
    "sender.after_started_before_send",
    WITHIN_SEND,
    "sender.after_send_before_record",
    "sender.inside_record_transaction",
    "sender.after_record",
    "projector.mid_batch",
    ANYWHERE,
)
"""Every point at which a run must have been killed. ``WITHIN_SEND`` is passed at the receiver, when
a message has arrived and nobody has been answered; ``ANYWHERE`` is a moment, not a place."""

_POSTS = {"return.accepted.v1", "period.opened.v1", "period.closed.v1", "text.set.v1"}
_ANSWERS = {"answer.given.v1", "alert.acknowledged.v1"}
_OUTCOMES = {"notice.sent.v1", "notice.failed.v1"}
_STAGES = {
    "post": ("before_append", "inside_transaction", "after_commit_before_answer"),
    "answer": ("before_append", "inside_transaction", "after_commit_before_answer"),
    "started": ("sender.before_started", "sender.inside_start_transaction", None),
    "outcome": (None, "sender.inside_record_transaction", "sender.after_record"),
}
_EVERY_OTHER = ("before_append", "inside_transaction", "after_commit")


@dataclass(frozen=True, slots=True)
class Kill:
    """A point and which passage of it is the last; for ``ANYWHERE``, after how many seconds."""

    point: str
    passage: float


class Gallows:
    """Counts passages; ends the process, by signal and without a word, at the chosen one."""

    def __init__(self, kill: Kill | None) -> None:
        self.passed: Counter[str] = Counter()
        self._kill = kill
        self._lock = Lock()

    def walk_past(self, point: str) -> None:
        with self._lock:
            self.passed[point] += 1
            if self._kill == Kill(point, self.passed[point]):
                os.kill(os.getpid(), signal.SIGKILL)


class DyingLog(SqliteLog):
    """The product's own log. SQLite itself reports the moment between inserts and commit."""

    def __init__(self, path: Path, gallows: Gallows) -> None:
        super().__init__(path)
        self._gallows = gallows
        self._here = local()
        self._connection.set_trace_callback(self._trace)

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        self._gallows.walk_past(READ)
        return super().read(topic, after=after, limit=limit)

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        before, self._here.inside, after = _points(records, commit)
        if before:
            self._gallows.walk_past(before)
        offsets = super().append(records, commit=commit)
        if after:
            self._gallows.walk_past(after)
        return offsets

    def _trace(self, statement: str) -> None:
        point = getattr(self._here, "inside", None)
        if statement == "COMMIT" and point:
            self._gallows.walk_past(point)


class DyingNotifier:
    """A channel with a point before and a point after each send."""

    def __init__(self, notifier: Notifier, gallows: Gallows) -> None:
        self._notifier = notifier
        self._gallows = gallows

    @property
    def recognises_repeats(self) -> bool:
        return self._notifier.recognises_repeats

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        self._gallows.walk_past("sender.after_started_before_send")
        outcome = self._notifier.send(message, reached=reached)
        self._gallows.walk_past("sender.after_send_before_record")
        return outcome


def dying_apply(apply: Callable[..., Any], gallows: Gallows) -> Callable[..., Any]:
    """Return the gateway's fold with a point before each event."""

    def applied(*arguments: Any) -> Any:
        gallows.walk_past("projector.mid_batch")
        return apply(*arguments)

    return applied


def _points(records: Sequence[Record], commit: Commit | None) -> tuple[str | None, ...]:
    who = commit.consumer if commit else _writer({r.headers["ce_type"] for r in records})
    stages = _STAGES.get(who, _EVERY_OTHER)
    return tuple(stage if stage is None or "." in stage else f"{who}.{stage}" for stage in stages)


def _writer(types: set[str]) -> str:
    if types & _ANSWERS:
        return "answer"
    if types & _POSTS:
        return "post"
    if types & _OUTCOMES:
        return "outcome"
    if "notice.started.v1" in types:
        return "started"
    if "time.passed.v1" in types:
        return "moment"
    return "start"
