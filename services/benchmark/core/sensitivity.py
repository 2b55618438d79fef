"""Sensitivity: the lines in the rules that another authority's figures can move."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from services.benchmark.core.evaluation import Atom, Check
from services.benchmark.core.facts import Fact, Function
from services.benchmark.core.rule import RuleBook


@dataclass(frozen=True, slots=True)
class Line:
    """A condition on the neighbours of one indicator, and the rules that it stands in."""

    indicator: str
    atom: Atom
    rules: frozenset[str]

    def judge(self, fact: Fact) -> bool | None:
        """Return how the condition comes out on a fact, small denominators set aside."""
        if fact.n is not None and fact.n < self.atom.least_n:
            return None
        return self.atom.judge(fact)


def lines_on_neighbours(rules: RuleBook) -> tuple[Line, ...]:
    """Return every condition on neighbours in the rules, each once."""
    found: dict[tuple[str, str, float], Line] = {}
    for rule in rules.rules.values():
        for atom in (*_atoms(rule.check), *_atoms(rule.clear)):
            indicator = atom.measure.indicator
            if atom.measure.function is Function.SN and indicator is not None:
                key = (indicator, atom.label, atom.least_n)
                known = found[key].rules if key in found else frozenset[str]()
                found[key] = Line(indicator, atom, known | {rule.id})
    return tuple(found.values())


def _atoms(check: Check) -> Iterator[Atom]:
    if isinstance(check, Atom):
        yield check
        return
    for part in _parts(check):
        for each in part if isinstance(part, tuple) else (part,):
            if isinstance(each, Check):
                yield from _atoms(each)


def _parts(check: object) -> Iterator[object]:
    """Yield the fields of a condition, whatever its kind."""
    if is_dataclass(check):
        yield from (getattr(check, field.name) for field in fields(check))
