"""From rows to data sets: the cells of one indicator, area by area and year by year."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from schemas.events import FiguresPublished, Number, Symbol
from schemas.periods import Period, PeriodKind
from schemas.publication import Figure, Measure, Publication, Span
from schemas.reference import ENGLAND_CODE, Indicator, Kind
from services.ingest.core.published_figure import Part, add, as_number, divide

_PLAUSIBLE_FROM = 10
_KINDS = {
    Span.FINANCIAL_YEAR: PeriodKind.FINANCIAL_YEAR,
    Span.ACADEMIC_YEAR: PeriodKind.ACADEMIC_YEAR,
    Span.CALENDAR_YEAR: PeriodKind.CALENDAR_YEAR,
    Span.YEAR_ENDING: PeriodKind.YEAR_ENDING,
    Span.DAY: PeriodKind.CALENDAR_YEAR,
}
_SEPTEMBER = 9


@dataclass(frozen=True, slots=True)
class File:
    """What every data set of a file says of it."""

    name: str
    sha256: str
    release: str | None


@dataclass(slots=True)
class Gathered:
    """The cells of one measure in one year: by area, figure and part.

    ``hollow`` where they are symbols only, ``implausible`` where England's value cannot be right;
    ``gone`` are authorities that did not exist that year, whose symbols say no more than that.
    """

    cells: dict[str, dict[tuple[int, int], Part]] = field(default_factory=dict)
    hollow: bool = False
    implausible: bool = False
    gone: set[str] = field(default_factory=set)

    def put(self, area: str, figure: int, part: int, read: Part) -> None:
        """Keep one cell."""
        self.cells.setdefault(area, {})[figure, part] = read


@dataclass(frozen=True, slots=True)
class Line:
    """One area's place in a data set."""

    value: Number | None
    numerator: Number | None
    denominator: Number | None
    symbol: Symbol | None

    @property
    def has_figure(self) -> bool:
        """Whether the area has a printed value or a count."""
        return self.value is not None or self.numerator is not None


def period_of(measure: Measure, year: int) -> tuple[str, str]:
    """Return the canonical period that a year in the file means, and the day on which it ends."""
    starts_before = measure.span in {Span.FINANCIAL_YEAR, Span.ACADEMIC_YEAR}
    part = _SEPTEMBER if measure.span is Span.YEAR_ENDING else 0
    period = Period(_KINDS[measure.span], year - starts_before, part)
    if measure.ends is None:
        return str(period), period.ends.isoformat()
    return str(period), f"{year}-{measure.ends}"


def lines_of(
    gathered: Gathered, measure: Measure, indicator: Indicator | None, *, absent: Collection[str]
) -> dict[str, Line]:
    """Return the line of every area that has a figure or a symbol; nothing where none has a figure.

    ``absent`` are the authorities that did not exist that year: only figures of theirs count.
    England is left out, and ``gathered`` marked, where its printed value lies outside those of
    all authorities: a pooled value cannot, so the file is in error there.
    """
    factor = Decimal(1) if indicator is None else Decimal(repr(indicator.factor))
    lines = {}
    for area in sorted(gathered.cells):
        line = _line(gathered.cells[area], measure, factor)
        if line is not None and area in absent and not line.has_figure:
            gathered.gone.add(area)
        elif line is not None:
            lines[area] = line
    if not any(line.has_figure for line in lines.values()):
        gathered.hollow = bool(lines)
        return {}
    if indicator is not None and indicator.kind is not Kind.COUNT and not _plausible(lines):
        gathered.implausible = True
        del lines[ENGLAND_CODE]
    return lines


def data_set(
    lines: Mapping[str, Line],
    measure: Measure,
    *,
    year: int,
    newest: int,
    publication: Publication,
    file: File,
) -> FiguresPublished:
    """Return the lines as one event: areas in order of their codes."""
    period, ends = period_of(measure, year)
    return FiguresPublished(
        source=publication.source,
        indicator=measure.indicator,
        period=period,
        release=file.release or measure.appears.release(newest),
        ends=ends,
        file=file.name,
        sha256=file.sha256,
        implied_n=measure.implied_n,
        areas=tuple(lines),
        values=tuple(line.value for line in lines.values()),
        numerators=tuple(line.numerator for line in lines.values()),
        denominators=tuple(line.denominator for line in lines.values()),
        symbols=tuple(line.symbol for line in lines.values()),
    )


def _line(cells: Mapping[tuple[int, int], Part], measure: Measure, factor: Decimal) -> Line | None:
    """Return an area's line, None where neither value nor numerator is in the file."""
    read = [
        _figure(cells, at, figure, factor) if figure is not None else None
        for at, figure in enumerate(measure.figures)
    ]
    if read[0] is None and read[1] is None:
        return None
    numbers = [as_number(part) if isinstance(part, Decimal) else None for part in read]
    return Line(
        value=numbers[0],
        numerator=numbers[1],
        denominator=numbers[2],
        symbol=_symbol(read[0] if read[0] is not None else read[1], read),
    )


def _figure(
    cells: Mapping[tuple[int, int], Part], at: int, figure: Figure, factor: Decimal
) -> Part | None:
    parts = list(_parts(cells, at, len(figure.parts)))
    if len(parts) < len(figure.parts):
        return None
    if figure.over is None:
        return add(parts)
    ratio = divide(add(parts[:-1]), parts[-1])
    return ratio * factor if isinstance(ratio, Decimal) else ratio


def _parts(cells: Mapping[tuple[int, int], Part], at: int, count: int) -> Iterator[Part]:
    for part in range(count):
        found = cells.get((at, part))
        if found is not None:
            yield found


def _symbol(leading: Part | None, read: list[Part | None]) -> Symbol | None:
    """Return the symbol in place of the printed value, or of the counts where none is printed."""
    if isinstance(leading, Decimal):
        return None
    return next((part for part in read if part is not None and not isinstance(part, Decimal)), None)


def _plausible(lines: Mapping[str, Line]) -> bool:
    england = lines.get(ENGLAND_CODE)
    values = [
        line.value
        for area, line in lines.items()
        if line.value is not None and not area.startswith("E")
    ]
    if england is None or england.value is None or len(values) < _PLAUSIBLE_FROM:
        return True
    return min(values) <= england.value <= max(values)
