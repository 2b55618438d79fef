"""Sends what was planned: a try and its record, again until a channel takes it or all give up.

Before each try the log says that it begins, after it how it ended. A process that dies in between
leaves a beginning without an end: the try is made again under the same notice id, and says that it
may be a repeat where the far side cannot know.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Event as Signal
from threading import Thread
from typing import TypedDict

from schemas.events import Event, NoticeFailed, NoticeSent, NoticeStarted
from services.alerts.channel.notifier import Notifier, Outcome, Result, refuse
from services.alerts.composition import compose
from services.alerts.connection import Connections
from services.alerts.core.decide import next_moment
from services.alerts.core.delivery import Try, find_due, next_try
from services.alerts.core.schedule import plan_again
from services.alerts.office import Office
from services.runtime.clock import Clock, moment, rfc3339
from services.runtime.log import LogError
from services.runtime.metric import NOTICE, Metrics
from services.runtime.operation import Health

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 1.0


class Sender:
    """Delivers notices of one nation. ``run_once`` does what is due; ``start`` keeps doing so."""

    def __init__(
        self,
        office: Office,
        connections: Connections,
        *,
        base_url: str,
        now: Clock,
        metrics: Metrics,
        may_act: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make nothing yet. Where several replicas could send, ``may_act`` says which one does."""
        self._office = office
        self._connections = connections
        self._base_url = base_url
        self._now = now
        self._metrics = metrics
        self._may_act = may_act
        self._unrecorded: list[Event] = []
        self._fault = ""
        self._given_up: Mapping[str, int] = {}
        self._stop = Signal()
        self._wake = Signal()
        self._thread = Thread(target=self._run, name="sender", daemon=True)
        metrics.show(metrics.notices_waiting, metrics.notices_given_up)
        metrics.freshness.labels(NOTICE)
        for channel in {channel for _, channel in connections}:
            for result in Result:
                metrics.notices.labels(channel, result)

    def run_once(self) -> int:
        """Make every try whose time has come; return how many were made. May raise LogError."""
        self._record_rest()
        if not self._may_act():
            self._show(waiting=0, given_up={})
            return 0
        self._office.catch_up()
        if self._office.pass_time():
            self._office.catch_up()
        with self._office.hold() as register:
            due = find_due(register.ledger, self._now())
        for pending in due:
            if self._stop.is_set() or not self._may_act():
                break
            self._make(pending)
        self._office.catch_up()
        with self._office.hold() as register:
            ledger = register.ledger
            self._show(waiting=len(ledger.waiting), given_up=ledger.given_up)
        return len(due)

    def _show(self, *, waiting: int, given_up: Mapping[str, Sequence[str]]) -> None:
        """Keep for operators what is to be seen, so that none of them waits behind a slow log."""
        self._given_up = {audience: len(notices) for audience, notices in given_up.items()}
        self._metrics.notices_waiting.set(waiting)
        self._metrics.notices_given_up.set(sum(self._given_up.values()))

    def next_moment(self) -> datetime | None:
        """Return the next moment for which there is something to wait for."""
        with self._office.hold() as register:
            waits = (next_try(register.ledger), next_moment(register.state))
        return min((moment for moment in waits if moment is not None), default=None)

    def health(self) -> Health:
        """Say whether notices are being sent; what was given up stands in the detail.

        An address that nobody answers at is no reason to take the product out of service.
        """
        if self._fault or (self._thread.ident is not None and not self._thread.is_alive()):
            return Health(ok=False, detail=self._fault or "the sender's thread has ended")
        if not self._given_up:
            return Health(ok=True)
        told = ", ".join(f"{name} ({count})" for name, count in sorted(self._given_up.items()))
        return Health(
            ok=True,
            detail=f"Notices that no channel took, by audience: {told}. Check the addresses in the "
            "file of audiences; the notices stand on /notices.",
        )

    def live(self) -> Health:
        """Say whether the thread turns, or has not begun to."""
        turning = self._thread.ident is None or self._thread.is_alive() or self._stop.is_set()
        return Health(ok=turning, detail="" if turning else "the sender's thread has ended")

    def start(self) -> None:
        """Begin to send, in a thread of its own: a channel may take its time."""
        self._thread.start()

    def wake(self) -> None:
        """Say that the log has grown."""
        self._wake.set()

    def stop(self, *, seconds: float = 20.0) -> None:
        """Finish the try in hand and end."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                made = self.run_once()
                self._fault = ""
            except LogError as error:
                made, self._fault = 0, str(error)
                _log.warning("sender waits for the log")
            if not made:
                self._wake.wait(_IDLE_SECONDS)

    def _make(self, due: Try) -> None:
        notifier = self._connections.get((due.planned.audience, due.channel))
        if notifier is None:
            self._record(due, refuse("channel_not_set_up", recoverable=False), repeat=False)
            return
        repeat = _may_repeat(due, notifier)
        if not due.started:
            self._say(NoticeStarted(**_about(due)), due)
            if not self._may_act():
                return  # whoever acts now finds a beginning without an end, and may have sent it
        self._record(due, self._try(due, notifier, repeat=repeat), repeat=repeat)

    def _try(self, due: Try, notifier: Notifier, *, repeat: bool) -> Outcome:
        try:
            message = compose(
                due, office=self._office, base_url=self._base_url, possible_repeat=repeat
            )
        except Exception as error:  # noqa: BLE001 - one notice that cannot be worded must not hold up the others; it is tried again and then shown to the operator
            _log.exception("notice not worded", extra={"notice": due.planned.notice})
            return refuse(f"not_worded_{type(error).__name__.lower()}")
        try:
            return notifier.send(message, reached=due.reached)
        except Exception as error:  # noqa: BLE001 - what a channel did not foresee may have gone out
            _log.exception("channel failed", extra={"channel": due.channel})
            return Outcome(Result.UNKNOWN, f"fault_{type(error).__name__.lower()}")

    def _record(self, due: Try, outcome: Outcome, *, repeat: bool) -> None:
        self._metrics.notices.labels(due.channel, outcome.result).inc()
        about = _about(due)
        if outcome.result is Result.SENT:
            sent = NoticeSent(**about, possible_repeat=repeat, refused=outcome.refused)
            self._say(sent, due)
            waited = (self._now() - moment(due.planned.at)).total_seconds()
            self._metrics.freshness.labels(NOTICE).observe(max(0.0, waited))
            return
        again = None
        if outcome.recoverable:
            again = plan_again(self._now(), attempt=due.attempt, wait=outcome.wait)
        failed = NoticeFailed(
            **about,
            outcome=outcome.detail,
            unknown=outcome.result is Result.UNKNOWN,
            again_at=rfc3339(again) if again else None,
            reached=tuple(sorted(outcome.reached)),
        )
        if again is None:
            _log.warning(
                "channel given up", extra={"notice": failed.notice, "channel": due.channel}
            )
        self._say(failed, due)

    def _say(self, payload: NoticeStarted | NoticeSent | NoticeFailed, due: Try) -> None:
        """Append a record; what could not be appended is kept, for the try was made."""
        about = (payload.notice, payload.channel, str(payload.attempt))
        with self._office.hold() as register:
            trace = register.traces.get(payload.notice)
        event = self._office.make_event(payload, *about, traceparent=trace)
        try:
            self._office.append(event)
        except LogError:
            if not isinstance(payload, NoticeStarted):
                self._unrecorded.append(event)
            raise

    def _record_rest(self) -> None:
        while self._unrecorded:
            self._office.append(self._unrecorded[0])
            del self._unrecorded[0]


def _may_repeat(due: Try, notifier: Notifier) -> bool:
    """Whether an earlier try may have gone out in a way that this one cannot be matched with."""
    unknown = due.unknown | ({due.channel} if due.started else set())
    return bool(unknown - {due.channel}) or (bool(unknown) and not notifier.recognises_repeats)


class _About(TypedDict):
    notice: str
    alert: str
    audience: str
    channel: str
    attempt: int


def _about(due: Try) -> _About:
    planned = due.planned
    return _About(
        notice=planned.notice,
        alert=planned.alert,
        audience=planned.audience,
        channel=due.channel,
        attempt=due.attempt,
    )
