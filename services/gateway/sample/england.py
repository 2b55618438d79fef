"""Invented published figures of England's authorities, and the envelope of every sample event."""

from collections.abc import Iterator

from schemas.catalogue import Indicator
from schemas.events import DataSetAssessed, Event, FiguresPublished, Flag, Payload, derived_id
from schemas.numbers import nine
from schemas.reference import DEMONSTRATION, Library
from schemas.topics import Producer
from services.gateway.sample.figure import ENGLAND, make_standing

_PRODUCERS = {"returns.v1": Producer.INGEST, "standings.v1": Producer.BENCHMARK}


def make_event(data: Payload, *, time: str, nation: str = DEMONSTRATION) -> Event:
    """Return an event from outside that says ``data`` at a moment."""
    producer = _PRODUCERS.get(str(data.topic), Producer.ALERTS)
    ident = derived_id(nation, data.type, data.subject(), time)
    return Event(id=ident, nation=nation, producer=producer, time=time, data=data)


def publish(indicator: Indicator, library: Library) -> Iterator[Event]:
    """Walk three years of an indicator: each data set, and where everyone stands in it."""
    authorities = tuple(sorted(library.senders("england")))
    for year, release in (("2022-23", "2023-11"), ("2023-24", "2024-11"), ("2024-25", "2025-11")):
        made = [make_standing(indicator, seed=f"{code}/{year}") for code in authorities]
        values = tuple(s.comparison.value if s.comparison else None for s in made)
        nothing = (None,) * len(authorities)
        data_set = FiguresPublished(
            source="dfe-sample", indicator=indicator.code, period=year, release=release,
            ends=f"20{year[-2:]}-03-31", file="sample.csv", sha256="0" * 64, areas=authorities,
            values=values, symbols=nothing,
            numerators=tuple(s.comparison.numerator if s.comparison else None for s in made),
            denominators=tuple(s.comparison.denominator if s.comparison else None for s in made),
        )  # fmt: skip
        yield make_event(data_set, time=f"{release}-20T09:30:00.000Z")
        england = [s.england for s in made]
        assessed = DataSetAssessed(
            data_set=data_set.id, indicator=indicator.code, period=year,
            england=ENGLAND[indicator.code], neighbours_version="2025", authorities=authorities,
            values=values, symbols=nothing,
            ranks=tuple(e.rank if e else None for e in england),
            bands=tuple(e.band if e else None for e in england),
            percentiles=tuple(e.percentile if e else None for e in england),
            z=tuple(e.z if e else None for e in england),
            p=tuple(e.p if e else None for e in england),
            flags=tuple(e.flag if e else Flag.NOT_ASSESSED for e in england),
            neighbours=(nine(ENGLAND[indicator.code] * 1.04),) * len(authorities),
            used=(9,) * len(authorities),
            differences=(0.04,) * len(authorities),
        )  # fmt: skip
        yield make_event(assessed, time=f"{release}-20T09:30:01.000Z")
