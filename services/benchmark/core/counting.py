"""Counting: conditions that ask how many indicators, or how many quarters, meet another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schemas.events import Condition
from schemas.periods import Period
from services.benchmark.core.abreast import Abreast, line_up
from services.benchmark.core.evaluation import Check, Ground, first_reason, name_result
from services.benchmark.core.facts import Facts


@dataclass(frozen=True, slots=True, eq=False)
class Tally(Check):
    """At least ``count`` of the parts. Evidence: the count, then the parts that hold."""

    label: str
    parts: tuple[Check, ...]
    count: int
    _abreast: Abreast = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_abreast", line_up(self.parts))

    def truth(self, facts: Facts, period: Period) -> bool | None:
        return _settle(self.count, self._truths(facts, period))

    def reason(self, facts: Facts, period: Period) -> str:
        return first_reason(((part, period) for part in self.parts), facts)

    def observed(self, facts: Facts, period: Period) -> bool:
        return any(part.observed(facts, period) for part in self.parts)

    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        truths = self._truths(facts, period)
        yield _count_row(self.label, truths, self.count, period)
        for part, truth in zip(self.parts, truths, strict=True):
            if truth:
                yield from part.rows(facts, period)

    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        if self.truth(facts, period) is want:
            for part, truth in zip(self.parts, self._truths(facts, period), strict=True):
                if truth is want:
                    yield from part.grounds(facts, period, want=want)

    def _truths(self, facts: Facts, period: Period) -> tuple[bool | None, ...]:
        """Return the truth of every part, found once for truth, rows and grounds."""
        key = (self, period.year, period.part)
        known = facts.tallied.get(key)
        if known is None:
            known = facts.tallied[key] = tuple(self._abreast(facts, period))
        return known


@dataclass(frozen=True, slots=True)
class Lasting(Check):
    """The part held in ``times`` of the last ``quarters`` quarters, newest first.

    A quarter in which no input is a new observation is unknown: an old figure does not persist.
    """

    label: str
    part: Check
    times: int
    quarters: int

    def truth(self, facts: Facts, period: Period) -> bool | None:
        return _at_least(self.times, self._truths(facts, period), of=self.quarters)

    def reason(self, facts: Facts, period: Period) -> str:
        for quarter in self._window(period):
            if self.part.truth(facts, quarter) is None:
                return self.part.reason(facts, quarter)
            if not self.part.observed(facts, quarter):
                return f"{self.label}: {quarter} has no new observation"
        return f"{self.label}: not known"

    def observed(self, facts: Facts, period: Period) -> bool:
        return self.part.observed(facts, period)

    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        yield _count_row(self.label, tuple(self._truths(facts, period)), self.times, period)
        for quarter in self._window(period):
            yield from self.part.rows(facts, quarter)

    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        if self.truth(facts, period) is want:
            for quarter, truth in zip(
                self._window(period), self._truths(facts, period), strict=True
            ):
                if truth is want:
                    yield from self.part.grounds(facts, quarter, want=want)

    def _window(self, period: Period) -> Iterator[Period]:
        return (period.shift(-back) for back in range(self.quarters))

    def _truths(self, facts: Facts, period: Period) -> Iterator[bool | None]:
        for quarter in self._window(period):
            truth = self.part.truth(facts, quarter)
            known = truth is not None and self.part.observed(facts, quarter)
            yield truth if known else None


def _settle(count: int, truths: Sequence[bool | None]) -> bool | None:
    """Return whether at least so many hold, None where the unknown ones may change it."""
    if truths.count(True) >= count:
        return True
    return None if len(truths) - truths.count(False) >= count else False


def _at_least(count: int, truths: Iterator[bool | None], *, of: int) -> bool | None:
    """Return the same of truths that are asked for one by one, until they settle it."""
    held, possible = 0, of
    for truth in truths:
        held += truth is True
        possible -= truth is False
        if held >= count:
            return True
        if possible < count:
            return False
    return None


def _count_row(label: str, truths: Sequence[bool | None], count: int, period: Period) -> Condition:
    truth = _settle(count, truths)
    unknown = truths.count(None)
    return Condition(
        expression=label,
        value=float(truths.count(True)),
        threshold=float(count),
        result=name_result(truth),
        period=str(period),
        reason=f"{unknown} of {len(truths)} not assessable" if unknown else None,
    )
