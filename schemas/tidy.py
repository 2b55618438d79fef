"""The tidy table of a return: its columns, what each may hold, and what a template has beside it.

Every contract that says what a file looks like (JSON Schema, Table Schema, CSVW) says it from here.
"""

from dataclasses import dataclass
from typing import get_args

from schemas.events.returns import Symbol

LARGEST = 10_000_000
"""No authority counts as far: all of England has twelve million children."""
LONGEST_NOTE = 2_000
SYMBOLS: tuple[Symbol, ...] = get_args(Symbol)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: ``is_figure`` for the numbers, ``required`` where no row may leave it blank."""

    name: str
    title: str
    description: str
    required: bool = False
    is_figure: bool = False
    pattern: str | None = None
    longest: int | None = None


FIELDS = (
    Field(
        "authority",
        "Authority",
        "DfE's three-digit code, as 383.",
        required=True,
        pattern=r"[0-9D][0-9]{2}",
    ),
    Field("collection", "Collection", "Such as riia-quarterly.", required=True),
    Field(
        "period",
        "Period",
        "The quarter, as 2026-27-Q2.",
        required=True,
        pattern=r"\d{4}-\d{2}-Q[1-4]",
    ),
    Field("indicator", "Indicator", "Its code in the catalogue, as CP04.", required=True),
    Field("numerator", "Numerator", "A count; FTE with one decimal.", is_figure=True),
    Field(
        "denominator",
        "Denominator",
        "What the numerator is a part of. Left out for rates per population, which take the "
        "estimate in force, and for plain counts.",
        is_figure=True,
    ),
    Field(
        "symbol",
        "Symbol",
        "z not applicable, x not available, c confidential, u unreliable, low (or k) rounds to "
        "zero.",
    ),
    Field(
        "note",
        "Note",
        "Context for whoever reads the figure. Never about a single child.",
        longest=LONGEST_NOTE,
    ),
)
"""The columns of a return, in the order in which they are written here."""

GUIDANCE = (
    "authority_name", "title", "definition", "unit", "numerator_counts", "denominator_counts",
    "last_quarter",
)  # fmt: skip
"""Columns that a template has for its reader: nothing in them is ever read as a figure."""
