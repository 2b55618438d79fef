"""One return in benchmark's core, beside a plain fold of the same figures in the same run."""

import gc

from services.runtime import collector
from tests.bench.core_return import measure as arrive
from tests.bench.figure import Figure

QUARTERS = 2
_NAMES = {
    "arriving": "core: one 31-indicator return as they come, median",
    "all_in": "core: one 31-indicator correction when all have returned, median",
}


def measure() -> list[Figure]:
    """Return what one step costs with England loaded."""
    collector.look_seldom()  # as in the product's own process
    gc.collect()
    found = arrive(QUARTERS)
    return [_figure(_NAMES[case], found[case], limited=case == "arriving") for case in _NAMES]


def _figure(name: str, found: dict[str, float], *, limited: bool) -> Figure:
    return Figure(
        name,
        found["step_ms_median"],
        "ms",
        "the tests of 31 figures, the medians of all who have it as a neighbour, signatures",
        limit=2 if limited else None,
        peer="a plain fold of the same figures: values, ranks, medians, no test or signature",
        beside=found["fold_ms_median"],
        detail={
            "p99": found["step_ms_p99"],
            "best": found["step_ms_best"],
            "returns": found["returns"],
            "events": found["events_median"],
        },
    )
