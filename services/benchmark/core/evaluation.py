"""Evaluation: a rule's condition on one authority's facts, in three values and with its evidence.

Truth is Kleene's: true, false, or None where it is not assessable. What is unknown stays unknown
unless the rest decides: false and unknown is false, true or unknown is true. Deciding may stop
early; giving evidence never does.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from schemas.events import Condition, Result
from schemas.periods import Period
from services.benchmark.core.expression import Measure
from services.benchmark.core.facts import Fact, Facts, Function

_RESULTS = MappingProxyType(
    {True: Result.FIRED, False: Result.NOT_FIRED, None: Result.NOT_ASSESSABLE}
)
_ABOUT_THE_RETURN = frozenset({Function.LATE, Function.MISSING})


def name_result(truth: bool | None) -> Result:
    """Return fired, not fired or not assessable."""
    return _RESULTS[truth]


@dataclass(frozen=True, slots=True)
class Ground:
    """A fact on which a condition's truth rests, and the quarter that was asked about."""

    indicator: str | None
    period: Period
    fact: Fact


class Check(ABC):
    """A condition ready to be evaluated for any authority and quarter."""

    __slots__ = ()

    @abstractmethod
    def truth(self, facts: Facts, period: Period) -> bool | None:
        """Return whether the condition holds in the quarter, None where not assessable."""

    @abstractmethod
    def reason(self, facts: Facts, period: Period) -> str:
        """Return why the condition is not assessable: the first cause, in the rule's own order."""

    @abstractmethod
    def observed(self, facts: Facts, period: Period) -> bool:
        """Return whether any input is a new observation of the very quarter."""

    @abstractmethod
    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        """Yield the evidence: every comparison made, in the rule's own order."""

    @abstractmethod
    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        """Yield the facts that make the condition ``want``; nothing where it is not so."""


@dataclass(frozen=True, slots=True)
class Atom(Check):
    """One fact beside its threshold. ``least_n`` is the smallest denominator that may speak.

    ``meets`` compares a value with the threshold; a yes or no is its own answer.
    """

    label: str
    measure: Measure
    meets: Callable[[Any, Any], bool]
    threshold: float | str | bool
    least_n: float

    def look(self, facts: Facts, period: Period) -> Fact:
        """Return the fact, not assessable where its denominator is too small to speak."""
        measure = self.measure
        fact = facts.look(measure.function, indicator=measure.indicator, period=period)
        if fact.n is None or fact.n >= self.least_n or fact.value is None:
            return fact
        reason = f"fewer than {self.least_n:g} in the denominator: too few to tell"
        return Fact(None, reason, fact.period, fact.basis, fact.n, fact.observed)

    def judge(self, fact: Fact) -> bool | None:
        """Return whether the fact meets the threshold."""
        return None if fact.value is None else self.meets(fact.value, self.threshold)

    def truth(self, facts: Facts, period: Period) -> bool | None:
        # ``judge`` of ``look``, written out: this is asked hundreds of times for one return.
        measure = self.measure
        value, n = facts.read(measure.function, indicator=measure.indicator, period=period)
        if value is None or (n is not None and n < self.least_n):
            return None
        return self.meets(value, self.threshold)

    def reason(self, facts: Facts, period: Period) -> str:
        said = self.look(facts, period).reason or "not known"
        return f"{self.measure}, {period}: {said}"

    def observed(self, facts: Facts, period: Period) -> bool:
        fact = self.look(facts, period)
        known = fact.value is not None and self.measure.function in _ABOUT_THE_RETURN
        return fact.observed or known

    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        fact = self.look(facts, period)
        yield Condition(
            expression=self.label,
            value=fact.value,
            threshold=self.threshold,
            result=name_result(self.judge(fact)),
            period=fact.period,
            basis=fact.basis,
            reason=fact.reason,
        )

    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        fact = self.look(facts, period)
        if self.judge(fact) is want:
            yield Ground(self.measure.indicator, period, fact)


@dataclass(frozen=True, slots=True)
class Contrary(Check):
    """Not: the contrary of what is known."""

    part: Check

    def truth(self, facts: Facts, period: Period) -> bool | None:
        truth = self.part.truth(facts, period)
        return None if truth is None else not truth

    def reason(self, facts: Facts, period: Period) -> str:
        return self.part.reason(facts, period)

    def observed(self, facts: Facts, period: Period) -> bool:
        return self.part.observed(facts, period)

    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        yield from self.part.rows(facts, period)

    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        yield from self.part.grounds(facts, period, want=not want)


@dataclass(frozen=True, slots=True)
class Junction(Check):
    """And, or. ``decisive`` is the truth of one part that settles all: false of and, true of or."""

    parts: tuple[Check, ...]
    decisive: bool

    def truth(self, facts: Facts, period: Period) -> bool | None:
        settled: bool | None = not self.decisive
        for part in self.parts:
            truth = part.truth(facts, period)
            if truth is self.decisive:
                return truth
            if truth is None:
                settled = None
        return settled

    def reason(self, facts: Facts, period: Period) -> str:
        return first_reason(((part, period) for part in self.parts), facts)

    def observed(self, facts: Facts, period: Period) -> bool:
        return any(part.observed(facts, period) for part in self.parts)

    def rows(self, facts: Facts, period: Period) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.rows(facts, period)

    def grounds(self, facts: Facts, period: Period, *, want: bool) -> Iterator[Ground]:
        if self.truth(facts, period) is want:
            for part in self.parts:
                yield from part.grounds(facts, period, want=want)


def first_reason(asked: Iterator[tuple[Check, Period]], facts: Facts) -> str:
    """Return why the first part is not assessable that is not."""
    for part, period in asked:
        if part.truth(facts, period) is None:
            return part.reason(facts, period)
    return "not known"
