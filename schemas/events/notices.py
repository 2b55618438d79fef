"""Events of ``alerts.v1`` about telling people: who is awaited, notices and their tries."""

from enum import StrEnum
from typing import ClassVar

from schemas.events.alerts import AlertSeverity
from schemas.events.base import Payload
from schemas.topics import Topic


class ReturnsAwaited(Payload):
    """Whose return of a collection's period is awaited now; the latest word holds alone.

    The days are those of the opening. Behind the close nobody is awaited.
    """

    type: ClassVar[str] = "returns.awaited"
    topic: ClassVar[Topic] = Topic.ALERTS

    collection: str
    period: str
    due: str
    remind: str | None = None
    chase: str | None = None
    authorities: tuple[str, ...]

    def subject(self) -> str:
        """Return collection and period."""
        return f"{self.collection}/{self.period}"


class NoticeReason(StrEnum):
    """Why an audience is told, and why now."""

    FIRST = "first"
    WORSENED = "worsened"
    STILL_OPEN = "still_open"
    LOWERED = "lowered"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


class OfNotice(Payload):
    """What is said of one notice."""

    topic: ClassVar[Topic] = Topic.ALERTS

    notice: str

    def subject(self) -> str:
        """Return the notice's id."""
        return self.notice


class NoticePlanned(OfNotice):
    """An audience is to be told. Written before the first try; the id stays over all tries.

    ``because`` is the id of the signature event or answer that it speaks of: shells find its words
    there. ``period`` is the quarter that was last evaluated, ``at`` the core's time when it decided
    (RFC 3339 in UTC): the pause before the next reminder counts from it.
    """

    type: ClassVar[str] = "notice.planned"

    alert: str
    authority: str
    audience: str
    reason: NoticeReason
    severity: AlertSeverity
    period: str
    because: str
    at: str
    channels: tuple[str, ...]


class ReminderKind(StrEnum):
    """What a reminder tells: that a return is due, that it is late, or whose returns are."""

    BEFORE_DUE = "before_due"
    OVERDUE = "overdue"
    CHASE_LIST = "chase_list"


class ReminderPlanned(OfNotice):
    """An audience is to be told whose return is awaited: a notice that speaks of no alert.

    ``alert`` stands for the collection's period in the events of its tries, and is no alert's id.
    ``authorities`` are those awaited that the audience is told of. Else as ``NoticePlanned``.
    """

    type: ClassVar[str] = "reminder.planned"

    alert: str
    kind: ReminderKind
    collection: str
    period: str
    due: str
    authorities: tuple[str, ...]
    audience: str
    at: str
    channels: tuple[str, ...]


class NoticeStarted(OfNotice):
    """A try is about to be made. Stands in the log before the channel is called.

    A process may die between a send and its record. A try that was started and has no outcome may
    have gone out: it is made again under the same notice id and number, and says that it may be a
    repeat where the channel cannot know. Without this event every notice that a restart finds
    unsent would have to say so.
    """

    type: ClassVar[str] = "notice.started"

    alert: str
    audience: str
    channel: str
    attempt: int


class NoticeSent(OfNotice):
    """A channel took the notice. ``possible_repeat`` where an earlier try may have gone out too.

    ``refused`` counts the recipients that the channel will never reach; the operator hears of them.
    """

    type: ClassVar[str] = "notice.sent"

    alert: str
    audience: str
    channel: str
    attempt: int
    possible_repeat: bool = False
    refused: int = 0


class NoticeFailed(OfNotice):
    """A try failed. ``again_at`` is when the next is made; None when this channel gave up.

    ``unknown`` where it may have gone out all the same. ``reached`` are the recipients who did get
    it, by their place in the channel's settings: they are not tried again.
    """

    type: ClassVar[str] = "notice.failed"

    alert: str
    audience: str
    channel: str
    attempt: int
    outcome: str
    unknown: bool = False
    again_at: str | None = None
    reached: tuple[str, ...] = ()
