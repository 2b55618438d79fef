"""A collection's period as the API says it: its window, who has returned, who is to be chased."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from schemas.working_day import DayUnknown, WorkingDays
from services.gateway.core.document import Document
from services.gateway.core.fold.submission import CLOSED, WITHDRAWN
from services.gateway.core.item.submission import current, state_of


class Returned(StrEnum):
    """Whether an authority has returned, and whether it did in time."""

    IN_TIME = "in_time"
    AFTER_DUE = "returned_late"
    AWAITED = "awaited"
    OVERDUE = "late"
    NEVER = "not_returned"


TO_CHASE = frozenset({Returned.AWAITED, Returned.OVERDUE, Returned.NEVER})
"""The states of those who have no return that counts."""


def returned(period: Document, authority: str, *, today: str | None) -> Returned:
    """Return where an authority's return stands on a day.

    Late is who was first heard of after the due day, or after the close: a correction is not. A
    return that was withdrawn leaves its authority to be awaited again, as if nothing had come.
    """
    if current(period, authority) is None:
        if period["state"] == CLOSED:
            return Returned.NEVER
        due = period["due"]
        is_over = due is not None and today is not None and due < today
        return Returned.OVERDUE if is_over else Returned.AWAITED
    first = _since_withdrawal(period["returns"][authority])[0]["at"]
    late = period["due"] is not None and first[:10] > period["due"]
    closed = period["closed_at"] is not None and first > period["closed_at"]
    return Returned.AFTER_DUE if late or closed else Returned.IN_TIME


def _since_withdrawal(versions: Sequence[Document]) -> Sequence[Document]:
    gone = [place for place, each in enumerate(versions) if each["state"] == WITHDRAWN]
    return versions[gone[-1] + 1 :] if gone else versions


def days_left(period: Document, *, today: str | None, working_days: WorkingDays) -> int | None:
    """Return how many working days are left, the due day included; negative once it is over.

    None where it is not known: without a due day, or beyond the bank holidays that are known.
    """
    if period["due"] is None or today is None:
        return None
    try:
        return working_days.between(date.fromisoformat(today), date.fromisoformat(period["due"]))
    except DayUnknown:
        return None


def collection_item(
    period: Document,
    *,
    senders: Iterable[str],
    baseline: str | None,
    today: str | None,
    working_days: WorkingDays,
) -> dict[str, Any]:
    """Return one collection's period: its window, and who of its senders has returned."""
    authorities = [_sender(period, code, today=today) for code in senders]
    return {
        "collection": period["collection"],
        "period": period["period"],
        "state": period["state"],
        "due": period["due"],
        "opened_at": period["opened_at"],
        "closed_at": period["closed_at"],
        "as_at": today,
        "working_days_left": None
        if period["state"] == CLOSED
        else days_left(period, today=today, working_days=working_days),
        "baseline": baseline,
        "returned": sum(entry["returned"] for entry in authorities),
        "of": len(authorities),
        "authorities": authorities,
    }


def _sender(period: Document, code: str, *, today: str | None) -> dict[str, Any]:
    entry = current(period, code)
    versions = period["returns"].get(code, [])
    return {
        "authority": code,
        "returned": entry is not None,
        "state": returned(period, code, today=today),
        "return_id": entry["id"] if entry else None,
        "version": versions.index(entry) + 1 if entry else None,
        "accepted_at": entry["at"] if entry else None,
        "open_queries": len(entry["asked"]) if entry else 0,
        "return_state": state_of(period, entry) if entry else None,
        "signed_off": entry is not None and entry["signed"],
        "on_behalf": entry is not None and entry["on_behalf"],
        "withdrawn": entry is None and any(v["state"] == WITHDRAWN for v in versions),
    }
