"""The desk: the shell around the check. It owns the log, the view of versions and one lock.

Every decision is taken after ``returns.v1`` was read to its end, and appended before the next one
is taken. The desk itself decides nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import TypeVar

from schemas.codec import encode
from schemas.events import Event, FiguresPublished, Payload
from schemas.reference import Library
from schemas.topics import Producer, Topic
from services.ingest.core.acceptance import decide
from services.ingest.core.calendar import decide_close, decide_open, window
from services.ingest.core.check import check
from services.ingest.core.document import Format
from services.ingest.core.explanation import Given, asked_of, decide_explanations
from services.ingest.core.published import import_file
from services.ingest.core.record import event_id, record
from services.ingest.core.release import decide_new
from services.ingest.core.report import Report
from services.ingest.core.version import DataSet, OpenPeriod, Version, Versions, take
from services.ingest.outcome import Accepted, Explained, Faulty, Logged, find
from services.ingest.xlsx.opener import Opener
from services.runtime.clock import Clock, rfc3339
from services.runtime.fence import Fence
from services.runtime.log import Log, LogUnavailable, LogUncertain
from services.runtime.reader import Reader
from services.runtime.turn import answering, take_turn

_PATIENCE_SECONDS = 30.0
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
        patience: float = _PATIENCE_SECONDS,
        opener: Opener | None = None,
    ) -> None:
        """Remember the collaborators; the log is read at the first request.

        A request is answered or raises a LogError within ``patience`` seconds, in which it waits
        for those before it: where the log is slow a queue must not make every answer late.
        """
        self._log = log
        self._library = library
        self._now = now
        self._reader = Reader(log, now=now)
        self._fence = Fence()
        self._known = Versions(nation)
        self._offset = 0
        self._lock = Lock()
        self._patience = patience
        self._opener = opener or Opener()

    def close(self) -> None:
        """Let go of what was kept ready for the next workbook."""
        self._opener.close()

    def catch_up(self) -> None:
        """Read ``returns.v1`` to its end, however long that takes."""
        with self._lock:
            self._caught_up()

    def check(self, body: bytes, *, format: Format) -> Report:
        """Say everything that is wrong with a body; store nothing."""
        document = self._opener.read(body, format=format)
        with self._turn():
            known, today = self._caught_up(), self._now().date()
            return check(document, library=self._library, known=known, today=today)

    def submit(
        self,
        body: bytes,
        *,
        format: Format,
        supersedes: str | None = None,
        channel: str = "api",
        traceparent: str | None = None,
    ) -> Accepted:
        """Accept a return: it is in the log when this returns.

        The bytes of the version that stands give that version and no event. Raises Faulty for a
        return with errors and Conflict for one that what stands does not allow.
        """
        document = self._opener.read(body, format=format)
        sha256 = hashlib.sha256(body).hexdigest()
        with self._turn():
            known = self._caught_up()
            today = self._now().date()
            report = check(document, library=self._library, known=known, today=today)
            key = (report.authority or "", report.collection or "", report.period or "")
            standing = known.slot(key).current
            if standing is not None and standing.sha256 == sha256:
                return Accepted(standing, is_new=False)
            if not report.acceptable:
                raise Faulty(report)
            decision = decide(known, key=key, sha256=sha256, supersedes=supersedes)
            said = record(
                report, decision, sha256=sha256, size=len(body), format=format, channel=channel
            )
            known = self._append(said, traceparent=traceparent)
            return Accepted(known.returns[decision.return_id], is_new=True)

    def explain(
        self, return_id: str, given: Sequence[Given], *, traceparent: str | None = None
    ) -> Explained:
        """Store what an authority says of queries on a return; it is in the log when this returns.

        The same words again are no event. Raises NoSuchReturn, NoLongerStands or ExplanationUnfit,
        and then nothing was stored.
        """
        with self._turn():
            version = find(known := self._caught_up(), return_id)
            texts, said = decide_explanations(known, version, given)
            if said:
                known = self._append([*texts, *said], traceparent=traceparent)
            return Explained(version, asked_of(version, known), tuple(said))

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
        with self._turn():
            new = decide_new(self._caught_up(), data_sets=data_sets)
            if new:
                self._append(new, traceparent=traceparent)
        return tuple(each.id for each in new)

    def version(self, return_id: str) -> Version:
        """Return an accepted return by its id; raises NoSuchReturn."""
        with self._turn():
            return find(self._caught_up(), return_id)

    def queries(self, return_id: str) -> Explained:
        """Return an accepted return with what became of its queries; raises NoSuchReturn."""
        with self._turn():
            version = find(known := self._caught_up(), return_id)
            return Explained(version, asked_of(version, known), ())

    def ask(self, question: Callable[[Versions, Library], Found]) -> Found:
        """Return what a question, which changes nothing, finds in what stands."""
        with self._turn():
            return question(self._caught_up(), self._library)

    def versions(self) -> tuple[Version, ...]:
        """Return every version of every return that was accepted."""
        with self._turn():
            return tuple(self._caught_up().returns.values())

    def data_sets(self) -> tuple[DataSet, ...]:
        """Return every published data set of the log, by id."""
        with self._turn():
            return tuple(each for _, each in sorted(self._caught_up().data_sets.items()))

    def authority_name(self, code: str) -> str:
        """Return the name of an authority that has sent a return."""
        return self._library.authority(code).name

    def _schedule(
        self,
        collection: str,
        period: str,
        *,
        due: date | None,
        close: bool,
        traceparent: str | None,
    ) -> tuple[OpenPeriod, bool]:
        with self._turn():
            known = self._caught_up()
            span = window(known, collection=collection, period=period, library=self._library)
            said = (
                decide_close(known, collection=collection, period=span)
                if close
                else decide_open(
                    known, collection=collection, period=span, library=self._library, due=due
                )
            )
            if said is not None:
                known = self._append([said], traceparent=traceparent)
            return known.periods[collection, str(span)], said is not None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        turn = take_turn(self._lock, patience=self._patience, wanted="The request was not begun")
        with answering(within=self._patience), turn:
            yield

    def _append(self, payloads: Iterable[Payload], *, traceparent: str | None = None) -> Versions:
        """Append what was decided and return the versions behind it.

        LogUncertain also where another's records stand between and cannot be read.
        """
        time = rfc3339(self._now())
        events = [
            Event(
                id=event_id(payload, known=self._known),
                nation=self._known.nation,
                producer=Producer.INGEST,
                time=time,
                data=payload,
                traceparent=traceparent,
            )
            for payload in payloads
        ]
        offsets = self._log.append([encode(event) for event in events])
        stands = [
            (offset, event)
            for offset, event in zip(offsets, events, strict=True)
            if event.topic is Topic.RETURNS
        ]
        for offset, event in stands:
            if offset == self._offset + 1:
                self._fold(event)
                self._offset = offset
        if self._offset == stands[-1][0]:
            return self._known
        try:
            return self._caught_up()
        except LogUnavailable as error:
            raise LogUncertain("what was appended could not be read back") from error

    def _caught_up(self) -> Versions:
        """Read ``returns.v1`` to its end; the lock is held."""
        while self._reader.look({Topic.RETURNS: self._offset}):
            places = self._reader.read(Topic.RETURNS, after=self._offset)
            if not places:
                break
            for place in places:
                if place.event is not None:
                    self._fold(place.event)
                self._offset = place.offset
        return self._known

    def _fold(self, event: Event) -> None:
        if event.nation == self._known.nation and self._fence.admit(event) is not None:
            take(self._known, event)
