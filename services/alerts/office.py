"""The office: takes people's answers, knows the audiences, and says when a moment has come."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import RLock

from schemas.codec import canonical, encode, plain
from schemas.errors import TartanError
from schemas.events import (
    AlertAcknowledged,
    AnswerGiven,
    AudienceSet,
    Event,
    Payload,
    TextSet,
    TimePassed,
    derived_id,
)
from schemas.reference import Library
from schemas.topics import Producer
from services.alerts.core.decide import next_moment
from services.alerts.register import Register
from services.runtime.clock import Clock, rfc3339
from services.runtime.log import Log
from services.runtime.turn import deadline_of, take_turn

_PATIENCE_SECONDS = 15.0
LONGEST_ANSWER = 8_000
"""Characters that an answer or a note may have."""


class AnswerKind(StrEnum):
    """What a person does: say something, or say that it was seen."""

    ANSWER = "answer"
    ACKNOWLEDGEMENT = "acknowledgement"


class UnknownAlert(TartanError):
    """There is no alert under the id."""

    def __init__(self) -> None:
        super().__init__("There is no alert under this id. Take the id from /v1/alerts.")


class AnswerUnfit(TartanError):
    """An answer that cannot be taken as it is; the message says what to change."""


class AnswerWithoutText(AnswerUnfit):
    """An answer needs words; an acknowledgement may have them."""

    def __init__(self) -> None:
        super().__init__("Write the answer, or send an acknowledgement if there is nothing to add.")


class AnswerTooLong(AnswerUnfit):
    """An answer is to be read in a meeting."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"The text has {length:,} characters and may have {LONGEST_ANSWER:,}. Shorten it, or "
            "send it in several answers."
        )


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer's id; ``new`` is false where the same words stood already."""

    answer: str
    new: bool


class Office:
    """The shell of alerts for one nation; safe to call from several threads."""

    def __init__(
        self,
        log: Log,
        library: Library,
        nation: str,
        *,
        now: Clock,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        """Remember the collaborators.

        Whoever waits longer than ``patience`` seconds for others is told so by LogUnavailable.
        """
        self._log = log
        self._patience = patience
        self._now = now
        self._lock = RLock()
        self.library = library
        self.nation = nation
        self._register = Register(log, nation, now=now)

    @contextmanager
    def hold(self) -> Iterator[Register]:
        """Give the view, which nobody changes meanwhile. Call no channel while holding it."""
        until = deadline_of(self._patience)
        with take_turn(self._lock, until=until, wanted="The alerts were not looked at"):
            yield self._register

    def catch_up(self) -> None:
        """Bring the view abreast of the log."""
        with self.hold():
            self._register.catch_up()

    def answer(
        self,
        alert: str,
        *,
        kind: AnswerKind,
        text: str,
        actor: str,
        traceparent: str | None = None,
    ) -> Receipt:
        """Put an answer or acknowledgement into the log; its words go to ``texts.v1``.

        The same words of the same actor on the same alert are one answer. Raises UnknownAlert,
        AnswerUnfit, LogError.
        """
        words = text.strip()
        if kind is AnswerKind.ANSWER and not words:
            raise AnswerWithoutText
        if len(words) > LONGEST_ANSWER:
            raise AnswerTooLong(len(words))
        with self.hold():
            self._register.catch_up()
            known = self._register.state.alerts.get(alert)
            if known is None:
                raise UnknownAlert
            answer = derived_id("answer", self.nation, alert, actor, kind, words)
            if answer in self._register.answers:
                return Receipt(answer, new=False)
            said = {"answer": answer, "alert": alert, "authority": known.authority, "actor": actor}
            note = derived_id("text", answer)
            payloads: list[Payload] = []
            if words:
                payloads.append(TextSet(id=note, kind="answer", text=words))
            if kind is AnswerKind.ANSWER:
                payloads.append(AnswerGiven(**said, text=note))
            else:
                payloads.append(AlertAcknowledged(**said, text=note if words else None))
            self._append(
                [self.make_event(each, answer, traceparent=traceparent) for each in payloads]
            )
            return Receipt(answer, new=True)

    def set_audiences(self, wanted: Iterable[AudienceSet]) -> int:
        """Say in the log which audiences have changed since; return how many have.

        One that is no longer wanted keeps its id and loses its channels.
        """
        with self.hold():
            self._register.catch_up()
            known = self._register.state.audiences
            target = {audience.audience: audience for audience in wanted}
            gone = [
                audience.model_copy(update={"authorities": (), "channels": ()})
                for name, audience in sorted(known.items())
                if name not in target
            ]
            changed = [
                audience
                for audience in (*target.values(), *gone)
                if known.get(audience.audience) != audience
            ]
            self._append([self._audience_event(audience) for audience in changed])
            return len(changed)

    def pass_time(self) -> bool:
        """Say in the log that a moment has come for which the core waits; False if none has."""
        with self.hold():
            moment = next_moment(self._register.state)
            if moment is None or moment > self._now():
                return False
            text = rfc3339(moment)
            self._append([self.make_event(TimePassed(moment=text), text)])
            return True

    def make_event(self, payload: Payload, *about: str, traceparent: str | None = None) -> Event:
        """Return a payload as an event of this shell; its id follows from what it is about."""
        return Event(
            id=derived_id(payload.type, self.nation, *about),
            nation=self.nation,
            producer=Producer.ALERTS_SHELL,
            time=rfc3339(self._now()),
            data=payload,
            traceparent=traceparent,
        )

    def append(self, event: Event) -> None:
        """Put one of this shell's events into the log."""
        with self.hold():
            self._append([event])

    def _append(self, events: list[Event]) -> None:
        if events:
            self._log.append([encode(event) for event in events])

    def _audience_event(self, audience: AudienceSet) -> Event:
        # A setting may come back to what it was: the event before it keeps the ids apart.
        before = self._register.audience_events.get(audience.audience, "")
        content = canonical(plain(audience)).decode()
        return self.make_event(audience, audience.audience, before, content)
