"""What one return costs the core with England loaded, beside a plain fold of the same figures.

    python -m tests.bench.core_return [CORRECTIONS]

Loads the shipped published figures and eight quarters of all 153 authorities, then corrects
returns of the newest quarter one by one: everyone has returned, so each changes what is said of all
who have the authority as a statistical neighbour. Prints one line of JSON: milliseconds of one step
(median, 99th percentile, best), of the plain fold (the same sums, ranks and medians; no test, no
signature, no event) and the ratio of the medians, which does not depend on the machine; bytes of
canonical JSON that one return costs the log.
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
        returned = {}
        for back in range(QUARTERS - 1, -1, -1):
            period = NEWEST.shift(-back)
            self.step(PeriodOpened(collection=COLLECTION, period=str(period), due="2026-11-11"))
            for code in self.codes:
                figures = self.authorities[code].quarter(str(period))
                returned[code] = figures
                self.step(self.accepted(code, period, figures))
                plain_fold.put(code, period, figures)
            if back:
                self.step(PeriodClosed(collection=COLLECTION, period=str(period)))
        return returned


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


def measure(corrections):
    """Return the costs of as many corrections of the newest quarter."""
    england = England()
    fold = PlainFold(england.library)
    returned = england.fill(fold)
    stepped, folded, sizes, counts = [], [], [], []
    for n in range(corrections):
        code = england.codes[n % len(england.codes)]
        figures = [(name, above + 1, below and below + 2) for name, above, below in returned[code]]
        event = england.event(england.accepted(code, NEWEST, figures))
        began = perf_counter()
        said = CORE.step(england.state, event)
        stepped.append(perf_counter() - began)
        began = perf_counter()
        fold.put(code, NEWEST, figures)
        folded.append(perf_counter() - began)
        sizes.append(sum(len(canonical(plain(payload))) for payload in said))
        counts.append(len(said))
        returned[code] = figures
    return {
        "corrections": corrections,
        "step_ms_median": round(1e3 * median(stepped), 3),
        "step_ms_p99": round(1e3 * sorted(stepped)[int(0.99 * len(stepped))], 3),
        "step_ms_best": round(1e3 * min(stepped), 3),
        "fold_ms_median": round(1e3 * median(folded), 3),
        "ratio": round(median(stepped) / median(folded), 2),
        "bytes_median": int(median(sizes)),
        "bytes_max": max(sizes),
        "events_median": median(counts),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 306)))
