"""What each function of the rule text answers, and so what it may be compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.events import Flag
from services.benchmark.core.expression import PLACEHOLDER, Number, Operator, Unit
from services.benchmark.core.facts import Function

YES_OR_NO = frozenset({Function.MISSING, Function.LATE, Function.EXPLAINED, Function.QUERIED})
WORDS: Mapping[Function, frozenset[str]] = MappingProxyType(
    {Function.BAND: frozenset("ABCD"), Function.FLAG: frozenset(Flag)}
)
CHANGES = frozenset({Function.D4, Function.D8, Function.MOVE})
SHARES = frozenset({Function.SN, Function.POS, Function.BALANCE})
RESERVED = frozenset({"k_of", "persist", "run", "and", "or", "not", PLACEHOLDER, *Function})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a comparison has no meaning; ``at_sign`` where the sign is to blame, not the operand."""

    what: str
    at_sign: bool = False


def takes_indicator(function: Function) -> bool:
    """Whether the function is of one indicator; being late is of the whole return."""
    return function is not Function.LATE


def is_yes_or_no(function: Function) -> bool:
    """Whether the function is a condition by itself."""
    return function in YES_OR_NO


def check_comparison(
    function: Function, operator: Operator, operand: Number | str
) -> Mismatch | None:
    """Return why the comparison has no meaning, None where it has one."""
    if function in YES_OR_NO:
        return Mismatch(f"{function} is true or false by itself; leave “{operator}” out", True)
    if function in WORDS:
        return _check_word(function, operator, operand)
    if isinstance(operand, str):
        return Mismatch(f"expected a number after “{function}(…) {operator}”, found “{operand}”")
    return _check_unit(function, operand.unit)


def scale(function: Function, operand: Number) -> float:
    """Return the number that a fact is compared with: 50 % of ``sn`` is 0.5, 5 pp are 5."""
    percent = operand.unit is Unit.PERCENT and function in SHARES
    return operand.value / 100 if percent else operand.value


def _check_word(function: Function, operator: Operator, operand: Number | str) -> Mismatch | None:
    known = ", ".join(f'"{word}"' for word in sorted(WORDS[function]))
    if operator not in (Operator.EQUAL, Operator.UNEQUAL):
        return Mismatch(f"{function} is a word: expected “=” or “!=”, found “{operator}”", True)
    if operand not in WORDS[function]:
        return Mismatch(f"expected one of {known} for {function}, found “{operand}”")
    return None


def _check_unit(function: Function, unit: Unit) -> Mismatch | None:
    if unit is Unit.POINTS and function not in CHANGES:
        return Mismatch(f"{function} is not in percentage points: leave “pp” out")
    if unit is Unit.PERCENT and function not in SHARES | {Function.VALUE}:
        wanted = "“pp” for percentage points" if function in CHANGES else "a plain number"
        return Mismatch(f"“%” has no meaning for {function}: write {wanted}")
    return None
