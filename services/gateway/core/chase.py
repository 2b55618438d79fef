"""Who has returned, in sentences, and who has not, as a table; without a figure of anyone."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.authority import Authority
from services.gateway.core.fold.submission import CLOSED
from services.gateway.core.item.collection import TO_CHASE, Returned
from services.gateway.core.wording import day, plural

COLUMNS = (
    "authority",
    "name",
    "region",
    "collection",
    "period",
    "due",
    "state",
    "withdrawn",
    "working_days_left",
    "as_at",
)
"""The columns, in order."""


def write_chase_list(item: Mapping[str, Any], *, senders: Iterable[Authority]) -> str:
    """Return who of a collection's period has no return that counts, as CSV, by name.

    ``working_days_left`` is negative where the due day is over.
    """
    states = {each["authority"]: each for each in item["authorities"]}
    text = io.StringIO(newline="")
    lines = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    lines.writeheader()
    for authority in senders:
        entry = states[authority.code]
        if entry["state"] not in TO_CHASE:
            continue
        lines.writerow(
            {
                **item,
                **entry,
                "name": authority.name,
                "region": authority.region,
                "withdrawn": "yes" if entry["withdrawn"] else "no",
            }
        )
    return text.getvalue()


def returned_sentence(item: Mapping[str, Any]) -> str:
    """Say how many have returned, and how many of them late."""
    late = sum(each["state"] == Returned.AFTER_DUE for each in item["authorities"])
    said = f"{item['returned']} of {plural(item['of'], 'authority', 'authorities')} "
    said += "has returned" if item["returned"] == 1 else "have returned"
    return f"{said}, {late} of them late." if late else f"{said}."


def window_sentence(item: Mapping[str, Any]) -> str:
    """Say until when returns are taken in time, and how far off that is on the day ``as_at``."""
    if item["state"] == CLOSED:
        closed = f"Closed on {day(item['closed_at'][:10])}; a return after that is late"
        return f"{closed}, and what stands is locked."
    if item["due"] is None:
        return "Open."
    said, left = f"Due by {day(item['due'])}.", item["working_days_left"]
    if left is None:
        return said
    today = day(item["as_at"])
    if item["as_at"] > item["due"]:
        ago = f"that was {plural(-left, 'working day')} ago" if left else "that day is over"
        return f"{said} On {today} {ago}."
    if left == 0:
        return f"{said} No working day is left after {today}."
    return f"{said} On {today} {plural(left, 'working day')} {'is' if left == 1 else 'are'} left."
