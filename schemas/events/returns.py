"""Events of ``returns.v1``: all that benchmark needs."""

from enum import StrEnum
from typing import ClassVar, Literal

from schemas.events.base import Part, Payload
from schemas.topics import Topic

Number = int | float
Symbol = Literal["z", "x", "c", "u", "low", "k"]


class Severity(StrEnum):
    """What a finding of the check asks of the sender."""

    ERROR = "error"
    QUERY = "query"
    NOTICE = "notice"


class Observation(Part):
    """One figure of a return: counts, or the symbol that stands for them.

    The denominator of a rate per population is not sent; it is the population in force.
    ``note`` is the id of a text in ``texts.v1``.
    """

    indicator: str
    numerator: Number | None = None
    denominator: Number | None = None
    symbol: Symbol | None = None
    note: str | None = None


class Finding(Part):
    """A rule of the check that an accepted return met: a query or a notice, never an error.

    ``detail`` is what a query said, in the return's figures. ``explanation`` is the id of the text
    that answers it, which makes it a notice: the note beside the figure, or what was said of the
    same figure before. ``offered`` is the id of the text that answered the same query in the
    quarter before, to be confirmed if it still holds.
    """

    code: str
    severity: Severity
    indicator: str | None = None
    detail: str | None = None
    explanation: str | None = None
    offered: str | None = None


class ReturnAccepted(Payload):
    """An authority's figures for one collection and period; replaces the return it supersedes.

    ``supersedes`` is the return that its sender's check saw as the current one: where two were sent
    at once, it shows which one the sender had not seen. ``reason`` is the id of the text that says
    why there is another version, ``on_behalf`` of the one that says why the regional analyst sent
    it in the authority's place.
    """

    type: ClassVar[str] = "return.accepted"
    topic: ClassVar[Topic] = Topic.RETURNS

    return_id: str
    authority: str
    collection: str
    period: str
    sha256: str
    size: int
    media_type: str
    channel: str
    rules: str
    supersedes: str | None = None
    reason: str | None = None
    on_behalf: str | None = None
    observations: tuple[Observation, ...]
    findings: tuple[Finding, ...] = ()

    def subject(self) -> str:
        """Return authority, collection and period."""
        return f"{self.authority}/{self.collection}/{self.period}"


class OfReturn(Payload):
    """What every event on an accepted return shares."""

    topic: ClassVar[Topic] = Topic.RETURNS

    return_id: str
    authority: str
    collection: str
    period: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Authority, collection and period."""
        return (self.authority, self.collection, self.period)

    def subject(self) -> str:
        """Return authority, collection and period."""
        return "/".join(self.key)


class QueryExplained(OfReturn):
    """An authority's word on what the check asked about a figure of its return.

    It answers every query on the figure, ``codes``; without an indicator, those on the return as a
    whole. A later word on the same replaces it. ``text`` is the id of its words in ``texts.v1``;
    ``confirmed`` means that they are those of the quarter before, said to hold still.
    """

    type: ClassVar[str] = "query.explained"

    indicator: str | None = None
    codes: tuple[str, ...]
    text: str
    confirmed: bool = False


class ReturnWithdrawn(OfReturn):
    """The current return of an authority, collection and period no longer counts.

    ``reason`` is the id of a text in ``texts.v1``.
    """

    type: ClassVar[str] = "return.withdrawn"

    reason: str | None = None


class ReturnSignedOff(OfReturn):
    """An approver of the authority stands behind the return; it is of this version alone.

    ``statement`` is the id of the released statement that the approver agreed to, ``actor`` the
    approver's opaque id.
    """

    type: ClassVar[str] = "return.signed_off"

    actor: str
    statement: str


class SignOffRefused(OfReturn):
    """An approver does not stand behind the return, and says why; it counts as it did before.

    ``reason`` is the id of a text in ``texts.v1``, ``actor`` the approver's opaque id.
    """

    type: ClassVar[str] = "sign_off.refused"

    actor: str
    reason: str


class ReturnUnlocked(OfReturn):
    """The analyst lets a return of a closed period be changed once: until the next version.

    ``reason`` is the id of a text in ``texts.v1``, ``actor`` the analyst's opaque id.
    """

    type: ClassVar[str] = "return.unlocked"

    actor: str
    reason: str


class FiguresPublished(Payload):
    """A whole published data set: one source, indicator, period and release.

    The five lists run in parallel. An area is an authority's DfE code (``383``), joint members
    (``314 / 318``), a region's or sub-region's ONS code (``E12000003``) or England (``E92000001``).
    Values are as published, in the catalogue's unit; counts are as in the file. A population is an
    indicator of its own (``population:0-17``) with the counts as numerators.
    """

    type: ClassVar[str] = "figures.published"
    topic: ClassVar[Topic] = Topic.RETURNS

    source: str
    indicator: str
    period: str
    release: str
    ends: str
    file: str
    sha256: str
    implied_n: str | None = None
    areas: tuple[str, ...]
    values: tuple[Number | None, ...]
    numerators: tuple[Number | None, ...]
    denominators: tuple[Number | None, ...]
    symbols: tuple[Symbol | None, ...]

    @property
    def id(self) -> str:
        """The data set's id."""
        return f"{self.source}/{self.indicator}/{self.period}/{self.release}"

    def subject(self) -> str:
        """Return the data set's id."""
        return self.id


class PeriodOpened(Payload):
    """Returns for the period may be sent; what England lends it is fixed now. ``due`` is a day.

    ``remind`` is the day on which whoever is awaited is reminded, ``chase`` the one on which
    whoever is late is told and the regional group gets the list; None where nobody is to be told.
    """

    type: ClassVar[str] = "period.opened"
    topic: ClassVar[Topic] = Topic.RETURNS

    collection: str
    period: str
    due: str
    remind: str | None = None
    chase: str | None = None

    def subject(self) -> str:
        """Return collection and period."""
        return f"{self.collection}/{self.period}"


class PeriodClosed(Payload):
    """The collection of the period has ended; returns after this are late."""

    type: ClassVar[str] = "period.closed"
    topic: ClassVar[Topic] = Topic.RETURNS

    collection: str
    period: str

    def subject(self) -> str:
        """Return collection and period."""
        return f"{self.collection}/{self.period}"


class MethodSet(Payload):
    """From here on these versions count. Versions are released, never edited."""

    type: ClassVar[str] = "method.set"
    topic: ClassVar[Topic] = Topic.RETURNS

    engine: int
    catalogue: str
    neighbours: str
    rules: str

    def subject(self) -> str:
        """Return the engine's number."""
        return f"engine/{self.engine}"
