"""Timeliness: notices about when a return comes. They ask for nothing."""

from collections.abc import Iterator
from datetime import date

from services.ingest.core.fault import Fault, fault
from services.ingest.core.head import Head
from services.ingest.core.version import Versions


def timely(head: Head, *, known: Versions, today: date | None) -> Iterator[Fault]:
    """Yield a notice where the period is not open, over with, not over yet, or of the sandbox."""
    if head.collection is None or head.period is None:
        return
    collection, period = head.collection, str(head.period)
    state = known.period(collection, period)
    if head.period.is_sandbox:
        yield fault("T274")
    elif state is None:
        yield fault("T270", collection=collection, period=period)
    elif state.closed:
        yield fault("T271", collection=collection, period=period)
    elif today is not None and today.isoformat() > state.due:
        yield fault("T272", due=_spoken(date.fromisoformat(state.due)))
    elif today is not None and today <= head.period.ends:
        yield fault("T273", ends=_spoken(head.period.ends))


def _spoken(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
