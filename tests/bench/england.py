"""England's history: every authority, eight quarters, through the real doors, made once and kept.

``prepare`` gives a data directory with all shipped published figures and 153 × 8 returns of
riia-quarterly: seven quarters are closed and the newest is open with everybody's return in it. One
return in ten was corrected three days later, one in forty came after the due day. The figures are
invented around the published ones and stand in no product.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import ENGLAND, load_library
from services.embedded.data import owned
from services.embedded.demonstration.moment import StoryClock
from services.embedded.wiring import assemble
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.clock import now
from services.runtime.settings import Settings
from tests.bench.chance import below
from tests.bench.figures import Authority, Figure
from tests.bench.levels import read_levels

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".build" / "bench"
COLLECTION = "riia-quarterly"
FIRST, LAST = "2024-25-Q3", "2026-27-Q2"
SEED = "england"
DUE_AFTER, CLOSES_AFTER = 42, 56
CORRECTED_ONE_IN, LATE_ONE_IN = 10, 40
_COLUMNS = (
    "authority", "collection", "period", "indicator", "numerator", "denominator", "symbol", "note",
)  # fmt: skip
_MATTERS = (
    "schemas",
    "services/runtime",
    "services/ingest",
    "services/benchmark",
    "services/alerts",
)
_BESIDES = {"demonstration.toml", "fictional_authorities.csv"}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens: a period opens, a return comes, a period closes."""

    at: datetime
    what: str
    period: str
    body: bytes = b""
    format: Format = Format.JSON
    collection: str = COLLECTION


def quarters() -> list[Period]:
    """Return the quarters of the history, the oldest first."""
    found = [Period.parse(FIRST)]
    while str(found[-1]) != LAST:
        found.append(found[-1].next())
    return found


def write_json(authority: str, period: str, figures: Sequence[Figure]) -> bytes:
    """Return a return as a system writes it."""
    return write_return(COLLECTION, authority, period, figures)


def write_return(collection: str, authority: str, period: str, figures: Sequence[Figure]) -> bytes:
    """Return a return of any collection as a system writes it."""
    head = {"authority": authority, "collection": collection, "period": period}
    return json.dumps({**head, "observations": [_cells(figure) for figure in figures]}).encode()


def write_csv(authority: str, period: str, figures: Sequence[Figure]) -> bytes:
    """Return a return as a spreadsheet saves it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    head = {"authority": authority, "collection": COLLECTION, "period": period}
    writer.writerows({**head, **_cells(figure)} for figure in figures)
    return text.getvalue().encode()


def _cells(figure: Figure) -> dict[str, object]:
    indicator, numerator, denominator = figure
    if denominator == 0:
        return {"indicator": indicator, "symbol": "z"}
    cells: dict[str, object] = {"indicator": indicator, "numerator": numerator}
    return cells if denominator is None else {**cells, "denominator": denominator}


def draw(seed: str = SEED) -> dict[tuple[str, str], list[Figure]]:
    """Return everybody's figures by authority and quarter; the same on every machine."""
    levels = read_levels(shipped_figures())
    drawn: dict[tuple[str, str], list[Figure]] = {}
    for code in sorted(load_library().senders(ENGLAND)):
        authority = Authority(seed, code, levels)
        for period in map(str, quarters()):
            drawn[code, period] = authority.quarter(period)
    return drawn


def moments() -> list[Moment]:
    """Return the whole history in order of time."""
    found: list[Moment] = []
    for period in quarters():
        found.append(Moment(at_hour(period.ends + timedelta(days=1), 7), "open", str(period)))
        if str(period) != LAST:
            closes = period.ends + timedelta(days=CLOSES_AFTER)
            found.append(Moment(at_hour(closes, 17), "close", str(period)))
    for (code, period), figures in draw().items():
        found.extend(_returns(code, Period.parse(period), figures))
    return sorted(found, key=lambda moment: moment.at)


def _returns(code: str, period: Period, figures: list[Figure]) -> Iterator[Moment]:
    name = (SEED, code, str(period))
    days = 8 + below(DUE_AFTER - 9, *name, "day")
    if below(LATE_ONE_IN, *name, "late") == 0:
        days = DUE_AFTER + 3
    at = at_hour(period.ends + timedelta(days=days), 8)
    at += timedelta(minutes=below(480, *name, "minute"), seconds=int(code) % 60)
    is_csv = int(code) % 2 == 1
    write, format = (write_csv, Format.CSV) if is_csv else (write_json, Format.JSON)
    first = list(figures)
    if below(CORRECTED_ONE_IN, *name, "corrected") == 0:
        code_, numerator, denominator = first[0]
        first[0] = (code_, numerator + 1, denominator)
        right = write(code, str(period), figures)
        yield Moment(at + timedelta(days=3), "return", str(period), right, format)
    yield Moment(at, "return", str(period), write(code, str(period), first), format)


def at_hour(day: date, hour: int) -> datetime:
    """Return the moment of a day at a full hour."""
    return datetime.combine(day, time(hour, tzinfo=UTC))


def prepare() -> Path:
    """Return the kept data directory, making it first if the sources that matter have changed."""
    place = KEPT / f"england-{_key()}"
    if not place.is_dir():
        half = place.with_suffix(".part")
        shutil.rmtree(half, ignore_errors=True)
        write_history(half)
        for older in KEPT.glob("england-*"):
            if older != half:
                shutil.rmtree(older)
        half.rename(place)
    return place


def copy_to(folder: Path) -> Path:
    """Copy the kept history into a folder that may be written to."""
    shutil.copytree(prepare(), folder, dirs_exist_ok=True)
    return folder


def write_history(directory: Path) -> None:
    """Play the history through the desk, the cores, the views and the outbox."""
    story = moments()
    clock = StoryClock(story[0].at, afterwards=now)
    with owned(directory) as log:
        product = assemble(
            log,
            directory=directory,
            nation=ENGLAND,
            library=load_library(),
            settings=Settings(),
            now=clock,
        )
        product.prepare(shipped_figures())
        product.settle()
        for _, of_a_day in groupby(story, key=lambda moment: moment.at.date()):
            for moment in of_a_day:
                clock.show(moment.at)
                _play(moment, product.desk)
            product.settle()
        log.forget()


def _play(moment: Moment, desk: Desk) -> None:
    if moment.what == "open":
        due = Period.parse(moment.period).ends + timedelta(days=DUE_AFTER)
        desk.open_period(COLLECTION, moment.period, due=due)
    elif moment.what == "close":
        desk.close_period(COLLECTION, moment.period)
    else:
        desk.submit(moment.body, format=moment.format, channel="bench")


def _key() -> str:
    digest = sha256()
    files = [path for top in _MATTERS for path in (ROOT / top).rglob("*")]
    files += [
        Path(__file__).parent / f"{name}.py" for name in ("chance", "england", "figures", "levels")
    ]
    for path in sorted(files):
        ours = path.suffix in {".py", ".toml", ".csv", ".gz", ".json"} and path.is_file()
        if ours and path.name not in _BESIDES and "contracts" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    print(prepare())
