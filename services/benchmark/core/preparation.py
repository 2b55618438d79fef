"""Preparation: a parsed condition made ready for evaluation, with its sets and smallest numbers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import Any

from services.benchmark.core.counting import Lasting, Tally
from services.benchmark.core.evaluation import Atom, Check, Contrary, Junction
from services.benchmark.core.expression import (
    And,
    Comparison,
    Holds,
    KOf,
    Measure,
    Node,
    Not,
    Number,
    Operator,
    Or,
    Persist,
    Run,
    Unit,
    bind,
)
from services.benchmark.core.facts import Function
from services.benchmark.core.vocabulary import scale

_MEETS: Mapping[Operator, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        Operator.AT_LEAST: ge,
        Operator.ABOVE: gt,
        Operator.AT_MOST: le,
        Operator.BELOW: lt,
        Operator.EQUAL: eq,
        Operator.UNEQUAL: ne,
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule text leaves to its file: named sets and the smallest denominators that may speak.

    ``least_n`` holds for every indicator that ``least_n_of`` does not name.
    """

    sets: Mapping[str, tuple[str, ...]]
    least_n: float
    least_n_of: Mapping[str, float]

    def members(self, node: KOf) -> tuple[str, ...]:
        """Return the codes of a set; KeyError for a name that the file does not define."""
        return self.sets[node.members] if isinstance(node.members, str) else node.members


def prepare(node: Node, terms: Terms) -> Check:
    """Return the condition ready to be evaluated."""
    match node:
        case Comparison() | Holds():
            return _prepare_atom(node, terms)
        case Run(quarters=quarters):
            move = _prepare_atom(_moves(node), terms)
            return Lasting(str(node), move, quarters, quarters)
        case Not(condition=condition):
            return Contrary(prepare(condition, terms))
        case And(parts=parts):
            return Junction(tuple(prepare(part, terms) for part in parts), decisive=False)
        case Or(parts=parts):
            return Junction(tuple(prepare(part, terms) for part in parts), decisive=True)
        case Persist(condition=condition, times=times, quarters=quarters):
            return Lasting(str(node), prepare(condition, terms), times, quarters)
        case KOf(condition=condition, count=count):
            codes = terms.members(node)
            each = tuple(prepare(bind(condition, code), terms) for code in codes)
            return Tally(str(node), each, how_many(count, of=len(codes)))


def how_many(count: Number, *, of: int) -> int:
    """Return how many members a ``k_of`` asks for: 20 % of 31 are 7."""
    if count.unit is Unit.PERCENT:
        return ceil(Fraction(str(count.value)) * of / 100)
    return int(count.value)


def leaves(node: Node, terms: Terms) -> Iterator[Comparison | Holds]:
    """Yield every comparison that the condition may make, sets and runs spelt out."""
    match node:
        case Comparison() | Holds():
            yield node
        case Run():
            yield _moves(node)
        case Not(condition=condition) | Persist(condition=condition):
            yield from leaves(condition, terms)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from leaves(part, terms)
        case KOf(condition=condition):
            for code in terms.members(node):
                yield from leaves(bind(condition, code), terms)


def _moves(node: Run) -> Comparison:
    measure = Measure(Function.MOVE, node.indicator, node.column)
    return Comparison(measure, Operator.ABOVE, Number(0.0))


def _prepare_atom(node: Comparison | Holds, terms: Terms) -> Atom:
    measure = node.measure
    if isinstance(node, Holds):
        return Atom(str(node), measure, eq, threshold=True, least_n=0.0)
    operand = node.operand
    threshold = operand if isinstance(operand, str) else scale(measure.function, operand)
    least_n = terms.least_n_of.get(measure.indicator or "", terms.least_n)
    return Atom(str(node), measure, _MEETS[node.operator], threshold, least_n)
