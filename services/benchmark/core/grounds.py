"""Grounds: the evidence that travels with a signature, and what its reader must know of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.periods import Period
from services.benchmark.core.evaluation import Ground
from services.benchmark.core.facts import Facts, Function
from services.benchmark.core.rule import Rule


def state_grounds(rule: Rule, facts: Facts, period: Period) -> dict[str, Any]:
    """Return the conditions, evidence and caveats of a rule that fires in the period.

    Conditions are all comparisons made; evidence the standings of this quarter's figures that bear
    the rule out, each once, in the rule's own order. Caveats name what is published (with its year)
    or queried beside what the rule itself says.
    """
    grounds = list(rule.check.grounds(facts, period, want=True))
    codes = _once(g.indicator for g in grounds if g.period == period and g.indicator is not None)
    cited = (facts.cite(code, period=period) for code in codes)
    return {
        "conditions": tuple(rule.check.rows(facts, period)),
        "evidence": tuple(evidence for evidence in cited if evidence is not None),
        "caveats": (*rule.caveats, *_caveats(grounds, codes, facts, period)),
    }


def _caveats(
    grounds: Sequence[Ground], codes: Sequence[str], facts: Facts, period: Period
) -> Iterator[str]:
    yield from _once(
        f"{ground.indicator} is the published figure of {ground.fact.period}."
        for ground in grounds
        if ground.fact.basis == "published"
    )
    for code in codes:
        if facts.look(Function.QUERIED, indicator=code, period=period).value is True:
            yield f"A query on {code} is open: the figure has not been explained."


def _once(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
