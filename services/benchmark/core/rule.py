"""Rules: the signatures of a released rule file, ready to be evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from schemas.events import Sign
from schemas.periods import Period
from services.benchmark.core.abreast import Abreast, line_up
from services.benchmark.core.evaluation import Check
from services.benchmark.core.facts import Facts
from services.benchmark.core.rule_file import Grading, Ladder


@dataclass(frozen=True, slots=True)
class Rule:
    """One signature, ready to be evaluated.

    ``indicators`` are all that its condition may look at. ``clear`` is the line below which an
    observation counts towards clearing.
    """

    id: str
    sign: Sign
    grading: Grading
    collection: str
    text: str
    check: Check
    clear: Check
    indicators: frozenset[str]
    pushed: bool
    question: str
    caveats: tuple[str, ...]

    @property
    def composite(self) -> bool:
        """Whether it is a named composite rather than a signature of one indicator."""
        return self.grading is not Grading.AT_ONCE


@dataclass(frozen=True, slots=True)
class Touched:
    """Rules that the same figures may change, in the order in which they are told."""

    rules: tuple[Rule, ...]
    _abreast: Abreast

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> Self:
        """Return the rules, their conditions ready to be weighed together."""
        return cls(rules, line_up(rule.check for rule in rules))

    def weigh(self, facts: Facts, period: Period) -> Sequence[tuple[Rule, bool | None]]:
        """Return each rule with how its condition comes out in the quarter."""
        return list(zip(self.rules, self._abreast(facts, period), strict=True))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a released file, in its order; templates spelt out in catalogue order."""

    version: str
    ladder: Ladder
    rules: Mapping[str, Rule]
    _composites: Touched
    _touching: Mapping[str, Touched]

    def touching(self, collection: str) -> Touched:
        """Return the rules that a collection's figures may change: composites, then its own.

        A composite may rest on figures of any collection, so each return evaluates all of them.
        """
        return self._touching.get(collection, self._composites)
