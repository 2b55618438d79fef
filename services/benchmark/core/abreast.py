"""Abreast: the same condition of many indicators, weighed for all of them at once.

Most of what rules ask is one question of each of thirty indicators. Asked together, the figures are
read in one go; the answers are those that each condition gives by itself.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, groupby

from schemas.periods import Period
from services.benchmark.core.evaluation import Atom, Check, Contrary, Junction
from services.benchmark.core.facts import Facts

Truths = Sequence[bool | None]
Abreast = Callable[[Facts, Period], Truths]
"""Gives the truths of several conditions, in their order."""


def line_up(parts: Iterable[Check]) -> Abreast:
    """Return what weighs conditions, those at once that differ in the indicator alone."""
    runs = [_line_up_run(tuple(run)) for _, run in groupby(parts, key=_shape)]
    if len(runs) == 1:
        return runs[0]
    return lambda facts, period: [*chain.from_iterable(run(facts, period) for run in runs)]


def _shape(check: Check) -> object:
    """Return what a condition asks, whatever the indicator; of another kind, the very condition."""
    match check:
        case Atom(measure=measure) if measure.indicator is not None:
            return measure.function, check.meets, check.threshold
        case Contrary(part=part):
            return Contrary, _shape(part)
        case Junction(parts=parts, decisive=decisive):
            return decisive, *map(_shape, parts)
        case _:
            return check


def _line_up_run(parts: tuple[Check, ...]) -> Abreast:
    """Return what weighs conditions of one shape."""
    if len(parts) == 1:
        (alone,) = parts
        return lambda facts, period: [alone.truth(facts, period)]
    match parts[0]:
        case Atom(measure=measure) if measure.indicator is not None:
            return _line_up_atoms([part for part in parts if isinstance(part, Atom)])
        case Contrary():
            within = line_up(part.part for part in parts if isinstance(part, Contrary))
            return lambda facts, period: [
                None if truth is None else not truth for truth in within(facts, period)
            ]
        case Junction(decisive=decisive):
            first = line_up(part.parts[0] for part in parts if isinstance(part, Junction))
            return lambda facts, period: [
                truth if truth is decisive else part.truth(facts, period)
                for part, truth in zip(parts, first(facts, period), strict=True)
            ]
        case _:
            return lambda facts, period: [part.truth(facts, period) for part in parts]


def _line_up_atoms(atoms: Sequence[Atom]) -> Abreast:
    function, meets, threshold = atoms[0].measure.function, atoms[0].meets, atoms[0].threshold
    indicators = tuple(atom.measure.indicator or "" for atom in atoms)
    least = [atom.least_n for atom in atoms]

    def weigh(facts: Facts, period: Period) -> Truths:
        readings = facts.read_each(function, indicators=indicators, period=period)
        return [
            None if value is None or (n is not None and n < fewest) else meets(value, threshold)
            for (value, n), fewest in zip(readings, least, strict=True)
        ]

    return weigh
