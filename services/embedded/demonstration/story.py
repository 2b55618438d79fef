"""The story of the demonstration: the data file, read strictly and held against the tables."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.events.returns import Symbol
from schemas.periods import Period


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recipe(_Part):
    """How an indicator's figures are drawn: ``of`` another's count, ``times`` as large.

    ``value`` is assumed where nobody publishes any; ``spread`` is relative and beyond that of
    chance. ``part``, ``starts`` and ``ends`` name the indicators that a recipe is bound to;
    ``alone`` leaves the denominator out.
    """

    draw: str
    of: str | None = None
    times: float = 1.0
    value: float | None = None
    spread: float = 0.0
    seasonal: bool = False
    part: str | None = None
    starts: str | None = None
    ends: str | None = None
    alone: bool = False


class Ordinary(_Part):
    """Between which places an ordinary figure lies: of what has a good side, of what has none."""

    polar: tuple[float, float]
    neutral: tuple[float, float]


class Uncollected(_Part):
    """Indicators that nobody returns but those named by ``but``."""

    symbol: Symbol
    indicators: tuple[str, ...]
    but: tuple[str, ...] = ()


class Sender(_Part):
    """An authority: how many days after the quarter it sends, in which form, where it lies."""

    code: str
    days: int
    media_type: Literal["application/json", "text/csv"]
    place: Mapping[str, float] = {}


class Change(_Part):
    """An indicator's own course from a quarter on, in its unit; the last value stays."""

    authority: str
    indicator: str
    since: str
    values: tuple[float, ...] = Field(min_length=1)
    notes: Mapping[str, str] = {}


class Figure(_Part):
    """Counts that stand whatever chance would have drawn."""

    authority: str
    indicator: str
    period: str
    numerator: int
    denominator: int


class Mistake(_Part):
    """A numerator that is sent wrong, and right some days later."""

    authority: str
    indicator: str
    period: str
    numerator: int
    corrected_after: int


class Late(_Part):
    """A quarter that an authority sends so many days after its end."""

    authority: str
    period: str
    days: int


class Absent(_Part):
    """A quarter that an authority does not send."""

    authority: str
    period: str


class Gap(_Part):
    """Figures that an authority does not give in some quarters, and why."""

    authority: str
    indicators: tuple[str, ...]
    since: str
    until: str = "9999-00-Q4"
    symbol: Symbol
    note: str


class Word(_Part):
    """What an authority says of its open alert."""

    authority: str
    signature: str
    at: datetime
    kind: Literal["answer", "acknowledgement"]
    text: str


class Approval(_Part):
    """A director signs off the returns of a quarter that stand."""

    authority: str
    period: str
    at: datetime


class Story(_Part):
    """The whole of it. Every authority that anything happens to is one of the senders."""

    seed: str
    first: str
    last: str
    collections: tuple[str, ...]
    due_after: int
    closes_after: int
    until: date
    ordinary: Ordinary
    season: tuple[float, float, float, float]
    draw: Mapping[str, Recipe]
    uncollected: tuple[Uncollected, ...] = ()
    senders: tuple[Sender, ...] = Field(alias="authority")
    changes: tuple[Change, ...] = Field(default=(), alias="change")
    figures: tuple[Figure, ...] = Field(default=(), alias="figure")
    mistakes: tuple[Mistake, ...] = Field(default=(), alias="mistake")
    late: tuple[Late, ...] = ()
    absent: tuple[Absent, ...] = ()
    gaps: tuple[Gap, ...] = Field(default=(), alias="symbol")
    words: tuple[Word, ...] = Field(default=(), alias="answer")
    approvals: tuple[Approval, ...] = Field(default=(), alias="signed")

    @model_validator(mode="after")
    def _happens_to_someone(self) -> Self:
        known = {sender.code for sender in self.senders}
        strangers = {named for named in self._named() if named not in known}
        if strangers:
            raise ValueError(f"not among the authorities: {', '.join(sorted(strangers))}")
        return self

    def _named(self) -> Iterator[str]:
        parts = (self.changes, self.figures, self.mistakes, self.late, self.absent, self.gaps)
        for part in parts:
            yield from (one.authority for one in part)
        yield from (word.authority for word in self.words)
        yield from (approval.authority for approval in self.approvals)

    def quarters(self) -> list[Period]:
        """Return the quarters of the story, the oldest first."""
        found = [Period.parse(self.first)]
        while str(found[-1]) != self.last:
            found.append(found[-1].next())
        return found

    def change(self, authority: str, indicator: str, period: Period) -> float | None:
        """Return what the story makes of an indicator in a quarter; None where it says nothing."""
        for change in self.changes:
            since = Period.parse(change.since)
            if (change.authority, change.indicator) == (authority, indicator) and since <= period:
                quarters = 4 * (period.year - since.year) + period.part - since.part
                return change.values[min(quarters, len(change.values) - 1)]
        return None

    def note(self, authority: str, indicator: str, period: Period) -> str | None:
        """Return the note that the authority sends with a figure that the story changed."""
        for change in self.changes:
            if (change.authority, change.indicator) == (authority, indicator):
                return change.notes.get(str(period))
        return None

    def gap(
        self, authority: str, indicator: str, period: Period
    ) -> tuple[Symbol, str | None] | None:
        """Return the symbol and the note that stand for a figure; None where there is a figure."""
        for gap in self.gaps:
            told = gap.authority == authority and indicator in gap.indicators
            if told and gap.since <= str(period) <= gap.until:
                return gap.symbol, gap.note
        for nobody in self.uncollected:
            if indicator in nobody.indicators and authority not in nobody.but:
                return nobody.symbol, None
        return None

    def days(self, sender: Sender, period: Period) -> int | None:
        """Return how many days after its end a quarter is sent; None where it is not."""
        if any((a.authority, a.period) == (sender.code, str(period)) for a in self.absent):
            return None
        for late in self.late:
            if (late.authority, late.period) == (sender.code, str(period)):
                return late.days
        return sender.days


@lru_cache(maxsize=1)
def load_story() -> Story:
    """Read the shipped story; every caller gets the same frozen object."""
    file = resources.files("schemas") / "data" / "demonstration.toml"
    return Story.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
