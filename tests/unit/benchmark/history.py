"""A history of one nation: events made by hand, stepped one by one, with all that was said."""

from dataclasses import dataclass, field

from schemas.events import (
    Event,
    FiguresPublished,
    MethodSet,
    NeighboursUpdated,
    Observation,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnWithdrawn,
    StandingsUpdated,
)
from schemas.reference import load_library
from schemas.topics import Producer
from services.benchmark.core.state import State
from services.benchmark.core.step import CORE

RIIA = "riia-quarterly"
LIBRARY = load_library()
ENGLAND = "E92000001"
AUTHORITIES = tuple(sorted(LIBRARY.senders("england")))
PEOPLE = {code: 20_000 + 137 * i for i, code in enumerate(AUTHORITIES)}


def share(i, *, centre, width, n=800):
    """A numerator that spreads evenly around a share of ``n``, another for each authority."""
    return round(n * (centre + width * (((37 * i) % 153) / 153 - 0.5)))


def figures(
    indicator, period, ends, rows, *, england=None, source="file", release="2025-11", **more
):
    """A data set of ``{area: (numerator, denominator, value)}``, with England's row if given."""
    areas = dict(rows)
    if england is not None:
        areas[ENGLAND] = england
    return FiguresPublished(
        source=source,
        indicator=indicator,
        period=period,
        release=release,
        ends=ends,
        file="file.csv",
        sha256="00",
        areas=tuple(areas),
        values=tuple(row[2] for row in areas.values()),
        numerators=tuple(row[0] for row in areas.values()),
        denominators=tuple(row[1] for row in areas.values()),
        symbols=more.pop("symbols", (None,) * len(areas)),
        **more,
    )


def population(ends="2024-06-30"):
    rows = {code: (count, None, None) for code, count in PEOPLE.items()}
    return figures(
        "population:0-17",
        ends[:4],
        ends,
        rows,
        england=(sum(PEOPLE.values()), None, None),
        source="ons",
        release="2025-07",
    )


def percentage(indicator, centre, width, *, period="2024-25", ends="2025-03-31", n=800, **more):
    counts = {code: share(i, centre=centre, width=width, n=n) for i, code in enumerate(AUTHORITIES)}
    rows = {code: (count, n, round(100 * count / n, 1)) for code, count in counts.items()}
    total = (sum(counts.values()), n * len(counts))
    england = (*total, round(100 * total[0] / total[1], 1))
    return figures(indicator, period, ends, rows, england=england, **more)


def rate(indicator, per_10k, width, *, period="2025", ends="2025-03-31", **more):
    rows = {}
    for i, code in enumerate(AUTHORITIES):
        count = share(i, centre=per_10k / 1e4, width=width / 1e4, n=PEOPLE[code])
        rows[code] = (count, PEOPLE[code], round(1e4 * count / PEOPLE[code], 1))
    above = sum(row[0] for row in rows.values())
    england = (above, sum(PEOPLE.values()), round(1e4 * above / sum(PEOPLE.values()), 1))
    return figures(indicator, period, ends, rows, england=england, **more)


PUBLISHED = (
    population(),
    percentage("FD04", 0.22, 0.16),
    percentage("AS03", 0.84, 0.24),
    rate("LA01", 70, 60),
    rate("LA02", 27, 20, period="2024-25"),
)


def observations(**given):
    """A whole return: what is given, ``indicator=(numerator, denominator)`` or a symbol, else x."""
    for indicator in LIBRARY.collection(RIIA, version="2026.1"):
        figure = given.get(indicator, "x")
        if isinstance(figure, str):
            yield Observation(indicator=indicator, symbol=figure)
        elif isinstance(figure, tuple):
            yield Observation(indicator=indicator, numerator=figure[0], denominator=figure[1])
        else:
            yield Observation(indicator=indicator, numerator=figure)


@dataclass
class History:
    """Everything that happened, everything that was said, and the state that it made."""

    nation: str = "england"
    day: str = "2025-07-20"
    events: list = field(default_factory=list)
    said: list = field(default_factory=list)
    state: State = None

    def __post_init__(self):
        self.state = CORE.empty(self.nation)

    def put(self, data):
        """Step one event and return what was said of it."""
        n = len(self.events)
        event = Event(
            id=f"event-{n}",
            nation=self.nation,
            producer=Producer.INGEST,
            time=f"{self.day}T00:00:{n % 60:02d}Z",
            data=data,
        )
        said = CORE.step(self.state, event)
        self.events.append(event)
        self.said.extend(said)
        return said

    def publish(self, *sets):
        return [payload for each in sets for payload in self.put(each)]

    def open(self, *periods, due="2099-12-31"):
        opened = [PeriodOpened(collection=RIIA, period=period, due=due) for period in periods]
        return [payload for each in opened for payload in self.put(each)]

    def close(self, period):
        return self.put(PeriodClosed(collection=RIIA, period=period))

    def send(self, authority, period, *, findings=(), **given):
        """Send a return of the riia collection; what is not given is x."""
        return self.put(
            ReturnAccepted(
                return_id=f"{authority}/{period}/{len(self.events)}",
                authority=authority,
                collection=RIIA,
                period=period,
                sha256="00",
                size=1,
                media_type="application/json",
                channel="api",
                rules="1",
                observations=tuple(observations(**given)),
                findings=findings,
            )
        )

    def explain(self, authority, period, indicator):
        """Explain a figure of the return that was sent last."""
        sent = [
            event.data
            for event in self.events
            if isinstance(event.data, ReturnAccepted)
            and (event.data.authority, event.data.period) == (authority, period)
        ]
        return self.put(
            QueryExplained(
                return_id=sent[-1].return_id,
                authority=authority,
                collection=RIIA,
                period=period,
                indicator=indicator,
                codes=("Q200",),
                text="text-1",
            )
        )

    def withdraw(self, authority, period):
        for event in reversed(self.events):
            data = event.data
            if isinstance(data, ReturnAccepted) and (data.authority, data.period) == (
                authority,
                period,
            ):
                return self.put(
                    ReturnWithdrawn(
                        return_id=data.return_id,
                        authority=authority,
                        collection=RIIA,
                        period=period,
                    )
                )
        raise LookupError("nothing to withdraw")

    def method(self, **versions):
        fixed = {"engine": 1, "catalogue": "2026.1", "neighbours": "2025", "rules": "2026.1"}
        return self.put(MethodSet(**{**fixed, **versions}))

    def standing(self, authority, period, indicator):
        """The last that was said of a figure."""
        for payload in reversed(self.said):
            if isinstance(payload, StandingsUpdated) and (payload.authority, payload.period) == (
                authority,
                period,
            ):
                return next(s for s in payload.standings if s.indicator == indicator)
        raise LookupError("nothing was said")

    def near(self, authority, period, indicator):
        """What was last said of an authority's neighbours."""
        for payload in reversed(self.said):
            if isinstance(payload, StandingsUpdated) and (payload.authority, payload.period) == (
                authority,
                period,
            ):
                standing = next(s for s in payload.standings if s.indicator == indicator)
                return standing.neighbours
            if (
                isinstance(payload, NeighboursUpdated)
                and (payload.authority, payload.period) == (authority, period)
                and indicator in payload.indicators
            ):
                return payload
        raise LookupError("nothing was said")


def begun(*, periods=("2025-26-Q1",), **more):
    """A history in which England's figures are loaded and the periods are open."""
    history = History(**more)
    history.publish(*PUBLISHED)
    history.open(*periods)
    return history


def rebuild(history):
    """Take every input, then hear every word: what a restart does."""
    state = CORE.empty(history.nation)
    for event in history.events:
        CORE.take(state, event)
    for payload in history.said:
        CORE.hear(state, payload)
    return state
