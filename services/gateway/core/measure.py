"""The functions of a rule in words: where its line lies, and what was found of a figure.

They are for people who know no percentile and no score: places are halves, thirds and quarters of
the authorities, shares are per cent. All directions are adverse; of an indicator without a good
side worse is higher.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.catalogue import Indicator, Kind, Polarity
from services.gateway.core import wording

Value = float | str | bool

_BOUNDS = {
    ">=": "at least {}", ">": "more than {}", "<=": "at most {}", "<": "less than {}",
    "=": "exactly {}", "!=": "anything but {}",
}  # fmt: skip
_AT_NOUGHT = {
    ">": "{worse} than {other}", ">=": "no {better} than {other}", "<": "{better} than {other}",
    "<=": "no {worse} than {other}", "=": "the same as {other}", "!=": "other than {other}",
}  # fmt: skip
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "!=": "!="}
_SUPERLATIVES = {"worse": "worst", "better": "best", "higher": "highest", "lower": "lowest"}
_PARTS = {33: "third", 25: "quarter", 20: "fifth", 10: "tenth"}
_BANDS = {"A": "best", "B": "second best", "C": "second worst", "D": "worst"}
_TRUTHS = {
    "late": ("the return came late or not at all", "the return came in time"),
    "missing": ("no usable figure", "a usable figure"),
    "explained": ("explained by the authority", "not explained by the authority"),
    "queried": ("a query on it is open", "no query on it is open"),
}
_OTHERS = {
    "sn": "its statistical neighbours",
    "d4": "a year before",
    "d8": "two years before",
    "move": "in the quarter before",
}
_ALL = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """What a function is of; ``indicator`` is None for any member of a set."""

    indicator: Indicator | None = None

    @property
    def worse(self) -> str:
        """What the adverse side is called."""
        return "higher" if self._is_neutral else "worse"

    @property
    def better(self) -> str:
        """What the other side is called."""
        return "lower" if self._is_neutral else "better"

    @property
    def _is_neutral(self) -> bool:
        return self.indicator is not None and self.indicator.polarity is Polarity.NEUTRAL

    def figure(self, value: float) -> str:
        """Return a value in the indicator's unit."""
        return f"{value:g}" if self.indicator is None else wording.figure(value, self.indicator)

    def change(self, size: float) -> str:
        """Return how far two of its values lie apart."""
        if self.indicator is None:
            return f"{size:g}"
        points = " percentage points" if self.indicator.kind is Kind.PERCENTAGE else ""
        return wording.size(size, self.indicator.decimals) + points


def ask(function: str, sign: str, line: str, subject: Subject) -> str | None:
    """Return where a rule's line lies, None for a function that has no words here."""
    if function in _TRUTHS:
        return _TRUTHS[function][0]
    if function in {"flag", "band"}:
        words = _FOUND[function](line, subject)
        return f"not {words}" if sign == "!=" else words
    if function not in _FOUND:
        return None
    number = float(line.rstrip("%p "))
    if function in _SHARES and line.endswith("%"):
        number /= _ALL
    if function == "pos":
        return _ask_place(sign, number, subject)
    if function in _OTHERS:
        return _ask_apart(function, sign, number, subject)
    return _AMOUNTS[function](_BOUNDS[sign], number, subject)


def find(function: str, value: Value, subject: Subject) -> str | None:
    """Return what was found of a figure, None for a function that has no words here."""
    if function in _TRUTHS:
        return _TRUTHS[function][not value]
    say = _FOUND.get(function)
    return None if say is None else say(value, subject)


def deny(function: str) -> str | None:
    """Return the contrary of a function that is true or false, None for any other."""
    return _TRUTHS[function][1] if function in _TRUTHS else None


def _ask_place(sign: str, share: float, subject: Subject) -> str:
    """Say a line among authorities by the part of them that lies beyond it."""
    is_adverse = sign in {">", ">="}
    side = subject.worse if is_adverse else subject.better
    beyond = round(_ALL * (1 - share if is_adverse else share))
    if beyond == _ALL // 2:
        return f"in the {side} half of authorities"
    if beyond in _PARTS:
        return f"in the {_SUPERLATIVES[side]} {_PARTS[beyond]} of authorities"
    return f"{subject.worse} than {_BOUNDS[sign].format(f'{_ALL * share:g}')} in 100 authorities"


def _ask_apart(function: str, sign: str, line: float, subject: Subject) -> str:
    """Say a line by how far it lies on which side of what a value is held against."""
    other = _OTHERS[function]
    if line == 0:
        return _AT_NOUGHT[sign].format(worse=subject.worse, better=subject.better, other=other)
    size = f"{_ALL * abs(line):g}%" if function == "sn" else subject.change(abs(line))
    bound = _BOUNDS[sign if line > 0 else _TURNED[sign]]
    return f"{bound.format(size)} {subject.worse if line > 0 else subject.better} than {other}"


def _find_place(value: Value, subject: Subject) -> str:
    share = float(value)
    if share in {0.0, 1.0}:
        return f"{subject.worse if share else subject.better} than all others"
    # Rounding makes nobody the first or the last.
    hundredths = min(max(_ALL * share, 1.0), _ALL - 1.0)
    return f"{subject.worse} than {wording.number(hundredths, 0)} in 100 authorities"


def _find_band(value: Value, _: Subject) -> str:
    return f"in band {value}, the {_BANDS[str(value)]} quarter of authorities"


def _find_flag(value: Value, _: Subject) -> str:
    words = wording.FLAGS[str(value)]
    pause = "," if "," in words else ""
    return f"{words[0].lower()}{words[1:]}{pause} by the exact test"


def _find_apart(value: Value, subject: Subject, *, other: str, share: bool) -> str:
    number = float(value)
    if number == 0:
        return f"the same as {other}"
    size = wording.percent(abs(number)) if share else subject.change(abs(number))
    return f"{size} {subject.worse if number > 0 else subject.better} than {other}"


def _since(function: str) -> Callable[[Value, Subject], str]:
    share, other = function == "sn", _OTHERS[function]
    return lambda value, subject: _find_apart(value, subject, other=other, share=share)


_FOUND: Mapping[str, Callable[[Value, Subject], str]] = {
    "value": lambda value, subject: subject.figure(float(value)),
    "pos": _find_place,
    "flag": _find_flag,
    "band": _find_band,
    "z": lambda value, _: f"a score of {wording.number(float(value), 3)} in the exact test",
    "balance": lambda value, _: (
        f"a break of {wording.percent(float(value))} between the stock and its flows"
    ),
    "outlier": lambda value, _: (
        f"{wording.number(float(value), 1)} times its usual spread from its own earlier figures"
    ),
} | {function: _since(function) for function in _OTHERS}

_SHARES = frozenset({"sn", "pos", "balance"})
_AMOUNTS: Mapping[str, Callable[[str, float, Subject], str]] = {
    "value": lambda bound, line, subject: bound.format(subject.figure(line)),
    "z": lambda bound, line, _: f"a score of {bound.format(f'{line:g}')} in the exact test",
    "balance": lambda bound, line, _: (
        f"a break of {bound.format(f'{_ALL * line:g}%')} between the stock and its flows"
    ),
    "outlier": lambda bound, line, _: (
        f"{bound.format(f'{line:g}')} times its usual spread from its own earlier figures"
    ),
}
