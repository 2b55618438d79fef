"""The view of versions: which returns have been accepted, which stand, which periods are open.

A fold of ``returns.v1`` and nothing else; it can be thrown away and folded again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from schemas.difference import Difference, differences
from schemas.events import (
    Event,
    FiguresPublished,
    Finding,
    MethodSet,
    Observation,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    ReturnWithdrawn,
    SignOffRefused,
)
from services.ingest.core.lending import Lender, Range
from services.ingest.core.word import Words

Key = tuple[str, str, str]
"""Authority, collection and period."""


@dataclass(frozen=True, slots=True)
class Version:
    """An accepted return: its receipt rests on what was known when it was accepted.

    ``number`` counts the versions of one authority, collection and period from 1. ``late`` is
    after the due day, or after the period was closed. ``replaces`` is the version that stood before
    it, None where none did; ``changes`` is what it says otherwise than that one.
    """

    return_id: str
    authority: str
    collection: str
    period: str
    number: int
    supersedes: str | None
    received_at: str
    sha256: str
    size: int
    media_type: str
    channel: str
    rules: str
    catalogue: str | None
    due: str | None
    late: bool
    figures: int
    symbols: int
    findings: tuple[Finding, ...]
    replaces: str | None = None
    changes: tuple[Difference, ...] = ()

    @property
    def key(self) -> Key:
        """Authority, collection and period."""
        return (self.authority, self.collection, self.period)

    @property
    def about(self) -> dict[str, str]:
        """What every event on the return says of it."""
        key = {"authority": self.authority, "collection": self.collection, "period": self.period}
        return {"return_id": self.return_id, **key}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was said about a figure: the id of the words, and the codes of the queries answered."""

    text: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a return was withdrawn: the id of the event, its time, the id of the words why."""

    id: str
    return_id: str
    at: str
    reason: str | None


@dataclass(slots=True)
class Slot:
    """All versions of one authority, collection and period.

    ``last`` is the id of the last event, acceptance or withdrawal; ``current`` the version that
    stands, None where none does; ``observations`` are its figures by indicator.
    """

    versions: list[Version] = field(default_factory=list)
    current: Version | None = None
    last: str | None = None
    observations: Mapping[str, Observation] = field(default_factory=dict)

    @property
    def stands(self) -> str | None:
        """The id of what stands: the current return, else the withdrawal that left nothing."""
        return self.current.return_id if self.current else self.last


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """A collection's period: the day returns are due, whether it is closed, how often opened."""

    collection: str
    period: str
    due: str
    closed: bool = False
    openings: int = 1


@dataclass(frozen=True, slots=True)
class DataSet:
    """A published data set that is in the log, without its figures."""

    id: str
    source: str
    indicator: str
    period: str
    release: str
    ends: str
    file: str
    sha256: str
    implied_n: str | None
    areas: int


@dataclass(slots=True)
class Versions:
    """What ingest knows of one nation."""

    nation: str
    slots: dict[Key, Slot] = field(default_factory=dict)
    returns: dict[str, Version] = field(default_factory=dict)
    withdrawn: dict[str, Withdrawal] = field(default_factory=dict)
    explained: dict[str, dict[str | None, Explanation]] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    periods: dict[tuple[str, str], OpenPeriod] = field(default_factory=dict)
    data_sets: dict[str, DataSet] = field(default_factory=dict)
    method: MethodSet | None = None
    lender: Lender = field(default_factory=Lender)
    ranges: dict[tuple[str, str], dict[str, Mapping[str, Range]]] = field(
        default_factory=dict, compare=False, repr=False
    )
    """What each region's returns of a collection and period range over: worked out when asked."""

    def slot(self, key: Key) -> Slot:
        """Return the versions for authority, collection and period; an empty slot for none."""
        return self.slots.get(key) or Slot()

    def period(self, collection: str, period: str) -> OpenPeriod | None:
        """Return the state of a period, None where it was never opened."""
        return self.periods.get((collection, period))

    def explanation(self, return_id: str, indicator: str | None) -> Explanation | None:
        """Return what was said about a figure of a return, last."""
        return self.explained.get(return_id, {}).get(indicator)

    def observations(self, key: Key) -> Mapping[str, Observation]:
        """Return the figures that stand for authority, collection and period, by indicator."""
        return self.slot(key).observations


def take(versions: Versions, event: Event) -> None:
    """Fold one event of ``returns.v1``; it decides nothing."""
    match event.data:
        case ReturnAccepted():
            _accept(versions, event, event.data)
        case ReturnWithdrawn():
            _withdraw(versions, event, event.data)
        case QueryExplained() as said:
            answers = versions.explained.setdefault(said.return_id, {})
            answers[said.indicator] = Explanation(said.text, frozenset(said.codes))
        case ReturnSignedOff() | SignOffRefused() | ReturnUnlocked():
            _speak(versions, event, event.data)
        case PeriodOpened() | PeriodClosed():
            _schedule(versions, event, event.data)
        case FiguresPublished():
            versions.data_sets[event.data.id] = _data_set(event.data)
            versions.lender.take(event.data)
            versions.ranges.clear()
        case MethodSet():
            versions.method = event.data
            versions.ranges.clear()
        case _:
            pass


def _schedule(versions: Versions, event: Event, said: PeriodOpened | PeriodClosed) -> None:
    span = (said.collection, said.period)
    before = versions.periods.get(span)
    if isinstance(said, PeriodOpened):
        openings = before.openings + 1 if before else 1
        versions.periods[span] = OpenPeriod(*span, said.due, openings=openings)
    else:
        before = before or OpenPeriod(*span, event.time[:10])
        versions.periods[span] = replace(before, closed=True)


def _accept(versions: Versions, event: Event, accepted: ReturnAccepted) -> None:
    slot = versions.slots.setdefault(
        (accepted.authority, accepted.collection, accepted.period), Slot()
    )
    figures = {observation.indicator: observation for observation in accepted.observations}
    version = _version(accepted, event, versions, number=len(slot.versions) + 1)
    if slot.current is not None:
        changes = differences(slot.observations, figures)
        version = replace(version, replaces=slot.current.return_id, changes=changes)
    slot.versions.append(version)
    versions.returns[version.return_id] = version
    versions.explained[version.return_id] = _explanations(accepted)
    standing = slot.current.return_id if slot.current else None
    if event.replays is not None and standing != accepted.supersedes:
        # Put right after its turn: what was accepted in between stands.
        return
    slot.current = version
    slot.last = event.id
    slot.observations = figures
    versions.ranges.pop((accepted.collection, accepted.period), None)


def _explanations(accepted: ReturnAccepted) -> dict[str | None, Explanation]:
    """Return what was said with a return about its figures."""
    texts: dict[str | None, str] = {}
    codes: dict[str | None, set[str]] = {}
    for found in accepted.findings:
        if found.explanation is not None:
            texts[found.indicator] = found.explanation
            codes.setdefault(found.indicator, set()).add(found.code)
    return {about: Explanation(text, frozenset(codes[about])) for about, text in texts.items()}


def _withdraw(versions: Versions, event: Event, withdrawn: ReturnWithdrawn) -> None:
    slot = versions.slots.setdefault(withdrawn.key, Slot())
    if slot.current is not None and slot.current.return_id == withdrawn.return_id:
        slot.current = None
        slot.observations = {}
        versions.ranges.pop((withdrawn.collection, withdrawn.period), None)
        slot.last = event.id
        said = Withdrawal(event.id, withdrawn.return_id, event.time, withdrawn.reason)
        versions.withdrawn[withdrawn.return_id] = said


def _speak(
    versions: Versions, event: Event, said: ReturnSignedOff | SignOffRefused | ReturnUnlocked
) -> None:
    current = versions.slot(said.key).current
    if current is not None and current.return_id == said.return_id:
        versions.words.take(event, said)


def _version(accepted: ReturnAccepted, event: Event, versions: Versions, *, number: int) -> Version:
    period = versions.period(accepted.collection, accepted.period)
    symbols = sum(observation.symbol is not None for observation in accepted.observations)
    is_after = period is not None and (period.closed or event.time[:10] > period.due)
    return Version(
        return_id=accepted.return_id,
        authority=accepted.authority,
        collection=accepted.collection,
        period=accepted.period,
        number=number,
        supersedes=accepted.supersedes,
        received_at=event.time,
        sha256=accepted.sha256,
        size=accepted.size,
        media_type=accepted.media_type,
        channel=accepted.channel,
        rules=accepted.rules,
        catalogue=versions.method.catalogue if versions.method else None,
        due=period.due if period else None,
        late=is_after,
        figures=len(accepted.observations) - symbols,
        symbols=symbols,
        findings=accepted.findings,
    )


def _data_set(published: FiguresPublished) -> DataSet:
    return DataSet(
        id=published.id,
        source=published.source,
        indicator=published.indicator,
        period=published.period,
        release=published.release,
        ends=published.ends,
        file=published.file,
        sha256=published.sha256,
        implied_n=published.implied_n,
        areas=len(published.areas),
    )
