"""Timeliness: notices about when a return comes. They ask for nothing."""

from collections.abc import Iterator
from datetime import date

from schemas.periods import Period
from services.ingest.core.fault import Fault, fault
from services.ingest.core.head import Head
from services.ingest.core.standing import is_locked
from services.ingest.core.version import Versions


def timely(head: Head, *, known: Versions, today: date | None) -> Iterator[Fault]:
    """Yield a notice where the period is not open, over or not over yet, and of what stands.

    One of the sandbox has a notice of its own alone.
    """
    if head.collection is None or head.period is None:
        return
    if head.period.is_sandbox:
        yield fault("T276")
        return
    collection, period = head.collection, str(head.period)
    who = head.authority.code if head.authority else ""
    current = known.slot((who, collection, period)).current
    if current is not None and current.return_id in known.words.signed:
        yield fault("T274")
    if current is not None and is_locked(known, current):
        yield fault("T275", collection=collection, period=period)
    else:
        yield from _in_its_time(collection, head.period, known=known, today=today)


def _in_its_time(
    collection: str, period: Period, *, known: Versions, today: date | None
) -> Iterator[Fault]:
    state = known.period(collection, str(period))
    if state is None:
        yield fault("T270", collection=collection, period=str(period))
    elif state.closed:
        yield fault("T271", collection=collection, period=str(period))
    elif today is not None and today.isoformat() > state.due:
        yield fault("T272", due=_spoken(date.fromisoformat(state.due)))
    elif today is not None and today <= period.ends:
        yield fault("T273", ends=_spoken(period.ends))


def _spoken(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
