"""Conditions in words: what a rule asks for and what was found, for people who read no rules.

A condition of a form that has no words here is shown as it stands, never left out.
"""

from collections.abc import Mapping
from typing import Any

from schemas.catalogue import Indicator
from services.gateway.core.clause import (
    PLACEHOLDER,
    Clause,
    Contrary,
    Joint,
    Lasting,
    Measure,
    Run,
    Tally,
    take_apart,
)
from services.gateway.core.measure import Subject, ask, deny, find
from services.gateway.core.sentence import listed

Catalogue = Mapping[str, Indicator]
Place = tuple[int, int]
"""Rank and how many are ranked."""

_SETS = {"returned": "figures returned", "stocks": "stocks", "core": "core measures"}


def asked(expression: str, catalogue: Catalogue) -> str:
    """Return what a condition's text asks for."""
    clause = take_apart(expression)
    if isinstance(clause, Measure):
        words = _ask_measure(clause, catalogue, beside=": ")
        return expression if words is None else _capital(words)
    return clause if isinstance(clause, str) else _capital(_ask(clause, catalogue))


def found(said: Mapping[str, Any], catalogue: Catalogue, *, place: Place | None = None) -> str:
    """Return what an evaluated condition found; ``place`` is the figure's own among authorities."""
    clause, value = take_apart(str(said["expression"])), said["value"]
    if value is None:
        return "Not known"
    match clause:
        case Tally():
            return f"{_count(value)} of them"
        case Lasting() | Run():
            return f"In {_count(value).lower()} of them"
        case Measure():
            words = find(clause.function, value, Subject(catalogue.get(clause.indicator)))
            if words is not None:
                is_placed = place is not None and clause.function == "pos"
                return _capital(f"{words}: place {_of(place)}" if is_placed else words)
    return value if isinstance(value, str) else f"{value:g}"


def _ask(clause: Clause, catalogue: Catalogue) -> str:
    match clause:
        case str():
            return clause
        case Measure():
            return _ask_measure(clause, catalogue) or str(clause)
        case Contrary(part=Measure() as part):
            return _deny(part, catalogue)
        case Contrary(part=part):
            return f"not so: {_ask(part, catalogue)}"
        case Joint(word=word, parts=parts):
            return f", {word} ".join(_ask(part, catalogue) for part in parts)
    return _ask_count(clause, catalogue)


def _ask_count(clause: Tally | Lasting | Run, catalogue: Catalogue) -> str:
    match clause:
        case Tally():
            least = f"at least {clause.count.replace(' ', '')} of {_set(clause, catalogue)}"
            return f"{least}: {_ask(clause.part, catalogue)}"
        case Lasting():
            every = clause.times == clause.quarters
            times = "in each" if every else f"in at least {clause.times}"
            return f"{times} of the last {clause.quarters} quarters: {_ask(clause.part, catalogue)}"
        case Run():
            worse = Subject(catalogue.get(clause.indicator)).worse
            name = _name(clause.indicator, catalogue)
            return f"{name} {worse} than in the quarter before, {clause.quarters} quarters running"


def _ask_measure(clause: Measure, catalogue: Catalogue, *, beside: str = " ") -> str | None:
    subject = Subject(catalogue.get(clause.indicator))
    words = ask(clause.function, clause.sign, clause.line, subject)
    name = _name(clause.indicator, catalogue)
    return f"{name}{beside}{words}" if name and words is not None else words


def _deny(clause: Measure, catalogue: Catalogue) -> str:
    words, name = deny(clause.function), _name(clause.indicator, catalogue)
    if words is None:
        return f"not so: {_ask(clause, catalogue)}"
    return f"{name} {words}".strip()


def _name(code: str, catalogue: Catalogue) -> str:
    """Return an indicator's name; nothing for the whole return and for any member of a set."""
    if code in {"", PLACEHOLDER}:
        return ""
    return catalogue[code].name if code in catalogue else code


def _set(clause: Tally, catalogue: Catalogue) -> str:
    if len(clause.members) == 1:
        return f"the {_SETS.get(clause.members[0], clause.members[0])}"
    return listed([_name(code, catalogue) for code in clause.members])


def _count(value: float) -> str:
    return f"{value:g}" if value else "None"


def _of(place: Place | None) -> str:
    return "" if place is None else f"{place[0]} of {place[1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
