"""State: everything benchmark knows, a fold of ``returns.v1`` and of what benchmark itself said.

The latest return per authority, collection and period replaces the one before; nothing is added up
in place. ``take`` folds an input; what benchmark said is heard in ``hearing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schemas.catalogue import Indicator
from schemas.events import (
    BaselineSet,
    DataSetAssessed,
    Event,
    FiguresPublished,
    MethodSet,
    Payload,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnsAwaited,
    ReturnWithdrawn,
)
from schemas.periods import Period, is_sandbox
from schemas.reference import ENGLAND, Authority, Library, load_library
from services.benchmark.core.accumulation import QUARTERS
from services.benchmark.core.published import Shelf
from services.benchmark.core.quarter import Quarter
from services.benchmark.core.record import Episode
from services.benchmark.core.report import Report, explain, read_report
from services.benchmark.core.saying import Saying
from services.benchmark.core.yardstick import Yardstick

ENGINE = 1
"""The number of this release's arithmetic; a release that changes a result raises it."""

FIRST_METHOD = MethodSet(engine=ENGINE, catalogue="2026.1", neighbours="2025", rules="2026.1")

Span = tuple[str, Period]
"""A collection and a period."""


@dataclass(slots=True)
class Opening:
    """A period of a collection: when its returns are due, and whether it has closed.

    ``remind`` and ``chase`` are the days on which people are told of what is awaited.
    """

    due: date
    closed: bool = False
    remind: str | None = None
    chase: str | None = None


@dataclass(slots=True)
class State:
    """What one nation's log has said so far. ``cache`` holds what can be worked out again.

    ``yardsticks`` can be, too, until a data set comes that may lend others its counts.
    """

    nation: str
    library: Library
    method: MethodSet = FIRST_METHOD
    shelf: Shelf = field(default_factory=Shelf)
    openings: dict[Span, Opening] = field(default_factory=dict)
    newest: dict[str, Period] = field(default_factory=dict)
    reports: dict[tuple[str, str], dict[Period, Report]] = field(default_factory=dict)
    collected: dict[tuple[str, str], set[Period]] = field(default_factory=dict)
    received: dict[tuple[str, str, Period], date] = field(default_factory=dict)
    at_close: dict[Span, dict[str, tuple[Report | None, ...]]] = field(default_factory=dict)
    baselines: dict[Span, BaselineSet] = field(default_factory=dict)
    awaited: dict[Span, ReturnsAwaited] = field(default_factory=dict)
    assessed: dict[tuple[str, str], DataSetAssessed] = field(default_factory=dict)
    quarters: dict[Span, Quarter] = field(default_factory=dict)
    sayings: dict[tuple[str, str], dict[Period, Saying]] = field(default_factory=dict)
    episodes: dict[str, dict[str, Episode]] = field(default_factory=dict)
    yardsticks: dict[tuple[Span, str | None, str], Yardstick] = field(
        default_factory=dict, compare=False, repr=False
    )
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def catalogue(self) -> Mapping[str, Indicator]:
        """Return the catalogue in force."""
        return self.library.catalogue(self.method.catalogue)

    def homes(self) -> Mapping[str, str]:
        """Return the collection of each indicator of the catalogue in force."""
        key = ("homes", self.method.catalogue)
        if key not in self.cache:
            self.cache[key] = {code: each.collection for code, each in self.catalogue().items()}
        found: Mapping[str, str] = self.cache[key]
        return found

    def collection(self, name: str) -> tuple[Indicator, ...]:
        """Return the indicators of a collection, in catalogue order."""
        key = ("collection", self.method.catalogue, name)
        if key not in self.cache:
            table = self.catalogue().values()
            self.cache[key] = tuple(each for each in table if each.collection == name)
        found: tuple[Indicator, ...] = self.cache[key]
        return found

    def senders(self) -> tuple[str, ...]:
        """Return the codes of the authorities that send returns in the nation, in order."""
        if "senders" not in self.cache:
            self.cache["senders"] = tuple(sorted(self.library.senders(self.nation)))
        found: tuple[str, ...] = self.cache["senders"]
        return found

    def authority(self, code: str) -> Authority:
        """Return an authority of the nation; UnknownCode for any other code."""
        return self.library.authority(code)

    def neighbours_of(self, code: str) -> tuple[str, ...]:
        """Return the statistical neighbours of an authority under the table in force."""
        return self.neighbour_table().get(code, ())

    def has_as_neighbour(self, code: str) -> tuple[str, ...]:
        """Return the senders that have an authority as one of their ten, in order."""
        key = ("reverse", self.method.neighbours)
        if key not in self.cache:
            table: dict[str, list[str]] = {}
            for sender in self.senders():
                for neighbour in self.neighbour_table().get(sender, ()):
                    table.setdefault(neighbour, []).append(sender)
            self.cache[key] = {neighbour: tuple(of) for neighbour, of in table.items()}
        found: dict[str, tuple[str, ...]] = self.cache[key]
        return found.get(code, ())

    def neighbour_table(self) -> dict[str, tuple[str, ...]]:
        """Return the statistical neighbours of all authorities under the table in force."""
        key = ("neighbours", self.method.neighbours)
        if key not in self.cache:
            self.cache[key] = dict(self.library.neighbours(self.method.neighbours, self.nation))
        found: dict[str, tuple[str, ...]] = self.cache[key]
        return found

    def report(self, authority: str, span: Span) -> Report | None:
        """Return the current return of an authority for a collection and period."""
        return self.reports.get((span[0], authority), {}).get(span[1])

    def explained_by(self, said: QueryExplained) -> Report | None:
        """Return the return that an explanation is about, None if it is no longer current."""
        current = self.report(said.authority, (said.collection, Period.parse(said.period)))
        return current if current is not None and current.return_id == said.return_id else None

    def last_four(self, authority: str, span: Span) -> tuple[Report | None, ...]:
        """Return the returns of a quarter and of the three before, newest first."""
        collection, period = span
        reports = self.reports.get((collection, authority), {})
        return tuple(reports.get(period.shift(-back)) for back in range(QUARTERS))

    def is_closed(self, span: Span) -> bool:
        """Whether the period has closed for the collection."""
        opening = self.openings.get(span)
        return opening is not None and opening.closed

    def quarter(self, span: Span) -> Quarter:
        """Return the table of a collection's period, an empty one where nothing was said yet."""
        known = self.quarters.get(span)
        if known is not None:
            return known
        codes = tuple(indicator.code for indicator in self.collection(span[0]))
        return Quarter.empty(codes, self.senders())


def begin(nation: str = ENGLAND) -> State:
    """Return the state of a nation of which nothing is known yet."""
    return State(nation, load_library())


def take(state: State, event: Event) -> None:
    """Fold one input; decides nothing. Events of other kinds change nothing.

    Nor does what was returned in the sandbox: it is as if it had never come.
    """
    if not is_of_sandbox(event.data):
        _take(state, event)


def is_of_sandbox(data: Payload) -> bool:
    """Whether an event is of a return in the sandbox."""
    match data:
        case ReturnAccepted() | ReturnWithdrawn() | QueryExplained():
            return is_sandbox(data.period)
        case _:
            return False


def _take(state: State, event: Event) -> None:
    match event.data:
        case ReturnAccepted() as accepted:
            _take_return(state, accepted, date.fromisoformat(event.time[:10]))
        case ReturnWithdrawn() as withdrawn:
            _take_withdrawal(state, withdrawn)
        case QueryExplained() as explained:
            _take_explanation(state, explained)
        case FiguresPublished() as figures:
            state.shelf.put(figures)
            state.yardsticks.clear()
        case PeriodOpened(collection=collection, period=period, due=due):
            span = (collection, Period.parse(period))
            opening = state.openings.setdefault(span, Opening(date.fromisoformat(due)))
            opening.due = date.fromisoformat(due)
            opening.remind, opening.chase = event.data.remind, event.data.chase
            state.newest[collection] = max(state.newest.get(collection, span[1]), span[1])
        case PeriodClosed(collection=collection, period=period):
            _take_close(state, (collection, Period.parse(period)))
        case MethodSet() as method:
            state.method = method
        case _:
            pass


def _take_return(state: State, accepted: ReturnAccepted, day: date) -> None:
    report = read_report(accepted)
    key = (accepted.collection, accepted.authority)
    state.reports.setdefault(key, {})[report.period] = report
    state.received.setdefault((*key, report.period), day)
    region = state.authority(accepted.authority).region
    state.collected.setdefault((accepted.collection, region), set()).add(report.period)


def _take_withdrawal(state: State, withdrawn: ReturnWithdrawn) -> None:
    """Only the current return can be withdrawn: a later one does not care about an earlier one."""
    key = (withdrawn.collection, withdrawn.authority)
    period = Period.parse(withdrawn.period)
    current = state.reports.get(key, {}).get(period)
    if current is not None and current.return_id == withdrawn.return_id:
        del state.reports[key][period]
        state.received.pop((*key, period), None)


def _take_explanation(state: State, said: QueryExplained) -> None:
    """Only the current return can be explained: a later one has figures of its own."""
    current = state.explained_by(said)
    if current is not None and said.indicator is not None:
        key = (said.collection, said.authority)
        state.reports[key][current.period] = explain(current, said.indicator)


def _take_close(state: State, span: Span) -> None:
    """Close, and remember the returns as they are now: the quarter's own baseline rests on them."""
    opening = state.openings.get(span)
    if opening is None or opening.closed:
        return
    opening.closed = True
    state.at_close[span] = {
        code: state.last_four(code, span)
        for code in state.senders()
        if state.report(code, span) is not None
    }
