"""Events of ``alerts.v1``: all that alerts needs to decide who is told what, and why."""

from enum import StrEnum
from typing import ClassVar, Literal

from schemas.events.base import Part, Payload
from schemas.events.standings import Basis, Result, Standing
from schemas.topics import Topic


class Sign(StrEnum):
    """Whether a signature speaks of risk or of strength."""

    RISK = "risk"
    STRENGTH = "strength"


class AlertSeverity(StrEnum):
    """How much a fired signature asks of its readers."""

    WATCH = "watch"
    CONCERN = "concern"
    ESCALATE = "escalate"


class Condition(Part):
    """One condition of a rule as it was evaluated, with the figure it was decided on."""

    expression: str
    value: float | str | bool | None = None
    threshold: float | str | bool | None = None
    result: Result
    period: str
    basis: Basis | None = None
    reason: str | None = None


class Evidence(Part):
    """A standing that a condition rests on, with the period and the basis it is of."""

    period: str
    basis: Basis
    standing: Standing


class SignatureEvent(Payload):
    """What the four signature events share. ``alert`` is the episode's id and spans quarters.

    ``period`` is the quarter that was evaluated, ``since`` the first of the episode. ``push`` says
    whether anyone is to be told, ``push_reason`` why or why not.
    """

    topic: ClassVar[Topic] = Topic.ALERTS

    alert: str
    authority: str
    collection: str
    signature: str
    sign: Sign
    severity: AlertSeverity
    period: str
    since: str
    push: bool
    push_reason: str
    rule_version: str

    def subject(self) -> str:
        """Return authority and signature."""
        return f"{self.authority}/{self.signature}"


class Grounds(SignatureEvent):
    """A signature event that states its grounds."""

    question: str
    conditions: tuple[Condition, ...]
    evidence: tuple[Evidence, ...] = ()
    caveats: tuple[str, ...] = ()


class SignatureRaised(Grounds):
    """A signature fired that was not standing: an episode begins."""

    type: ClassVar[str] = "signature.raised"


class SignatureChanged(Grounds):
    """A standing signature fired again with another severity, period or push."""

    type: ClassVar[str] = "signature.changed"


class SignatureCleared(SignatureEvent):
    """Two new observations were below the line: the episode ends."""

    type: ClassVar[str] = "signature.cleared"


class SignatureWithdrawn(SignatureEvent):
    """A correction removed the ground: the episode ends, and whoever was told is told so."""

    type: ClassVar[str] = "signature.withdrawn"

    reason: str


class AnswerGiven(Payload):
    """An authority's word on an alert: the words stand in ``texts.v1``, the actor is opaque."""

    type: ClassVar[str] = "answer.given"
    topic: ClassVar[Topic] = Topic.ALERTS

    answer: str
    alert: str
    authority: str
    actor: str
    text: str

    def subject(self) -> str:
        """Return the alert's id."""
        return self.alert


class AlertAcknowledged(Payload):
    """Someone has seen the alert; ``text`` is the id of their note in ``texts.v1``, if any."""

    type: ClassVar[str] = "alert.acknowledged"
    topic: ClassVar[Topic] = Topic.ALERTS

    answer: str
    alert: str
    authority: str
    actor: str
    text: str | None = None

    def subject(self) -> str:
        """Return the alert's id."""
        return self.alert


class AudienceSet(Payload):
    """Who is told of what: an opaque id; its address is a setting and never stands in the log.

    A regional group covers a region's code, an authority's own director an authority's.
    ``authorities`` are those it is told of, so that who is told what follows from the log alone,
    whatever regions a later table draws. Without ``channels`` it is told of nothing any more.
    """

    type: ClassVar[str] = "audience.set"
    topic: ClassVar[Topic] = Topic.ALERTS

    audience: str
    kind: Literal["region", "authority"]
    covers: str
    authorities: tuple[str, ...] = ()
    channels: tuple[str, ...]

    def subject(self) -> str:
        """Return the audience's id."""
        return self.audience


class TimePassed(Payload):
    """A moment for which a shell had to wait has come. ``moment`` is RFC 3339 in UTC."""

    type: ClassVar[str] = "time.passed"
    topic: ClassVar[Topic] = Topic.ALERTS

    moment: str

    def subject(self) -> str:
        """Return the moment."""
        return self.moment
