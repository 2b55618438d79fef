"""How often honest figures are asked about: those that authorities published, year after year."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from schemas.catalogue import Accumulates, Indicator
from schemas.events import FiguresPublished, Observation
from schemas.published import shipped_figures
from schemas.reference import ENGLAND, load_library
from services.ingest.core.check import check, read
from services.ingest.core.document import Format
from services.ingest.core.version import Slot, Versions

Figures = dict[str, dict[str, tuple[float, float | None]]]
"""Numerator and denominator by authority and indicator."""

NEW, OLD = (
    "2026-27-Q1",
    [f"{year}-Q{part}" for year in ("2024-25", "2025-26") for part in range(1, 5)],
)


@pytest.fixture(scope="module")
def years() -> list[Figures]:
    """What was published of three years, the newest last, a year's flows made a quarter's."""
    catalogue = load_library().catalogue("2026.1")
    known, sets = Versions(ENGLAND), defaultdict(dict)
    for data_set in shipped_figures():
        known.lender.take(data_set)
        if data_set.indicator in catalogue:
            sets[data_set.indicator, data_set.source][data_set.ends] = data_set
    found: list[Figures] = [defaultdict(dict) for _ in range(3)]
    for (code, _), by_year in sets.items():
        for place, ends in enumerate(sorted(by_year)[-3:] if len(by_year) >= 3 else []):
            for area, figure in quarters(by_year[ends], catalogue[code], known):
                found[place][area].setdefault(code, figure)
    return found


def quarters(
    data_set: FiguresPublished, indicator: Indicator, known: Versions
) -> Iterator[tuple[str, tuple[float, float | None]]]:
    flows = indicator.accumulates in {Accumulates.FLOW, Accumulates.FLOW_OVER_STOCK}
    rows = zip(
        data_set.areas, data_set.values, data_set.numerators, data_set.denominators, strict=True
    )
    for area, value, count, of in rows:
        base = of
        if indicator.population is not None:
            base = known.lender.people(
                indicator.population, area, by=date.fromisoformat(data_set.ends)
            )
        if count is None and value is not None and base:
            count = value / indicator.factor * base
        if count is None or (indicator.has_denominator and not base):
            continue
        if not indicator.has_denominator or indicator.population is not None:
            base = None
        elif indicator.accumulates is Accumulates.FLOW:
            base = round(base / 4)
        yield area, (round(count / 4 if flows else count), base)


def observations(figures: dict[str, tuple[float, float | None]]) -> dict[str, Observation]:
    return {
        code: Observation(indicator=code, numerator=n, denominator=d)
        for code, (n, d) in figures.items()
    }


def body(area: str, collection: str, figures, wanted: list[str]) -> bytes:
    rows = [{"indicator": c, "numerator": n, "denominator": d} for c, (n, d) in figures.items()]
    rows += [{"indicator": code, "symbol": "x"} for code in wanted if code not in figures]
    head = {"authority": area, "collection": collection, "period": NEW}
    return json.dumps({**head, "observations": rows}).encode()


@pytest.mark.parametrize(
    ("collection", "least", "share"),
    [("riia-quarterly", 2_600, 0.015), ("regional-quarterly", 3_400, 0.016)],
)
def test_even_a_whole_year_s_honest_change_in_one_quarter_is_rarely_asked_about(
    years, collection, least, share
):
    library = load_library()
    wanted = [i.code for i in library.catalogue("2026.1").values() if i.collection == collection]
    known = Versions(ENGLAND)
    for data_set in shipped_figures():
        if data_set.ends < "2025":
            known.lender.take(data_set)
    for place, span in enumerate((OLD[:4], OLD[4:])):
        for area, figures in years[place].items():
            said = observations({code: each for code, each in figures.items() if code in wanted})
            for period in span:
                known.slots[area, collection, period] = Slot(observations=said)

    asked: Counter[str] = Counter()
    sent = 0
    for area in library.senders(ENGLAND):
        new = {code: each for code, each in years[2].get(area, {}).items() if code in wanted}
        sent += len(new)
        document = read(body(area, collection, new, wanted), format=Format.JSON)
        for found in check(document, library=library, known=known).findings:
            asked[found.code] += found.count * (found.code[0] == "Q")
    # A year's stocks beside a quarter's flows balance nowhere.
    del asked["Q201"]

    assert sent > least
    assert sum(asked.values()) < share * sent, asked
