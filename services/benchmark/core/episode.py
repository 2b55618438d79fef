"""Episodes: what is to be said of an authority's signatures after its figures may have changed.

``follow`` is pure and blind to how the figures came about: it sees the facts as they stand and what
was said before. Call it for the quarter that changed, then for each later quarter that has figures,
oldest first: a corrected quarter is part of what later ones rest on. ``hear`` folds what was said,
so that episodes are rebuilt from the record and never recomputed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from schemas.events import SignatureEvent, SignatureResult
from schemas.periods import Period
from services.benchmark.core.evaluation import name_result
from services.benchmark.core.facts import Facts
from services.benchmark.core.occasion import Context, Occasion
from services.benchmark.core.record import Episode, hear
from services.benchmark.core.rule import Rule, RuleBook
from services.benchmark.core.severity import grade_all
from services.benchmark.core.telling import Teller

__all__ = ["Context", "Episode", "Followed", "Occasion", "follow", "hear", "weigh"]


@dataclass(frozen=True, slots=True)
class Followed:
    """How every rule came out, in the rule file's order, and the signature events to say."""

    results: tuple[SignatureResult, ...]
    payloads: tuple[SignatureEvent, ...]


def follow(
    said: Mapping[str, Episode],
    *,
    rules: RuleBook,
    facts: Facts,
    authority: str,
    period: Period,
    context: Context,
) -> Followed:
    """Evaluate the rules that the collection touches and return what is to be said, in order.

    ``said`` are the authority's episodes by alert id as ``hear`` folds them; it is not changed: the
    caller hears the payloads once they stand in the log.
    """
    weighed = rules.touching(context.collection).weigh(facts, period)
    fired = [rule for rule, truth in weighed if truth]
    graded = grade_all(fired, ladder=rules.ladder, facts=facts, period=period)
    teller = Teller(
        said, rules=rules, facts=facts, authority=authority, period=period, context=context
    )
    teller.retire()
    for rule, truth in weighed:
        teller.tell(rule, truth, graded.get(rule.id))
    results = tuple(_state(rule, truth, facts, period) for rule, truth in weighed)
    return Followed(results, tuple(teller.payloads))


def weigh(rule: Rule, facts: Facts, *, period: Period) -> SignatureResult:
    """Return how a rule comes out, and why where it cannot be assessed."""
    return _state(rule, rule.check.truth(facts, period), facts, period)


def _state(rule: Rule, truth: bool | None, facts: Facts, period: Period) -> SignatureResult:
    return _result(rule.id, truth, rule.check.reason(facts, period) if truth is None else None)


@lru_cache(maxsize=4096)
def _result(rule: str, truth: bool | None, reason: str | None) -> SignatureResult:
    """Return the very same result again: nearly all come out as they did for another authority."""
    return SignatureResult(id=rule, result=name_result(truth), reason=reason)
