"""When returns are taken: opening and closing a collection's period.

CalendarConflict
├── NotAQuarter     a period that is none of a quarterly collection
├── DueTooEarly     a due day before the quarter has ended
├── DueUnknown      no due day given, and none can be worked out
├── AlwaysOpen      a quarter of the sandbox, which is never closed
├── AlreadyClosed   opening what has been closed
└── NeverOpened     closing what was not opened
"""

from datetime import date

from schemas.errors import TartanError
from schemas.events import PeriodClosed, PeriodOpened
from schemas.periods import Period, PeriodKind
from schemas.reference import Library
from schemas.working_day import DayUnknown
from services.ingest.core.check import catalogue_version
from services.ingest.core.version import Versions

REMIND_BEFORE = 5
"""How many working days before the due day whoever is awaited is reminded."""


class CalendarConflict(TartanError):
    """The calendar does not allow it; the text says why and what to do."""


class NotAQuarter(CalendarConflict):
    """Collections are of quarters."""

    def __init__(self, period: Period) -> None:
        super().__init__(f"{period} is not a quarter. Write one as 2026-27-Q2.")


class DueTooEarly(CalendarConflict):
    """The due day lies before the end of the quarter."""

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"Returns for {period} cannot be due before the quarter ends on {period.ends}. "
            "Give a later day, or none for the collection's own."
        )


class DueUnknown(CalendarConflict):
    """The day by which a quarter far ahead or long ago is due has to be given."""

    def __init__(self, period: Period, why: DayUnknown) -> None:
        super().__init__(f"{why} Give the day by which returns for {period} are due.")


class AlwaysOpen(CalendarConflict):
    """Returns for the sandbox are taken at any time."""

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"{period} is a quarter of the sandbox: returns for it are taken at any time and count "
            "for nothing. It is neither opened nor closed."
        )


class AlreadyClosed(CalendarConflict):
    """A closed period is not opened again."""

    def __init__(self, collection: str, period: Period) -> None:
        super().__init__(
            f"{collection} for {period} has been closed. Returns are still accepted, as late."
        )


class NeverOpened(CalendarConflict):
    """Only what was opened can be closed."""

    def __init__(self, collection: str, period: Period) -> None:
        super().__init__(f"{collection} was never opened for {period}. Check the period.")


def window(known: Versions, *, collection: str, period: str, library: Library) -> Period:
    """Read the quarter of a collection that is in the catalogue in force.

    Raises UnknownCode, UnknownPeriod or NotAQuarter.
    """
    library.collection(collection, version=catalogue_version(library, known=known))
    quarter = Period.parse(period)
    if quarter.kind is not PeriodKind.QUARTER:
        raise NotAQuarter(quarter)
    return quarter


def decide_open(
    known: Versions,
    *,
    collection: str,
    period: Period,
    library: Library,
    due: date | None = None,
) -> PeriodOpened | None:
    """Return what opening the period says; None where it is open already with that due day.

    Without a due day it is so many working days after the quarter as the collection's deadline
    says; an open period keeps its own. Another due day for an open period is said as a new
    opening. Raises CalendarConflict.
    """
    if period.is_sandbox:
        raise AlwaysOpen(period)
    if due is not None and due < period.ends:
        raise DueTooEarly(period)
    state = known.period(collection, str(period))
    if state is not None and state.closed:
        raise AlreadyClosed(collection, period)
    if state is not None and (due is None or state.due == due.isoformat()):
        return None
    day = due or _due(library, collection, period)
    remind, chase = _days_to_tell(library, day)
    return PeriodOpened(
        collection=collection,
        period=str(period),
        due=day.isoformat(),
        remind=remind,
        chase=chase,
    )


def decide_close(known: Versions, *, collection: str, period: Period) -> PeriodClosed | None:
    """Return what closing the period says; None where it is closed already.

    Raises NeverOpened or AlwaysOpen.
    """
    if period.is_sandbox:
        raise AlwaysOpen(period)
    state = known.period(collection, str(period))
    if state is None:
        raise NeverOpened(collection, period)
    return None if state.closed else PeriodClosed(collection=collection, period=str(period))


def _days_to_tell(library: Library, due: date) -> tuple[str | None, str | None]:
    """Return the days on which people are told of a due day; None beyond the known bank holidays.

    Those awaited are reminded so many working days before it, and chased on the next one after it.
    """
    days = library.working_days
    try:
        remind = days.before(due, count=REMIND_BEFORE)
        return remind.isoformat(), days.after(due, count=1).isoformat()
    except DayUnknown:
        return None, None


def _due(library: Library, collection: str, period: Period) -> date:
    try:
        return library.due(collection, quarter_ends=period.ends)
    except DayUnknown as error:
        raise DueUnknown(period, error) from error
