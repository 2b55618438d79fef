"""A rule's condition taken apart: its text, as it stands in the log, by its forms.

The text is canonical, as benchmark writes it. What is of no form that is known here stays a text,
so that it can be shown as it stands and is never left out.
"""

import re
from dataclasses import dataclass

PLACEHOLDER = "i"
"""Stands for each member of a set."""

_CALL = re.compile(r'(\w+)\((.*)\)(?: (>=|<=|!=|>|<|=) (-?[\d.]+(?: ?(?:%|pp))?|"\w+"))?')
_OPENING, _CLOSING = "({", ")}"


@dataclass(frozen=True, slots=True)
class Measure:
    """A function of an indicator beside a line; ``sign`` is empty where it is true or false."""

    function: str
    indicator: str
    sign: str
    line: str

    def __str__(self) -> str:
        return f"{self.function}({self.indicator}) {self.sign} {self.line}".strip()


@dataclass(frozen=True, slots=True)
class Tally:
    """At least ``count`` members of a set; ``members`` are codes or the one name of a set."""

    members: tuple[str, ...]
    part: "Clause"
    count: str


@dataclass(frozen=True, slots=True)
class Lasting:
    """In at least ``times`` of the last ``quarters`` quarters."""

    part: "Clause"
    times: int
    quarters: int


@dataclass(frozen=True, slots=True)
class Run:
    """Adverse moves in each of the last ``quarters`` quarters."""

    indicator: str
    quarters: int


@dataclass(frozen=True, slots=True)
class Contrary:
    """The contrary of a part."""

    part: "Clause"


@dataclass(frozen=True, slots=True)
class Joint:
    """All parts ("and") or any of them ("or")."""

    word: str
    parts: tuple["Clause", ...]


Clause = Measure | Tally | Lasting | Run | Contrary | Joint | str
"""One condition; a text where its form is not known."""


def take_apart(text: str) -> Clause:
    """Return the condition of a rule's text."""
    known = " ".join(text.split())
    for word in ("or", "and"):
        parts = _split(known, f" {word} ")
        if len(parts) > 1:
            return Joint(word, tuple(take_apart(part) for part in parts))
    if known.startswith("not "):
        return Contrary(take_apart(known.removeprefix("not ")))
    if known.startswith("(") and known.endswith(")"):
        return take_apart(known[1:-1])
    found = _CALL.fullmatch(known)
    return known if found is None else _call(found)


def _call(found: re.Match[str]) -> Clause:
    name, inside, sign, line = found.groups(default="")
    parts = [part.strip() for part in _split(inside, ",")]
    match name, parts:
        case "k_of", [members, part, count]:
            codes = (code.strip() for code in members.strip("{}").split(","))
            return Tally(tuple(codes), take_apart(part), count)
        case "persist", [part, times, quarters]:
            return Lasting(take_apart(part), int(times), int(quarters))
        case "run", [indicator, quarters]:
            return Run(indicator, int(quarters))
        case _, [indicator]:
            return Measure(name, indicator, sign, line.strip('"'))
    return found[0]


def _split(text: str, separator: str) -> list[str]:
    """Split where the separator stands outside all brackets."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth == 0 and text.startswith(separator, at):
            parts.append(text[start:at])
            start = at + len(separator)
    return [*parts, text[start:]]
