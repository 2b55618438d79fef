"""Consistency: queries about figures of one return that do not go together, and yet might be right.

What cannot be right by its very definition is an error (``crossfield``). Here are counts that are
kept in two systems, or that somebody may count in another way: they may differ a little.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from services.ingest.core.crossfield import number
from services.ingest.core.entry import Entry
from services.ingest.core.fault import Column, Fault, fault

Entries = Mapping[str, Entry]
"""The rows with figures, by indicator."""

_TOLERANCE = Decimal("0.03")
_EVENTS = 10
_FTE = 5

_MORE_THAN_ALL = {"CP02": 1, "SE04": 1, "WF05": 1, "WF04": 66}
"""How often its denominator a numerator may be: a quarter has 66 working days at most."""

_SAME_COUNT: Mapping[str, str] = {
    "FD04": "FD03",
    "FD07": "FD03",
    "AS03": "AS02",
    "CP04": "CP03",
    "CP08": "CP06",
    "CP09": "CP06",
    "LA04": "LA01",
    "EH02": "EH01",
    "EH05": "EH08",
}
"""A denominator, and the indicator that counts the same."""

_SAME_WHOLE = (
    ("LA05", "LA07", "LA08", "LA09", "LA11"),
    ("CL01", "CL03", "CL04"),
    ("FD05", "FD06"),
    ("ED03", "ED04"),
)
"""Indicators whose denominators count the same."""

_SOME_OF = (("CL06", "CL05"), ("AS03", "AS02"))
"""A numerator that is some of another indicator's count, as most count it."""

_STAFF = ("WF02", "WF03")
"""Shares of those in post and themselves."""

_APART = ("FD05", "FD06")
"""Outcomes of which a referral has one at most."""


def inconsistent(entries: Entries) -> Iterator[Fault]:
    """Yield a query for each pair of figures that do not go together."""
    for rule in _RULES:
        yield from rule(entries)


def _more_than_all(entries: Entries) -> Iterator[Fault]:
    for code, most in _MORE_THAN_ALL.items():
        entry = entries.get(code)
        if entry is None or not entry.denominator.number:
            continue
        if (entry.numerator.number or 0) > most * entry.denominator.number:
            yield ask(
                "Q203",
                entry,
                numerator=number(entry.numerator.number),
                denominator=number(entry.denominator.number),
            )


def _same_count(entries: Entries) -> Iterator[Fault]:
    for share, count in _SAME_COUNT.items():
        if share not in entries or count not in entries:
            continue
        here, there = entries[share].denominator.number, entries[count].numerator.number
        if _apart(here, there, most=_EVENTS):
            yield ask(
                "Q204",
                entries[share],
                column=Column.DENOMINATOR,
                denominator=number(here),
                other=count,
                count_there=number(there),
            )


def _some_of(entries: Entries) -> Iterator[Fault]:
    for part, whole in _SOME_OF:
        if part not in entries or whole not in entries:
            continue
        some, of = entries[part].numerator.number, entries[whole].numerator.number
        if some is not None and of is not None and some > max(of, Decimal(_EVENTS)):
            yield ask(
                "Q205",
                entries[part],
                numerator=number(some),
                other=whole,
                count_there=number(of),
            )


def _staff(entries: Entries) -> Iterator[Fault]:
    in_post = entries["WF01"].numerator.number if "WF01" in entries else None
    for code in _STAFF:
        if code not in entries or in_post is None:
            continue
        more = entries[code].numerator.number or Decimal(0)
        if _apart(entries[code].denominator.number, in_post + more, most=_FTE):
            yield ask(
                "Q206",
                entries[code],
                column=Column.DENOMINATOR,
                denominator=number(entries[code].denominator.number),
                in_post=number(in_post),
                more=number(more),
                together=number(in_post + more),
            )


def _same_whole(entries: Entries) -> Iterator[Fault]:
    for group in _SAME_WHOLE:
        returned = [entries[code] for code in group if code in entries]
        for other in returned[1:]:
            first = returned[0]
            here, there = other.denominator.number, first.denominator.number
            if _apart(here, there, most=_EVENTS):
                yield ask(
                    "Q207",
                    other,
                    column=Column.DENOMINATOR,
                    denominator=number(here),
                    other=str(first.code),
                    count_there=number(there),
                )


def _exclude_one_another(entries: Entries) -> Iterator[Fault]:
    if not entries.keys() >= set(_APART):
        return
    one, other = (entries[code] for code in _APART)
    whole = one.denominator.number
    together = (one.numerator.number or 0) + (other.numerator.number or 0)
    if whole is not None and whole == other.denominator.number and together > whole:
        yield ask(
            "Q208",
            other,
            other=str(one.code),
            together=number(together),
            denominator=number(whole),
        )


_RULES: tuple[Callable[[Entries], Iterator[Fault]], ...] = (
    _more_than_all,
    _same_count,
    _some_of,
    _staff,
    _same_whole,
    _exclude_one_another,
)


def counted_elsewhere(entry: Entry, entries: Entries) -> bool:
    """Say whether an entry's denominator is also the count of another one that was returned."""
    code = str(entry.code)
    return code in _STAFF or _SAME_COUNT.get(code) in entries


def _apart(here: Decimal | None, there: Decimal | None, *, most: int) -> bool:
    """Say whether two counts differ by more than late records and rounding make them."""
    if here is None or there is None:
        return False
    apart = abs(here - there)
    return apart > most and apart > _TOLERANCE * there


def ask(rule: str, entry: Entry, *, column: Column = Column.NUMERATOR, **facts: str) -> Fault:
    """Return a query about a column of an entry, with the facts that the rule's words need."""
    return fault(
        rule,
        place=entry.place(column),
        indicator=entry.code,
        value=entry.row[column].shown,
        **facts,
    )
