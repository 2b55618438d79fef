"""A fault: one rule that one place of a body met, before faults are grouped and put into words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

SHOWN = 80
"""How many characters of a value are shown."""

_SURROGATES = range(0xD800, 0xE000)


class Column(StrEnum):
    """What a row of a return holds, by the name that it has in CSV and in JSON."""

    AUTHORITY = "authority"
    COLLECTION = "collection"
    PERIOD = "period"
    INDICATOR = "indicator"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    SYMBOL = "symbol"
    NOTE = "note"


COLUMNS = frozenset(Column)
HEAD = (Column.AUTHORITY, Column.COLLECTION, Column.PERIOD)
"""What a return says once: of whom, what and when it is."""

FIGURES = (Column.NUMERATOR, Column.DENOMINATOR)


class Place(NamedTuple):
    """Where something stands in the body that was sent.

    A place in a table has ``row`` (as a spreadsheet counts, the first line is row 1) and ``cell``
    ("E7"), in a workbook its ``sheet`` too; a JSON place has ``pointer`` (RFC 6901). Each names the
    ``column`` where there is one. ``order`` sorts places as they follow one another in the body.
    """

    order: tuple[int, int] = (-1, -1)
    pointer: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    sheet: str | None = None


WHOLE = Place()
"""The body as a whole."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule by its code, the place that met it, and the facts that its words need.

    ``value`` is the value as found, ready to be shown. ``explained`` is a query that the sender's
    own note answers, ``explanation`` the id of a text that was given to the same query on the same
    figure before, ``offered`` that of one given in the quarter before. Faults that differ in
    nothing but place and indicator are told as one.
    """

    code: str
    place: Place = WHOLE
    indicator: str | None = None
    value: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    explained: bool = False
    explanation: str | None = None
    offered: str | None = None

    @property
    def answered(self) -> bool:
        """Whether the query asks nothing more."""
        return self.explained or self.explanation is not None


def fault(
    code: str,
    *,
    place: Place = WHOLE,
    indicator: str | None = None,
    value: str | None = None,
    **facts: str,
) -> Fault:
    """Return a fault; ``facts`` are texts that the rule's words name."""
    return Fault(code, place, indicator, value, tuple(sorted(facts.items())))


def shown(text: str) -> str:
    """Return a text as found, safe to print: control characters escaped, at most 80 characters."""
    cut = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    if cut.isprintable():
        return cut
    safe = "".join(letter if _plain(letter) else _escape(letter) for letter in cut)
    return safe if len(safe) <= SHOWN else safe[: SHOWN - 1] + "…"


def _plain(letter: str) -> bool:
    return letter.isprintable() and ord(letter) not in _SURROGATES


def _escape(letter: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(letter, f"\\u{ord(letter):04x}")
