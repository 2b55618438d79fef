"""Rules: the signatures of a released rule file, ready to be evaluated."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.events import Sign
from services.benchmark.core.evaluation import Check
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
class RuleBook:
    """All rules of a released file, in its order; templates spelt out in catalogue order."""

    version: str
    ladder: Ladder
    rules: Mapping[str, Rule]
    _composites: tuple[Rule, ...]
    _single: Mapping[str, tuple[Rule, ...]]

    def touching(self, collection: str) -> tuple[Rule, ...]:
        """Return the rules that a collection's figures may change: composites, then its own.

        A composite may rest on figures of any collection, so each return evaluates all of them.
        """
        return self._composites + self._single.get(collection, ())
