"""Charts as geometry: scales, ticks, paths and labels, drawn by a template as inline SVG.

Lines may leave a gap where a value is missing. Labels at the right end are spread so that none
covers another. Every number is rounded to a tenth of a pixel.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from services.gateway.core import wording

WIDTH = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 176, 18, 34
_TREND_HEIGHT = 320
_ROW = 30
_LABEL_GAP = 17.0
_MARK_GAP = 5
_STEPS = (1, 2, 2.5, 5, 10)
_WANTED_TICKS = 5
_FROM_ZERO_BELOW = 0.5
_DOT = 3.4
_LEAST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its kind chooses colour and dashes; a None is a gap."""

    name: str
    kind: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its label."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn series: an SVG path, its points, and its label at the right end."""

    name: str
    kind: str
    path: str
    points: tuple[tuple[float, float], ...]
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Trend:
    """A line chart over periods. ``band`` is the path of the range behind the lines."""

    height: int
    left: float
    right: float
    bottom: float
    ys: tuple[Tick, ...]
    xs: tuple[Tick, ...]
    lines: tuple[Line, ...]
    band: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot; ``label`` stands at its left, on its row."""

    x: float
    y: float
    tone: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line with a name, whose label begins at ``label_x``, or ends there if ``left``."""

    name: str
    kind: str
    x: float
    label_x: float
    left: bool


@dataclass(frozen=True, slots=True)
class Dots:
    """Dots over one scale. ``marks`` are one line or two: England, the region."""

    height: int
    left: float
    right: float
    bottom: float
    xs: tuple[Tick, ...]
    dots: tuple[Dot, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    begin: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)


def draw_trend(
    series: Sequence[Series],
    periods: Sequence[str],
    *,
    decimals: int,
    ranges: Sequence[tuple[float, float] | None] = (),
) -> Trend | None:
    """Return the chart of some series over periods; None where no series has a value."""
    known = [v for s in series for v in s.values if v is not None]
    known += [edge for pair in ranges if pair is not None for edge in pair]
    if not known:
        return None
    ticks = _ticks(known)
    bottom = _TREND_HEIGHT - _BOTTOM
    y = _Scale(ticks[0], ticks[-1], bottom, _TOP)
    x = _Scale(0, max(len(periods) - 1, 1), _LEFT + 14, WIDTH - _RIGHT)
    lines = [_line(s, x, y) for s in series if any(v is not None for v in s.values)]
    return Trend(
        height=_TREND_HEIGHT,
        left=_LEFT,
        right=WIDTH - _RIGHT,
        bottom=bottom,
        ys=tuple(Tick(y(t), _tick_text(t, ticks, decimals)) for t in ticks),
        xs=tuple(Tick(x(i), wording.short_period(p)) for i, p in _sparse(periods)),
        lines=tuple(_spread(lines)),
        band=_band(ranges, x, y),
    )


def draw_rows(
    rows: Sequence[tuple[str, float, str, str]],
    *,
    decimals: int,
    marks: Mapping[str, tuple[str, float | None]],
) -> Dots | None:
    """Return a dot for each row (name, value, tone, text) on a line of its own."""
    return _dots(rows, decimals=decimals, marks=marks, left=190, right=70, row=_ROW)


def draw_strip(
    values: Sequence[tuple[str, float, str, str]],
    *,
    decimals: int,
    marks: Mapping[str, tuple[str, float | None]],
) -> Dots | None:
    """Return all values on one line, those that would cover one another stacked."""
    return _dots(values, decimals=decimals, marks=marks, left=24, right=24, row=0)


def _dots(
    rows: Sequence[tuple[str, float, str, str]],
    *,
    decimals: int,
    marks: Mapping[str, tuple[str, float | None]],
    left: float,
    right: float,
    row: int,
) -> Dots | None:
    lines = [(name, kind, v) for name, (kind, v) in marks.items() if v is not None]
    known = [value for _, value, _, _ in rows] + [v for _, _, v in lines]
    if not rows:
        return None
    ticks = _ticks(known)
    x = _Scale(ticks[0], ticks[-1], left, WIDTH - right)
    bottom: float
    if row:
        bottom = _TOP + 22 + row * len(rows)
        heights = [_TOP + 22 + row * (i + 0.5) for i in range(len(rows))]
    else:
        levels = _stacked([x(value) for _, value, _, _ in rows])
        bottom = _TOP + 34 + (max(levels) + 1) * 2 * _DOT
        heights = [bottom - _DOT - 4 - level * 2 * _DOT for level in levels]
    return Dots(
        height=ceil(bottom + _BOTTOM),
        left=left,
        right=WIDTH - right,
        bottom=round(bottom, 1),
        xs=tuple(Tick(x(t), _tick_text(t, ticks, decimals)) for t in ticks),
        dots=tuple(
            Dot(x(value), round(height, 1), tone, name, text)
            for (name, value, tone, text), height in zip(rows, heights, strict=True)
        ),
        marks=tuple(_marks([(name, kind, x(v)) for name, kind, v in lines])),
    )


def _marks(lines: Sequence[tuple[str, str, float]]) -> Iterator[Mark]:
    """Put the label of the first of two lines at its left, so that none crosses the other's."""
    ordered = sorted(lines, key=lambda line: line[2])
    for place, (name, kind, x) in enumerate(ordered):
        left = place < len(ordered) - 1
        yield Mark(name, kind, x, round(x - _MARK_GAP if left else x + _MARK_GAP, 1), left)


def _stacked(places: Sequence[float]) -> list[int]:
    """Return for each dot how many lie under it."""
    heights: dict[int, int] = {}
    levels = []
    for place in places:
        column = round(place / (2 * _DOT))
        levels.append(heights.get(column, 0))
        heights[column] = levels[-1] + 1
    return levels


def _ticks(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    if low > 0 and low < high * _FROM_ZERO_BELOW:
        low = 0.0
    if high - low < max(_LEAST_SPREAD, abs(high) * _LEAST_SPREAD):
        margin = max(abs(high) * 0.1, 1.0)
        low, high = low - margin, high + margin
    step = _step((high - low) / _WANTED_TICKS)
    first, last = floor(low / step), ceil(high / step)
    return [round(n * step, 10) for n in range(first, last + 1)]


def _step(rough: float) -> float:
    size: float = 10.0 ** floor(log10(rough))
    return next(step * size for step in _STEPS if step * size >= rough - size * 1e-9)


def _tick_text(tick: float, ticks: Sequence[float], decimals: int) -> str:
    step = ticks[1] - ticks[0]
    needed = next((d for d in range(4) if abs(round(step, d) - step) < 1e-9), decimals)  # noqa: PLR2004 - three places are enough for any axis
    return wording.number(tick, needed)


def _sparse(periods: Sequence[str]) -> list[tuple[int, str]]:
    every = ceil(len(periods) / 7) or 1
    last = len(periods) - 1
    return [(i, p) for i, p in enumerate(periods) if (last - i) % every == 0]


def _line(series: Series, x: _Scale, y: _Scale) -> Line:
    points, path, pen_down = [], [], False
    for place, value in enumerate(series.values):
        if value is None:
            pen_down = False
            continue
        point = (x(place), y(value))
        points.append(point)
        path.append(f"{'L' if pen_down else 'M'}{point[0]} {point[1]}")
        pen_down = True
    end = points[-1]
    return Line(series.name, series.kind, "".join(path), tuple(points), end[0] + 10, end[1])


def _spread(lines: Sequence[Line]) -> list[Line]:
    """Move labels down where they would cover one another, and all up again if they ran out."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda known: known.label_y):
        y = max(line.label_y, placed[-1].label_y + _LABEL_GAP) if placed else line.label_y
        placed.append(
            Line(line.name, line.kind, line.path, line.points, WIDTH - _RIGHT + 10, round(y, 1))
        )
    return placed


def _band(ranges: Sequence[tuple[float, float] | None], x: _Scale, y: _Scale) -> str:
    known = [(x(i), y(pair[0]), y(pair[1])) for i, pair in enumerate(ranges) if pair is not None]
    if len(known) < 2:  # noqa: PLR2004 - a band needs two ends
        return ""
    upper = "L".join(f"{at} {high}" for at, _, high in known)
    lower = "L".join(f"{at} {low}" for at, low, _ in reversed(known))
    return f"M{upper}L{lower}Z"
