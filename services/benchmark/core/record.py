"""Records: an episode of a signature over quarters, folded from what was said about it.

An episode begins when a signature fires that was not standing, and ends when it clears or is
withdrawn. Its id names nation, authority, signature and the quarter in which it began, and stays
though a correction may later show that it began in a later one.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from enum import StrEnum
from re import findall

from schemas.events import (
    AlertSeverity,
    Condition,
    Payload,
    Result,
    Sign,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
)
from schemas.events.alerts import Grounds
from schemas.periods import Period


class EpisodeState(StrEnum):
    """Whether an episode stands, and how it ended."""

    OPEN = "open"
    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Episode:
    """What was said of one episode.

    ``since`` is its first quarter as last said, ``period`` the last in which the signature was said
    to fire, with the ``severity`` and ``conditions`` said of it. ``told`` is the severity last
    pushed and ``told_of`` the quarter it was pushed of, both None where nobody was told.
    """

    alert: str
    signature: str
    sign: Sign
    collection: str
    since: Period
    period: Period
    severity: AlertSeverity
    state: EpisodeState
    told: AlertSeverity | None
    told_of: Period | None
    conditions: tuple[Condition, ...]

    @property
    def open(self) -> bool:
        """Whether the episode stands."""
        return self.state is EpisodeState.OPEN

    def spans(self, period: Period) -> bool:
        """Whether the quarter lies between the first and the last that fired."""
        return self.since <= period <= self.period

    def rests_on(self, indicator: str) -> bool:
        """Whether a condition that fired is of the indicator."""
        return any(
            indicator in findall(r"\((\w+)\)", condition.expression)
            for condition in self.conditions
            if condition.result is Result.FIRED
        )


def hear(episodes: MutableMapping[str, Episode], payload: Payload) -> None:
    """Fold what was said of a signature into an authority's episodes by alert id, in place.

    Hearing the same again changes nothing; other payloads change nothing.
    """
    match payload:
        case SignatureRaised():
            episodes[payload.alert] = _begin(payload)
        case SignatureChanged():
            before, now = episodes.get(payload.alert), _begin(payload)
            if before is not None and not payload.push:
                now = replace(now, told=before.told, told_of=before.told_of)
            episodes[payload.alert] = now
        case SignatureCleared():
            _end(episodes, payload.alert, EpisodeState.CLEARED)
        case SignatureWithdrawn():
            _end(episodes, payload.alert, EpisodeState.WITHDRAWN)
        case _:
            pass


def _begin(payload: Grounds) -> Episode:
    return Episode(
        alert=payload.alert,
        signature=payload.signature,
        sign=payload.sign,
        collection=payload.collection,
        since=Period.parse(payload.since),
        period=Period.parse(payload.period),
        severity=payload.severity,
        state=EpisodeState.OPEN,
        told=payload.severity if payload.push else None,
        told_of=Period.parse(payload.period) if payload.push else None,
        conditions=payload.conditions,
    )


def _end(episodes: MutableMapping[str, Episode], alert: str, state: EpisodeState) -> None:
    if alert in episodes:
        episodes[alert] = replace(episodes[alert], state=state)
