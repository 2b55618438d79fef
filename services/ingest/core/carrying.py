"""Carrying: what was said of a query goes with its figure, so that nobody explains it twice."""

from collections.abc import Mapping
from dataclasses import replace

from services.ingest.core.entry import Entry
from services.ingest.core.fault import Fault
from services.ingest.core.head import Head
from services.ingest.core.version import Slot, Versions


def answer(odd: Fault, entries: Mapping[str, Entry], *, head: Head, known: Versions) -> Fault:
    """Return a query with what is said of it already.

    That is the note beside the figure, what explained the same figure of the return that stands, or
    what answered the same query in the quarter before, which is offered to be confirmed.
    """
    entry = entries.get(odd.indicator or "")
    if entry is not None and entry.note:
        return replace(odd, explained=True)
    if head.authority is None or head.collection is None or head.period is None:
        return odd
    who = (head.authority.code, head.collection)
    standing = known.slot((*who, str(head.period)))
    said = _given(odd, standing, known)
    if said is not None and entry is not None and _is_same(entry, standing):
        return replace(odd, explanation=said)
    before = known.slot((*who, str(head.period.previous())))
    return replace(odd, offered=_given(odd, before, known))


def _given(odd: Fault, slot: Slot, known: Versions) -> str | None:
    """Return the words given to the same query on a return that stands."""
    if slot.current is None:
        return None
    said = known.explanation(slot.current.return_id, odd.indicator)
    return said.text if said is not None and odd.code in said.codes else None


def _is_same(entry: Entry, slot: Slot) -> bool:
    then = slot.observations.get(str(entry.code))
    now = (entry.numerator.given, entry.denominator.given)
    return then is not None and now == (then.numerator, then.denominator)
