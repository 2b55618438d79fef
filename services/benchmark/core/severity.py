"""Severity: how much a fired signature asks of its readers, decided on the figures as they stand.

Nothing here remembers what was said: the same figures give the same severity.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from schemas.events import AlertSeverity, Sign
from schemas.periods import Period
from services.benchmark.core.counting import Lasting
from services.benchmark.core.evaluation import Ground
from services.benchmark.core.facts import Facts, Function
from services.benchmark.core.firm import Firm
from services.benchmark.core.rule import Rule
from services.benchmark.core.rule_file import Grading, Ladder

_ORDER = {severity: place for place, severity in enumerate(AlertSeverity)}


class Footing(StrEnum):
    """Why a fired signature has its severity."""

    STRENGTH = "strength"
    SHOWN_ONLY = "shown_only"
    OPEN_QUERY = "open_query"
    PUBLISHED_ALONE = "published_alone"
    NOT_PERSISTENT = "not_persistent"
    NOT_CONFIRMED = "not_confirmed"
    CONFIRMED = "confirmed"
    LASTING = "lasting"
    BESIDE_ANOTHER = "beside_another"


@dataclass(frozen=True, slots=True)
class Fired:
    """The severity of a rule that fired, and why it has it."""

    severity: AlertSeverity
    footing: Footing


def place(severity: AlertSeverity) -> int:
    """Return the severity's place, 0 for watch: severities compare by it."""
    return _ORDER[severity]


def grade_all(
    fired: Iterable[Rule], *, ladder: Ladder, facts: Facts, period: Period
) -> dict[str, Fired]:
    """Grade each rule by itself, then escalate composites of risk that stand beside another.

    ``fired`` are all that fired in the period; the answer is by rule id. The other must be at
    concern too and share no indicator, or one figure would speak twice.
    """
    rules = tuple(fired)
    graded = {
        rule.id: Fired(*grade(rule, ladder=ladder, facts=facts, period=period)) for rule in rules
    }
    concerns = [
        rule
        for rule in rules
        if rule.composite
        and rule.sign is Sign.RISK
        and graded[rule.id].severity is not AlertSeverity.WATCH
    ]
    for rule in concerns:
        apart = any(rule.indicators.isdisjoint(other.indicators) for other in concerns)
        if apart and graded[rule.id].severity is AlertSeverity.CONCERN:
            beside = replace(
                graded[rule.id],
                severity=AlertSeverity.ESCALATE,
                footing=Footing.BESIDE_ANOTHER,
            )
            graded[rule.id] = beside
    return graded


def grade(
    rule: Rule, *, ladder: Ladder, facts: Facts, period: Period
) -> tuple[AlertSeverity, Footing]:
    """Return the severity of a rule that fired in the period, and why it is no higher or lower.

    A figure with an open query counts as not assessable here: what needs it stays at watch. What
    another composite adds is not known here (``beside_another``).
    """
    if rule.sign is Sign.STRENGTH:
        return AlertSeverity.WATCH, Footing.STRENGTH
    if rule.grading is Grading.WATCH:
        return AlertSeverity.WATCH, Footing.SHOWN_ONLY
    firm = Firm(facts)
    at_best = _footing(rule, ladder, firm, period, held=True)
    if at_best is not Footing.CONFIRMED:
        return AlertSeverity.WATCH, at_best
    held, lasted = False, 0
    for back in range(ladder.escalates_after - 1, -1, -1):
        footing = _footing(rule, ladder, firm, period.shift(-back), held=held)
        held = footing is Footing.CONFIRMED
        lasted = lasted + 1 if held else 0
    if lasted == ladder.escalates_after:
        return AlertSeverity.ESCALATE, Footing.LASTING
    return (AlertSeverity.CONCERN if held else AlertSeverity.WATCH), footing


def _footing(rule: Rule, ladder: Ladder, firm: Firm, period: Period, *, held: bool) -> Footing:
    """Return CONFIRMED for a concern, else what is wanting. ``held``: it was one a quarter ago."""
    grounds = list(rule.check.grounds(firm, period, want=True))
    if not grounds:
        return Footing.OPEN_QUERY
    if all(ground.fact.basis == "published" for ground in grounds):
        return Footing.PUBLISHED_ALONE
    if rule.grading is Grading.AT_ONCE:
        return Footing.CONFIRMED
    if not Lasting("", rule.check, ladder.times, ladder.quarters).truth(firm, period):
        return Footing.NOT_PERSISTENT
    confirmed = any(_confirms(ground, ladder, firm, period, held=held) for ground in grounds)
    return Footing.CONFIRMED if confirmed else Footing.NOT_CONFIRMED


def _confirms(ground: Ground, ladder: Ladder, firm: Firm, period: Period, *, held: bool) -> bool:
    """Whether the exact test bears the ground out on this period's own figure."""
    if ground.indicator is None or ground.period != period or ground.fact.basis != "in-year":
        return False
    flag = firm.look(Function.FLAG, indicator=ground.indicator, period=period)
    if flag.basis != "in-year" or flag.value is None:
        return False
    if flag.value in ladder.confirmed_by:
        return True
    z = firm.look(Function.Z, indicator=ground.indicator, period=period)
    return held and z.value is not None and float(z.value) >= ladder.still_confirmed_at
