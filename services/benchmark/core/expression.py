"""The conditions of a rule as values: what the rule text says, without the text.

``str`` of a node is its canonical text; parsing that gives the same node. Columns (from 1) say
where in the text a measure stood and do not count when two nodes are compared.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from services.benchmark.core.facts import Function

PLACEHOLDER = "i"
"""Stands for each member of a set inside ``k_of``, and for the indicator of a template rule."""


class Operator(StrEnum):
    """The comparisons of the rule text."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "="
    UNEQUAL = "!="


class Unit(StrEnum):
    """What may follow a number: nothing, per cent, percentage points."""

    PLAIN = ""
    PERCENT = "%"
    POINTS = "pp"


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: 50 with a per-cent sign is 50, not 0.5."""

    value: float
    unit: Unit = Unit.PLAIN

    def __str__(self) -> str:
        plain = format(Decimal(repr(self.value)), "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return f"{plain} {self.unit}" if self.unit else plain


@dataclass(frozen=True, slots=True)
class Measure:
    """A function of one indicator (``late`` has none)."""

    function: Function
    indicator: str | None
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.function}({self.indicator or ''})"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure beside a number or a word."""

    measure: Measure
    operator: Operator
    operand: Number | str

    def __str__(self) -> str:
        operand = f'"{self.operand}"' if isinstance(self.operand, str) else self.operand
        return f"{self.measure} {self.operator} {operand}"


@dataclass(frozen=True, slots=True)
class Holds:
    """A measure that is true or false by itself, such as ``late()``."""

    measure: Measure

    def __str__(self) -> str:
        return str(self.measure)


@dataclass(frozen=True, slots=True)
class Run:
    """Adverse moves in each of the last ``quarters`` quarters."""

    indicator: str
    quarters: int
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return f"run({self.indicator}, {self.quarters})"


@dataclass(frozen=True, slots=True)
class KOf:
    """The condition holds for at least ``count`` members (per cent: that share of them).

    ``members`` are codes, or the name of a set of the rule file.
    """

    members: tuple[str, ...] | str
    condition: "Node"
    count: Number
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        named = isinstance(self.members, str)
        members = self.members if named else "{" + ", ".join(self.members) + "}"
        return f"k_of({members}, {self.condition}, {self.count})"


@dataclass(frozen=True, slots=True)
class Persist:
    """The condition held in at least ``times`` of the last ``quarters`` quarters."""

    condition: "Node"
    times: int
    quarters: int

    def __str__(self) -> str:
        return f"persist({self.condition}, {self.times}, {self.quarters})"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary; what is not assessable stays so."""

    condition: "Node"

    def __str__(self) -> str:
        return f"not {_within(self.condition, And, Or)}"


@dataclass(frozen=True, slots=True)
class And:
    """All parts; one that does not hold decides, whatever the others."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " and ".join(_within(part, And, Or) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any part; one that holds decides, whatever the others."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " or ".join(_within(part, Or) for part in self.parts)


Node = Comparison | Holds | Run | KOf | Persist | Not | And | Or


def _within(node: Node, *looser: type[And] | type[Or]) -> str:
    return f"({node})" if isinstance(node, looser) else str(node)


def bind(node: Node, code: str) -> Node:
    """Return the node with the placeholder replaced by an indicator's code.

    A ``k_of`` inside has a placeholder of its own, which stays.
    """
    match node:
        case Comparison(measure=measure) | Holds(measure=measure):
            bound = replace(measure, indicator=code)
            return replace(node, measure=bound) if measure.indicator == PLACEHOLDER else node
        case Run(indicator=indicator):
            return replace(node, indicator=code) if indicator == PLACEHOLDER else node
        case Not(condition=condition) | Persist(condition=condition):
            return replace(node, condition=bind(condition, code))
        case And(parts=parts) | Or(parts=parts):
            return replace(node, parts=tuple(bind(part, code) for part in parts))
        case KOf():
            return node
