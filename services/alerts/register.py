"""The alerts shell's own view: a fold of ``alerts.v1`` of one nation, thrown away at will.

It reuses the core's folds. Other than in the core's own run, notices come back from the log here,
so this hears them where it meets them.
"""

from dataclasses import dataclass
from typing import Literal

from schemas.events import (
    AlertAcknowledged,
    AnswerGiven,
    AudienceSet,
    Event,
    NoticePlanned,
    Payload,
    SignatureCleared,
    SignatureEvent,
    SignatureWithdrawn,
)
from schemas.events.alerts import Grounds
from schemas.topics import Topic
from services.alerts.core.delivery import Ledger, follow
from services.alerts.core.state import State, hear, take
from services.runtime.clock import Clock
from services.runtime.fence import Fence
from services.runtime.log import Log
from services.runtime.reader import Reader

End = Literal["cleared", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an event about an alert stands, and the last event before it that stated grounds."""

    offset: int
    grounds: int


class Register:
    """What the shell has to know. Call ``catch_up`` before reading it; not safe across threads."""

    def __init__(self, log: Log, nation: str, *, now: Clock) -> None:
        self._log = log
        self._nation = nation
        self._reader = Reader(log, now=now)
        self._fence = Fence()
        self._offset = 0
        self._grounds: dict[str, int] = {}
        self._mentions: dict[str, Mention] = {}
        self.state = State(nation)
        self.ledger = Ledger()
        self.answers: set[str] = set()
        self.ended: dict[str, End] = {}
        self.audience_events: dict[str, str] = {}
        self.traces: dict[str, str] = {}

    def catch_up(self) -> None:
        """Fold what the log holds behind the last place; LogError leaves the view as it was."""
        while self._reader.look({Topic.ALERTS: self._offset}):
            places = self._reader.read(Topic.ALERTS, after=self._offset)
            if not places:
                break
            for place in places:
                if place.event is not None and self._fence.admit(place.event) is not None:
                    self._fold(place.event, place.offset)
                self._offset = place.offset

    def look_up(self, event: str) -> tuple[Payload, Grounds]:
        """Return what an event about an alert said, and the grounds as they stood then."""
        mention = self._mentions[event]
        said, grounds = self._read(mention.offset), self._read(mention.grounds)
        if not isinstance(grounds, Grounds):
            raise TypeError("the record does not state grounds")
        return said, grounds

    def _read(self, offset: int) -> Payload:
        (place,) = self._reader.read(Topic.ALERTS, after=offset - 1, limit=1)
        if place.event is None:
            raise LookupError("the record was parked after it had been read")
        return place.event.data

    def _fold(self, event: Event, offset: int) -> None:
        if event.nation != self._nation:
            return
        take(self.state, event)
        hear(self.state, event.data)
        follow(self.ledger, event.data)
        match event.data:
            case SignatureEvent() as said:
                self._mention(said, event.id, offset)
            case AnswerGiven(alert=alert, answer=answer):
                self.answers.add(answer)
                if alert in self._grounds:
                    self._mentions[event.id] = Mention(offset, self._grounds[alert])
            case AlertAcknowledged(answer=answer):
                self.answers.add(answer)
            case NoticePlanned(notice=notice) if event.traceparent is not None:
                self.traces[notice] = event.traceparent
            case AudienceSet(audience=audience):
                self.audience_events[audience] = event.id
            case _:
                pass

    def _mention(self, said: SignatureEvent, event: str, offset: int) -> None:
        if isinstance(said, Grounds):
            self._grounds[said.alert] = offset
            self.ended.pop(said.alert, None)
        elif isinstance(said, SignatureCleared):
            self.ended[said.alert] = "cleared"
        elif isinstance(said, SignatureWithdrawn):
            self.ended[said.alert] = "withdrawn"
        if said.alert in self._grounds:
            self._mentions[event] = Mention(offset, self._grounds[said.alert])
