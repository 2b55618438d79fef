"""Published files: how each is recognised and which of its cells make which indicator.

The table itself is data (``schemas/data/published_mapping.toml``); these are its words.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Where = tuple[tuple[str, frozenset[str]], ...]
_Entry = str | dict[str, Any]


class Layout(StrEnum):
    """How a row names its area and its year."""

    EES = "ees"
    LAIT = "lait"


class Span(StrEnum):
    """What the year in a file means; years that end in another year bear that one's name."""

    FINANCIAL_YEAR = "financial-year"
    CALENDAR_YEAR = "calendar-year"
    ACADEMIC_YEAR = "academic-year"
    YEAR_ENDING = "year-ending"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a column of the rows whose other columns hold one of the texts of ``where``."""

    column: str
    where: Where = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """The sum of ``cells``; with ``over``, its quotient by that cell times the factor."""

    cells: tuple[Cell, ...]
    over: Cell | None = None

    @property
    def parts(self) -> tuple[Cell, ...]:
        """Every cell that is needed, the divisor last."""
        return self.cells if self.over is None else (*self.cells, self.over)


@dataclass(frozen=True, slots=True)
class Appears:
    """When a figure is published: ``years`` after the newest year in the file, in ``month``."""

    years: int
    month: int

    def release(self, newest: int) -> str:
        """Return the release of a file whose newest year is ``newest``, as "2025-10"."""
        return f"{newest + self.years}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One indicator (or "population:…") of a publication and the cells that it is read from.

    ``ends`` is the day ("09-30") of a count on a day, None for whole years. ``implied_n`` names
    the indicator or population whose counts stand in where only a ratio is printed.
    """

    indicator: str
    span: Span
    ends: str | None
    numerator: Figure | None
    denominator: Figure | None
    value: Figure | None
    implied_n: str | None
    appears: Appears

    @property
    def figures(self) -> tuple[Figure | None, Figure | None, Figure | None]:
        """Value, numerator and denominator, in the order in which a symbol is looked for."""
        return self.value, self.numerator, self.denominator


@dataclass(frozen=True, slots=True)
class Publication:
    """One kind of published file.

    It is recognised by ``columns``, each under its own name or one of its ``aliases``, and by at
    least one of the texts that ``holds`` expects in a column. ``areas`` maps codes of its own to
    ours. ``joint`` lists joint returns that stood under their first member's code.
    """

    source: str
    title: str
    layout: Layout
    columns: tuple[str, ...]
    aliases: Mapping[str, tuple[str, ...]]
    holds: Where
    areas: Mapping[str, str]
    joint: tuple[str, ...]
    measures: tuple[Measure, ...]

    def names(self, column: str) -> tuple[str, ...]:
        """Return the names under which a column may stand in a file, today's first."""
        return (column, *self.aliases.get(column, ()))


def read_publications(text: str) -> Iterator[Publication]:
    """Read the mapping table, in its order."""
    for entry in tomllib.loads(text)["publication"]:
        layout = Layout(entry.get("layout", Layout.EES))
        appears = Appears(**entry["release"])
        yield Publication(
            source=entry["source"],
            title=entry["title"],
            layout=layout,
            columns=tuple(entry["columns"]),
            aliases=MappingProxyType({k: tuple(v) for k, v in entry.get("aliases", {}).items()}),
            holds=_where(entry.get("holds", {})),
            areas=MappingProxyType(dict(entry.get("areas", {}))),
            joint=tuple(entry.get("joint", ())),
            measures=tuple(_measure(m, layout, appears) for m in entry.get("measure", ())),
        )


def _measure(entry: Mapping[str, Any], layout: Layout, appears: Appears) -> Measure:
    shared = _where(entry.get("where", {}))

    def figure(name: str) -> Figure | None:
        found = entry.get(name)
        return None if found is None else _figure(found, layout, shared)

    return Measure(
        indicator=entry["indicator"],
        span=Span(entry["period"]),
        ends=entry.get("ends"),
        numerator=figure("numerator"),
        denominator=figure("denominator"),
        value=figure("value"),
        implied_n=entry.get("implied_n"),
        appears=Appears(**entry["release"]) if "release" in entry else appears,
    )


def _figure(entry: _Entry | list[_Entry], layout: Layout, shared: Where) -> Figure:
    listed = entry if isinstance(entry, list) else [entry]
    over = entry.get("over") if isinstance(entry, dict) else None
    return Figure(
        cells=tuple(_cell(item, layout, shared) for item in listed),
        over=None if over is None else _cell(over, layout, shared),
    )


def _cell(entry: _Entry, layout: Layout, shared: Where) -> Cell:
    named: dict[str, Any] = {"column": entry} if isinstance(entry, str) else entry
    where = shared + _where(named.get("where", {}))
    if layout is Layout.LAIT:
        return Cell("value", (*where, ("lait_code", frozenset({plain(named["column"])}))))
    return Cell(named["column"], where)


def _where(entry: Mapping[str, list[str]]) -> Where:
    return tuple((column, frozenset(map(plain, texts))) for column, texts in entry.items())


def plain(text: str) -> str:
    """Reduce a breakdown's text to what its spellings share: case and spaces do not count."""
    return " ".join(text.casefold().split())
