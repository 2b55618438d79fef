"""Events of ``texts.v1`` and ``parked.v1``: what no core reads."""

from typing import ClassVar, Literal

from schemas.events.base import Payload
from schemas.topics import Topic


class TextSet(Payload):
    """Free text by id; ``text`` is None once it was erased for good."""

    type: ClassVar[str] = "text.set"
    topic: ClassVar[Topic] = Topic.TEXTS

    id: str
    kind: Literal["note", "answer", "name"]
    text: str | None = None

    def subject(self) -> str:
        """Return the text's id."""
        return self.id


class RecordParked(Payload):
    """A record that could not be decoded: the place, the bytes as they were, the reason.

    The one event that names an offset, because that is all such a record has. ``replaced`` names
    the event that was appended in its stead when an operator replayed it.
    """

    type: ClassVar[str] = "record.parked"
    topic: ClassVar[Topic] = Topic.PARKED

    record_topic: str
    offset: int
    reason: str
    detail: str
    headers: dict[str, str]
    value: str
    replaced: str | None = None

    def subject(self) -> str:
        """Return topic and offset."""
        return f"{self.record_topic}/{self.offset}"
