"""One return in benchmark's core, beside a plain fold of the same figures in the same run."""

from services.runtime import collector
from tests.bench.core_return import measure as correct
from tests.bench.figure import Figure

CORRECTIONS = 306


def measure() -> list[Figure]:
    """Return what one step costs with England loaded."""
    collector.look_seldom()  # as in the product's own process
    found = correct(CORRECTIONS)
    return [
        Figure(
            "core: one 31-indicator return, median",
            found["step_ms_median"],
            "ms",
            "the tests of 31 figures, the medians of all who have it as a neighbour, signatures",
            limit=2,
            peer="a plain fold of the same figures: values, ranks, medians, no test or signature",
            beside=found["fold_ms_median"],
            detail={
                "p99": found["step_ms_p99"],
                "best": found["step_ms_best"],
                "corrections": found["corrections"],
                "events": found["events_median"],
            },
        )
    ]
