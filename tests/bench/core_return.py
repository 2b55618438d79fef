"""What one return costs the core with England loaded, beside a plain fold of the same figures.

    python -m tests.bench.core_return [QUARTERS]

Loads the shipped published figures and eight quarters of all 153 authorities, then lets new
quarters arrive: everyone returns in turn and one in ten corrects itself (``arriving``). When all
are in, everyone corrects itself once more, which changes what is said of all who have the authority
as a statistical neighbour (``all_in``, the dearest case). Prints one line of JSON: milliseconds of
one step (median, 99th percentile, best), of the plain fold (the same sums, ranks and medians; no
test, no signature, no event) and the ratio of the medians, which does not depend on the machine;
bytes of canonical JSON that one return costs the log.
"""

import json
import sys
from bisect import bisect_left
from statistics import median
from time import perf_counter

from schemas.codec import canonical, plain
from schemas.events import (
    Event,
    Observation,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
)
from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import load_library
from schemas.topics import Producer
from services.benchmark.core.step import CORE
from tests.bench.figures import Authority
from tests.bench.levels import read_levels

COLLECTION = "riia-quarterly"
NEWEST = Period.parse("2026-27-Q2")
QUARTERS = 8
ONE_IN = 10
"""One return in ten is corrected."""


class England:
    """A log of England's returns, stepped as it is written."""

    def __init__(self):
        self.library = load_library()
        self.state = CORE.empty("england")
        self.count = 0
        published = list(shipped_figures())
        for figures in published:
            self.step(figures)
        levels = read_levels(published)
        self.codes = sorted(self.library.senders("england"))
        self.authorities = {code: Authority("bench", code, levels) for code in self.codes}

    def event(self, data):
        self.count += 1
        return Event(
            id=f"event-{self.count}",
            nation="england",
            producer=Producer.INGEST,
            time="2026-10-20T09:00:00Z",
            data=data,
        )

    def step(self, data):
        return CORE.step(self.state, self.event(data))

    def accepted(self, code, period, figures):
        return ReturnAccepted(
            return_id=f"{code}/{period}/{self.count}",
            authority=code,
            collection=COLLECTION,
            period=str(period),
            sha256="00",
            size=1,
            media_type="application/json",
            channel="api",
            rules="2026.1",
            observations=tuple(
                Observation(indicator=indicator, numerator=above, denominator=below)
                for indicator, above, below in figures
            ),
        )

    def fill(self, plain_fold):
        """Return all quarters but leave the newest open."""
        for back in range(QUARTERS - 1, -1, -1):
            period = NEWEST.shift(-back)
            self.step(PeriodOpened(collection=COLLECTION, period=str(period), due="2026-11-11"))
            for code in self.codes:
                figures = self.authorities[code].quarter(str(period))
                self.step(self.accepted(code, period, figures))
                plain_fold.put(code, period, figures)
            if back:
                self.step(PeriodClosed(collection=COLLECTION, period=str(period)))


class PlainFold:
    """The same figures without tests: four-quarter values, ranks, medians of neighbours."""

    def __init__(self, library):
        self.neighbours = library.neighbours("2025")
        self.near = {code: [] for code in self.neighbours}
        for code, ten in self.neighbours.items():
            for other in ten:
                self.near[other].append(code)
        self.returns = {}
        self.values = {}

    def put(self, code, period, figures):
        """Return value, rank and median of the authority, and the medians it changes."""
        self.returns[code, period] = {each[0]: each for each in figures}
        four = [self.returns.get((code, period.shift(-back))) for back in range(4)]
        said = []
        for indicator, _, _ in figures:
            known = [each[indicator] for each in four if each is not None]
            above = sum(each[1] for each in known)
            below = sum(each[2] or 0 for each in known)
            value = above / below if below else float(above)
            column = self.values.setdefault((indicator, period), {})
            column[code] = value
            rank = bisect_left(sorted(column.values()), value) + 1
            said.append((indicator, value, rank, self._median(column, code)))
            said.extend((indicator, each, self._median(column, each)) for each in self.near[code])
        return json.dumps(said)

    def _median(self, column, code):
        found = sorted(column[each] for each in self.neighbours[code] if each in column)
        middle = len(found) // 2
        if not found:
            return None
        return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


def measure(quarters):
    """Return what the returns of as many new quarters cost, as they come and when all are in."""
    england = England()
    fold = PlainFold(england.library)
    england.fill(fold)
    arriving, all_in = Costs(), Costs()
    period = NEWEST
    for _ in range(quarters):
        england.step(PeriodClosed(collection=COLLECTION, period=str(period)))
        period = period.next()
        england.step(PeriodOpened(collection=COLLECTION, period=str(period), due="2030-01-01"))
        returned = {code: england.authorities[code].quarter(str(period)) for code in england.codes}
        for n, code in enumerate(england.codes, 1):
            arriving.add(england, fold, code, period, returned[code])
            if n % ONE_IN == 0:
                returned[code] = correct(returned[code])
                arriving.add(england, fold, code, period, returned[code])
        for code in england.codes:
            all_in.add(england, fold, code, period, correct(returned[code]))
    return {"arriving": arriving.say(), "all_in": all_in.say()}


class Costs:
    """What single returns cost the core, beside a plain fold of the same figures."""

    def __init__(self):
        self.stepped, self.folded, self.sizes, self.counts = [], [], [], []

    def add(self, england, fold, code, period, figures):
        """Step a return and fold it plainly."""
        event = england.event(england.accepted(code, period, figures))
        began = perf_counter()
        said = CORE.step(england.state, event)
        self.stepped.append(perf_counter() - began)
        began = perf_counter()
        fold.put(code, period, figures)
        self.folded.append(perf_counter() - began)
        self.sizes.append(sum(len(canonical(plain(payload))) for payload in said))
        self.counts.append(len(said))

    def say(self):
        """Return the figures in milliseconds and bytes."""
        stepped = sorted(self.stepped)
        return {
            "returns": len(stepped),
            "step_ms_median": round(1e3 * median(stepped), 3),
            "step_ms_p99": round(1e3 * stepped[int(0.99 * len(stepped))], 3),
            "step_ms_best": round(1e3 * stepped[0], 3),
            "fold_ms_median": round(1e3 * median(self.folded), 3),
            "ratio": round(median(stepped) / median(self.folded), 2),
            "bytes_median": int(median(self.sizes)),
            "bytes_max": max(self.sizes),
            "events_median": median(self.counts),
        }


def correct(figures):
    """Return other figures, so that everything that rests on them is new."""
    return [(name, above + 1, below and below + 2) for name, above, below in figures]


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2)))
