"""Count how often anyone would be told in an England without real differences.

``python -m tools.expected_pushes [--seeds 4] [--collections riia-quarterly …]`` runs the product's
own core over invented returns of all 153 authorities, after the shipped published figures, and
prints pushes a quarter. Each version of the rule file carries its result in ``[expected]``. What is
invented is habit and chance (``null_england``): nothing that is pushed is anything else.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from schemas.events import (
    Event,
    Observation,
    Payload,
    PeriodClosed,
    PeriodOpened,
    ReturnAccepted,
    SignatureChanged,
    SignatureRaised,
    derived_id,
)
from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import ENGLAND
from schemas.topics import Producer
from services.benchmark.core.pushing import PushReason
from services.benchmark.core.state import State
from services.benchmark.core.step import CORE
from tools.null_england import FIRST, Array, NullEngland, observe, read_england

SETTLING, MEASURED = 12, 8
"""Quarters until every change can be assessed and first episodes are over; quarters counted."""


def _event(payload: Payload, day: str) -> Event:
    name = derived_id(payload.type, payload.subject(), day)
    return Event(name, ENGLAND, Producer.INGEST, f"{day}T09:00:00Z", payload)


def furnish() -> State:
    """Return benchmark's state with the shipped published figures."""
    state = CORE.empty(ENGLAND)
    for figures in shipped_figures():
        CORE.step(state, _event(figures, "2026-01-05"))
    return state


def simulate(collections: Sequence[str], *, seed: int) -> Iterator[tuple[int, str]]:
    """Yield (quarter, signature) of every push that says something is amiss or worse.

    That a correction lowered, cleared or withdrew what was told is no false alarm of its own.
    """
    state = furnish()
    england = read_england(state, collections)
    chance = np.random.default_rng(seed)
    period = FIRST
    for number, habits in zip(range(SETTLING + MEASURED), england.quarters(chance), strict=False):
        opened = f"{period.next().starts}"
        for said in _one_quarter(state, england, habits, period, opened, collections, chance):
            if not isinstance(said, SignatureRaised | SignatureChanged):
                continue
            if said.push and said.push_reason != PushReason.LOWERED:
                yield number, f"{said.signature} {said.push_reason}"
        period = period.next()


def _one_quarter(
    state: State,
    england: NullEngland,
    habits: Array,
    period: Period,
    day: str,
    collections: Sequence[str],
    chance: np.random.Generator,
) -> Iterator[Payload]:
    for collection in collections:
        due = f"{period.next().starts.replace(day=28)}"
        opened = PeriodOpened(collection=collection, period=str(period), due=due)
        yield from CORE.step(state, _event(opened, day))
    for row, authority in enumerate(england.authorities):
        for collection in collections:
            observations = tuple(
                observe(habit, authority, float(habits[row, column]), chance)
                for column, habit in enumerate(england.habits)
                if habit.indicator.collection == collection
            )
            yield from CORE.step(
                state, _event(_return(authority, collection, period, observations), day)
            )
    for collection in collections:
        closed = PeriodClosed(collection=collection, period=str(period))
        yield from CORE.step(state, _event(closed, day))


def _return(
    authority: str, collection: str, period: Period, observations: tuple[Observation, ...]
) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=derived_id(authority, collection, str(period)),
        authority=authority,
        collection=collection,
        period=str(period),
        sha256="0" * 64,
        size=0,
        media_type="application/json",
        channel="simulation",
        rules="simulation",
        observations=observations,
    )


def main() -> None:
    """Print pushes a quarter by signature, for all England and for each authority."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--collections", nargs="+", default=["riia-quarterly"])
    given = parser.parse_args()
    counted: Counter[str] = Counter()
    settling: Counter[int] = Counter()
    for seed in range(given.seeds):
        for number, signature in simulate(given.collections, seed=seed):
            settling[number] += 1
            if number >= SETTLING:
                counted[signature] += 1
    quarters = given.seeds * MEASURED
    senders = len(CORE.empty(ENGLAND).senders())
    for signature, pushes in counted.most_common():
        print(f"{signature:55} {pushes / quarters:8.3f}")
    total = counted.total() / quarters
    print(
        f"England {total:.2f}  authority {total / senders:.4f}  eleven {11 * total / senders:.3f}"
    )
    print("by quarter:", [round(settling[n] / given.seeds, 2) for n in range(SETTLING + MEASURED)])


if __name__ == "__main__":
    main()
