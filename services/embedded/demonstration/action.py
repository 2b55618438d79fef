"""What happens in the demonstration, each at its moment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """The region opens a period of a collection; returns are due on a day."""

    at: datetime
    collection: str
    period: str
    due: date


@dataclass(frozen=True, slots=True)
class Submit:
    """An authority sends a return; ``corrects`` where it replaces one that it sent before."""

    at: datetime
    authority: str
    collection: str
    period: str
    body: bytes
    media_type: Literal["application/json", "text/csv"]
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """The region closes a period of a collection."""

    at: datetime
    collection: str
    period: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An authority answers or acknowledges its open alert of a signature.

    ``alerts`` are the ids that an episode of the signature has if it began in one of the quarters
    so far, the newest first.
    """

    at: datetime
    authority: str
    signature: str
    kind: Literal["answer", "acknowledgement"]
    text: str
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignOff:
    """An authority's director signs off the return that stands."""

    at: datetime
    authority: str
    collection: str
    period: str


Action = OpenPeriod | Submit | ClosePeriod | Answer | SignOff
