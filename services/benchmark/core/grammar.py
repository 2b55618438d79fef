r"""The rule text: a small language of conditions, read by recursive descent.

::

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" condition ")" | part
    part       = "k_of" "(" set "," condition "," number ")"        at least so many (or %) of a set
               | "persist" "(" condition "," number "," number ")"  true in m of the last n quarters
               | "run" "(" indicator "," number ")"                 n adverse moves in a row
               | measure [ comparison ( number | text ) ]
    measure    = function "(" [ indicator ] ")"                     facts.Function
    set        = "{" indicator { "," indicator } "}" | name         a set of the rule file
    comparison = ">=" | ">" | "<=" | "<" | "=" | "!="
    number     = [ "+" | "-" ] digits [ "%" | "pp" ]

The placeholder ``i`` stands for each member inside ``k_of``. "≥", "≤", "≠" and "−" are understood.
"""

from services.benchmark.core.expression import (
    PLACEHOLDER,
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
)
from services.benchmark.core.facts import Function
from services.benchmark.core.lexeme import Kind, Lexeme, Unreadable, split
from services.benchmark.core.vocabulary import (
    RESERVED,
    check_comparison,
    is_yes_or_no,
    takes_indicator,
)

_FARTHEST = 12
"""Quarters that a rule may look back: three years."""


def parse(text: str, *, placeholder: bool = False) -> Node:
    """Read a rule text.

    ``placeholder`` allows ``i`` outside ``k_of``, for a rule that stands for many indicators.
    Raises Unreadable with the column and what was expected there.
    """
    return _Reader(text, placeholder=placeholder).read()


class _Reader:
    """Reads one text from left to right and never goes back."""

    def __init__(self, text: str, *, placeholder: bool) -> None:
        self._lexemes = list(split(text))
        self._at = 0
        self._placeholder = placeholder

    def read(self) -> Node:
        node = self._any()
        if self._next.kind is not Kind.END:
            raise self._unlike("“and”, “or” or the end of the text")
        return node

    def _any(self) -> Node:
        parts = [self._all()]
        while self._took("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._took("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Node:
        if self._took("not"):
            return Not(self._one())
        if self._took("("):
            node = self._any()
            self._take(")")
            return node
        return self._part()

    def _part(self) -> Node:
        word = self._word("a condition")
        match word.text:
            case "k_of":
                return self._k_of(word.column)
            case "persist":
                return self._persist()
            case "run":
                return self._run(word.column)
            case _:
                return self._compared(self._measure(word))

    def _k_of(self, column: int) -> Node:
        self._take("(")
        members = self._members()
        self._take(",")
        outer, self._placeholder = self._placeholder, True
        condition = self._any()
        self._placeholder = outer
        self._take(",")
        count = self._count(members)
        self._take(")")
        return KOf(members, condition, count, column)

    def _members(self) -> tuple[str, ...] | str:
        if not self._took("{"):
            name = self._word("“{” or the name of a set")
            if name.text in RESERVED:
                raise Unreadable(name.column, f"expected “{{” or the name of a set, found {name}")
            return name.text
        codes: list[str] = []
        while not codes or self._took(","):
            at = self._next
            code = self._indicator()
            if code in codes:
                raise Unreadable(at.column, f"{code} stands twice in the set; name it once")
            codes.append(code)
        self._take("}")
        return tuple(codes)

    def _count(self, members: tuple[str, ...] | str) -> Number:
        at, count = self._next, self._number()
        whole = count.unit is Unit.PLAIN and count.value.is_integer() and count.value >= 1
        share = count.unit is Unit.PERCENT and 0 < count.value <= 100  # noqa: PLR2004 - per cent
        if not (whole or share):
            expected = "a whole number from 1, or a share such as 20 %"
            raise Unreadable(at.column, f"expected {expected}, found “{count}”")
        if whole and isinstance(members, tuple) and count.value > len(members):
            raise Unreadable(
                at.column, f"“{count}” of a set of {len(members)} can never hold; lower the number"
            )
        return count

    def _persist(self) -> Node:
        self._take("(")
        condition = self._any()
        self._take(",")
        at, times = self._next, self._quarters()
        self._take(",")
        quarters = self._quarters()
        self._take(")")
        if times > quarters:
            raise Unreadable(at.column, f"{times} of the last {quarters} quarters can never hold")
        return Persist(condition, times, quarters)

    def _run(self, column: int) -> Node:
        self._take("(")
        code = self._indicator()
        self._take(",")
        quarters = self._quarters()
        self._take(")")
        return Run(code, quarters, column)

    def _measure(self, word: Lexeme) -> Measure:
        if word.text not in frozenset(Function):
            raise Unreadable(
                word.column,
                f"expected a condition, found {word}; it may begin with {', '.join(Function)}, "
                "k_of, persist, run, not or “(”",
            )
        function = Function(word.text)
        self._take("(")
        indicator = self._indicator() if takes_indicator(function) else None
        self._take(")")
        return Measure(function, indicator, word.column)

    def _compared(self, measure: Measure) -> Node:
        sign = self._next
        if sign.text not in frozenset(Operator) or sign.kind is not Kind.SIGN:
            if is_yes_or_no(measure.function):
                return Holds(measure)
            raise self._unlike(f"a comparison (>= > <= < = !=) after “{measure}”")
        self._at += 1
        operator, at = Operator(sign.text), self._next
        operand = self._text() if at.kind is Kind.TEXT else self._number()
        fault = check_comparison(measure.function, operator, operand)
        if fault is not None:
            raise Unreadable(sign.column if fault.at_sign else at.column, fault.what)
        return Comparison(measure, operator, operand)

    def _indicator(self) -> str:
        word = self._word("an indicator such as CP04")
        if word.text == PLACEHOLDER and not self._placeholder:
            raise Unreadable(
                word.column, "“i” stands for each member of a set and has a meaning in k_of only"
            )
        if word.text in RESERVED - {PLACEHOLDER}:
            raise Unreadable(word.column, f"expected an indicator such as CP04, found {word}")
        return word.text

    def _quarters(self) -> int:
        at, number = self._next, self._number()
        whole = number.unit is Unit.PLAIN and number.value.is_integer()
        if not (whole and 1 <= number.value <= _FARTHEST):
            raise Unreadable(
                at.column,
                f"expected a whole number of quarters from 1 to {_FARTHEST}, found “{number}”",
            )
        return int(number.value)

    def _number(self) -> Number:
        sign = -1.0 if self._took("-") else 1.0
        if sign > 0:
            self._took("+")
        at = self._next
        if at.kind is not Kind.NUMBER:
            raise self._unlike("a number")
        self._at += 1
        unit = next((u for u in (Unit.PERCENT, Unit.POINTS) if self._took(u)), Unit.PLAIN)
        return Number(sign * float(at.text) + 0.0, unit)

    def _text(self) -> str:
        text = self._next.text
        self._at += 1
        return text

    def _word(self, expected: str) -> Lexeme:
        word = self._next
        if word.kind is not Kind.WORD:
            raise self._unlike(expected)
        self._at += 1
        return word

    def _take(self, sign: str) -> None:
        if not self._took(sign):
            raise self._unlike(f"“{sign}”")

    def _took(self, text: str) -> bool:
        found = self._next
        if found.text != text or found.kind not in (Kind.SIGN, Kind.WORD):
            return False
        self._at += 1
        return True

    @property
    def _next(self) -> Lexeme:
        return self._lexemes[self._at]

    def _unlike(self, expected: str) -> Unreadable:
        return Unreadable(self._next.column, f"expected {expected}, found {self._next}")
