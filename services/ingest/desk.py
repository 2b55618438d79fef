"""The desk: the shell around the check. What is handed in is decided on by the core, in its turn.

Every decision is taken after ``returns.v1`` was read to its end, and appended before the next one
is taken. The desk itself decides nothing.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from schemas.events import FiguresPublished, Payload, QueryExplained
from schemas.reference import Library
from services.ingest.core.acceptance import decide
from services.ingest.core.calendar import decide_close, decide_open, window
from services.ingest.core.check import check
from services.ingest.core.document import Format
from services.ingest.core.explanation import (
    Given,
    asked_of,
    decide_explanations,
    explain_findings,
)
from services.ingest.core.published import import_file
from services.ingest.core.record import Sending, record
from services.ingest.core.release import decide_new
from services.ingest.core.version import DataSet, OpenPeriod, Version, Versions, Withdrawal
from services.ingest.core.withdrawal import decide_withdrawal, withdrawal_of
from services.ingest.ledger import Ledger
from services.ingest.outcome import Accepted, Checked, Explained, Faulty, Logged, find
from services.ingest.xlsx.opener import Opener
from services.runtime.clock import Clock
from services.runtime.log import Log
from services.runtime.turn import Patience

_PATIENCE = Patience(30.0)
Found = TypeVar("Found")


class Desk:
    """Takes returns, periods and published files of one nation. Safe to share between threads.

    Every method may raise a LogError: after LogUncertain, the same request again is safe. Checking
    and submitting a workbook may raise TooBusy.
    """

    def __init__(
        self,
        log: Log,
        *,
        library: Library,
        nation: str,
        now: Clock,
        patience: Patience = _PATIENCE,
        opener: Opener | None = None,
    ) -> None:
        """Remember the collaborators; the log is read at the first request.

        A request is answered or raises a LogError within its ``patience``, in which it waits
        for those before it: where the log is slow a queue must not make every answer late.
        """
        self._ledger = Ledger(log, nation=nation, now=now, patience=patience)
        self._library = library
        self._now = now
        self._opener = opener or Opener()

    def close(self) -> None:
        """Let go of what was kept ready for the next workbook."""
        self._opener.close()

    def catch_up(self) -> None:
        """Read ``returns.v1`` to its end, however long that takes."""
        self._ledger.catch_up()

    def check(self, body: bytes, *, format: Format) -> Checked:
        """Say everything that is wrong with a body; store nothing."""
        document = self._opener.read(body, format=format)
        with self._ledger.turn() as known:
            today = self._now().date()
            report = check(document, library=self._library, known=known, today=today)
        return Checked(document, report)

    def submit(
        self,
        body: bytes,
        *,
        format: Format,
        supersedes: str | None = None,
        channel: str = "api",
        explanations: Sequence[Given] = (),
        reason: str | None = None,
        on_behalf: str | None = None,
        traceparent: str | None = None,
    ) -> Accepted:
        """Accept a return: it is in the log when this returns, and what explains its queries, too.

        The bytes of the version that stands give that version and no event. Raises Faulty for a
        return with errors, ExplanationUnfit or ReasonUnfit for words that cannot be taken, and
        Conflict for a return that what stands does not allow; then nothing was stored.
        """
        sha256 = hashlib.sha256(body).hexdigest()
        sending = Sending(sha256, len(body), format, channel, reason, on_behalf)
        sending.require_fit()
        document = self._opener.read(body, format=format)
        with self._ledger.turn() as known:
            today = self._now().date()
            report = check(document, library=self._library, known=known, today=today)
            key = (report.authority or "", report.collection or "", report.period or "")
            standing = known.slot(key).current
            if standing is not None and standing.sha256 == sha256:
                if explanations:
                    self._explain(known, standing, explanations, traceparent=traceparent)
                return Accepted(standing, is_new=False)
            if not report.acceptable:
                raise Faulty(report)
            reasoned = reason is not None
            decision = decide(
                known, key=key, sha256=sha256, supersedes=supersedes, reasoned=reasoned
            )
            said = record(report, decision, sending=sending)
            if explanations:
                said += explain_findings(decision.return_id, key, report.queries, explanations)
            known = self._ledger.append(said, traceparent=traceparent)
            return Accepted(known.returns[decision.return_id], is_new=True)

    def explain(
        self, return_id: str, given: Sequence[Given], *, traceparent: str | None = None
    ) -> Explained:
        """Store what an authority says of queries on a return; it is in the log when this returns.

        The same words again are no event. Raises NoSuchReturn, NoLongerStands or ExplanationUnfit,
        and then nothing was stored.
        """
        with self._ledger.turn() as known:
            version = find(known, return_id)
            new = self._explain(known, version, given, traceparent=traceparent)
            return Explained(version, asked_of(version, known), new)

    def withdraw(
        self, return_id: str, reason: str, *, traceparent: str | None = None
    ) -> tuple[Withdrawal, bool]:
        """Withdraw a return that stands; give the withdrawal, and whether that is news.

        A return is withdrawn once. Raises NoSuchReturn, NoLongerStands, ReturnLocked or
        ReasonUnfit, and then nothing was stored.
        """
        withdraw = partial(decide_withdrawal, reason=reason)
        return self.tell(return_id, withdraw, withdrawal_of, traceparent=traceparent)

    def tell(
        self,
        return_id: str,
        decide: Callable[[Versions, Version], Sequence[Payload]],
        find_word: Callable[[Versions, Version], Found],
        *,
        traceparent: str | None = None,
    ) -> tuple[Found, bool]:
        """Store what ``decide`` says of a return; give the word on it, and whether that is news.

        It is in the log when this returns. Raises NoSuchReturn and what ``decide`` raises, and then
        nothing was stored.
        """
        with self._ledger.turn() as known:
            version = find(known, return_id)
            said = decide(known, version)
            if said:
                known = self._ledger.append(said, traceparent=traceparent)
            return find_word(known, version), bool(said)

    def open_period(
        self,
        collection: str,
        period: str,
        *,
        due: date | None = None,
        traceparent: str | None = None,
    ) -> tuple[OpenPeriod, bool]:
        """Open a collection's period; give its state, and whether that is news.

        Raises UnknownCode, UnknownPeriod or CalendarConflict.
        """
        return self._schedule(collection, period, due=due, close=False, traceparent=traceparent)

    def close_period(
        self, collection: str, period: str, *, traceparent: str | None = None
    ) -> tuple[OpenPeriod, bool]:
        """Close a collection's period; give its state, and whether that is news.

        Raises UnknownCode, UnknownPeriod or CalendarConflict.
        """
        return self._schedule(collection, period, due=None, close=True, traceparent=traceparent)

    def publish(
        self,
        content: bytes,
        *,
        name: str,
        release: str | None = None,
        traceparent: str | None = None,
    ) -> Logged:
        """Import a published file; all its new data sets are in the log when this returns.

        Raises UnknownFile, or ReleaseTaken, and then nothing of the file was stored.
        """
        imported = import_file(content, name=name, library=self._library, release=release)
        new = self.stock(imported.data_sets, traceparent=traceparent)
        known = tuple(each.id for each in imported.data_sets if each.id not in new)
        return Logged(imported, new=new, known=known)

    def stock(
        self, data_sets: Sequence[FiguresPublished], *, traceparent: str | None = None
    ) -> tuple[str, ...]:
        """Put the data sets that are new into the log; return their ids.

        Raises ReleaseTaken, and then nothing was stored.
        """
        with self._ledger.turn() as known:
            new = decide_new(known, data_sets=data_sets)
            if new:
                self._ledger.append(new, traceparent=traceparent)
        return tuple(each.id for each in new)

    def version(self, return_id: str) -> Version:
        """Return an accepted return by its id; raises NoSuchReturn."""
        with self._ledger.turn() as known:
            return find(known, return_id)

    def queries(self, return_id: str) -> Explained:
        """Return an accepted return with what became of its queries; raises NoSuchReturn."""
        with self._ledger.turn() as known:
            version = find(known, return_id)
            return Explained(version, asked_of(version, known), ())

    def ask(self, question: Callable[[Versions, Library], Found]) -> Found:
        """Return what a question, which changes nothing, finds in what stands."""
        with self._ledger.turn() as known:
            return question(known, self._library)

    def versions(self) -> tuple[Version, ...]:
        """Return every version of every return that was accepted."""
        with self._ledger.turn() as known:
            return tuple(known.returns.values())

    def data_sets(self) -> tuple[DataSet, ...]:
        """Return every published data set of the log, by id."""
        with self._ledger.turn() as known:
            return tuple(each for _, each in sorted(known.data_sets.items()))

    def authority_name(self, code: str) -> str:
        """Return the name of an authority that has sent a return."""
        return self._library.authority(code).name

    def _explain(
        self,
        known: Versions,
        version: Version,
        given: Sequence[Given],
        *,
        traceparent: str | None,
    ) -> tuple[QueryExplained, ...]:
        """Store what is news of what is said, in a turn; the versions are the same ones after."""
        said = decide_explanations(known, version, given)
        if said:
            self._ledger.append(said, traceparent=traceparent)
        return tuple(each for each in said if isinstance(each, QueryExplained))

    def _schedule(
        self,
        collection: str,
        period: str,
        *,
        due: date | None,
        close: bool,
        traceparent: str | None,
    ) -> tuple[OpenPeriod, bool]:
        with self._ledger.turn() as known:
            span = window(known, collection=collection, period=period, library=self._library)
            said = (
                decide_close(known, collection=collection, period=span)
                if close
                else decide_open(
                    known, collection=collection, period=span, library=self._library, due=due
                )
            )
            if said is not None:
                known = self._ledger.append([said], traceparent=traceparent)
            return known.periods[collection, str(span)], said is not None
