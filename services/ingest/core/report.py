"""The report of a check: faults grouped, put into words, sorted by place, counted exactly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from schemas.events import Finding as Query
from schemas.events import Observation, Severity
from schemas.rule import RULES, RULES_VERSION, Rule
from services.ingest.core.fault import Fault, Place

LISTED = 1_000
"""How many findings a report lists; its counts are exact beyond that."""
PLACES = 100
"""How many places of one finding are named."""
_NAMED = 10

_EXPLAINED = " The note beside it explains it."
_EXPLAINED_BEFORE = " It was explained when the same figure was sent before."
_OFFERED = " It was explained in the quarter before: confirm that if it still holds."

_Kind = tuple[str, str | None, str | None, tuple[tuple[str, str], ...], bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what to do: one rule and all places that met it alike.

    ``count`` is exact; ``places`` names the first hundred. ``value`` is as found. ``explained`` and
    ``offered`` are of a query: whether it is answered, or was in the quarter before.
    """

    code: str
    severity: Severity
    places: tuple[Place, ...]
    count: int
    indicators: tuple[str, ...]
    value: str | None
    detail: str
    fix: str
    explained: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check says of a body.

    ``counts`` has every severity and counts single faults; ``findings`` lists them grouped, by
    place, at most a thousand groups of ``total``. ``observations`` (in the order of the catalogue)
    and ``notes`` (words by indicator) are empty where there is an error. Authority, collection and
    period are canonical, None where the body does not say them clearly. ``queries`` are what an
    accepted return carries on: one for each query or notice and indicator.
    """

    catalogue: str
    authority: str | None = None
    collection: str | None = None
    period: str | None = None
    rows: int = 0
    observations: tuple[Observation, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    total: int = 0
    counts: Mapping[Severity, int] = field(default_factory=dict)
    queries: tuple[Query, ...] = ()
    refused: bool = False
    rules: str = RULES_VERSION

    @property
    def acceptable(self) -> bool:
        """Whether there is no error; queries and notices do not stand in the way."""
        return not self.counts.get(Severity.ERROR)

    @property
    def title(self) -> str:
        """The report in a line: "Your return has 3 errors and 1 query"."""
        said = [
            _counted(self.counts[each], each)
            for each in (Severity.ERROR, Severity.QUERY)
            if self.counts.get(each)
        ]
        return f"Your return has {' and '.join(said) or 'no errors'}"


def grouped(faults: Sequence[Fault]) -> tuple[tuple[Finding, ...], int]:
    """Return the first thousand findings, sorted by the first place of each, and how many are."""
    groups: dict[_Kind, list[Fault]] = {}
    for found in sorted(faults, key=lambda f: (f.place.order, f.code)):
        groups.setdefault(_kind(found), []).append(found)
    first = islice(groups.values(), LISTED)
    return tuple(_finding(group) for group in first), len(groups)


def counted(faults: Iterable[Fault]) -> Mapping[Severity, int]:
    """Return how many single faults there are of each severity."""
    found = Counter(severity(fault) for fault in faults)
    return {each: found[each] for each in Severity}


def severity(fault: Fault) -> Severity:
    """Return what a fault asks of the sender: a query that is explained asks nothing more."""
    return Severity.NOTICE if fault.answered else RULES[fault.code].severity


def queries(faults: Iterable[Fault]) -> tuple[Query, ...]:
    """Return the queries and notices that an accepted return carries on, each once."""
    found = {
        (fault.code, fault.indicator): fault
        for fault in sorted(faults, key=lambda f: (f.code, f.indicator or ""))
        if severity(fault) is not Severity.ERROR
    }
    return tuple(
        Query(
            code=code,
            severity=severity(fault),
            indicator=indicator,
            detail=_said([fault]) if RULES[code].severity is Severity.QUERY else None,
            explanation=fault.explanation,
            offered=fault.offered,
        )
        for (code, indicator), fault in found.items()
    )


def where(place: Place) -> str:
    """Return a place in words: "row 7, numerator (Return!E7)"; "the file" where it has none."""
    if place.row is None:
        return place.pointer or (f"sheet {place.sheet}" if place.sheet else "the file")
    column = f", {place.column}" if place.column else ""
    sheet = f"{place.sheet}!" if place.sheet else ""
    cell = f" ({sheet}{place.cell})" if place.cell else ""
    return f"row {place.row}{column}{cell}"


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them; more than ten end in "and 21 more"."""
    kept = list(words[:_NAMED])
    if len(words) > len(kept):
        kept.append(f"{len(words) - len(kept):,} more")
    return " and ".join(filter(None, [", ".join(kept[:-1]), kept[-1]])) if kept else ""


def _kind(fault: Fault) -> _Kind:
    answers = (fault.explained, fault.explanation is not None, fault.offered is not None)
    return (fault.code, fault.place.column, fault.value, fault.facts, *answers)


def _finding(group: Sequence[Fault]) -> Finding:
    first, rule = group[0], RULES[group[0].code]
    said = _said(group)
    if first.explained:
        said += _EXPLAINED
    elif first.explanation is not None:
        said += _EXPLAINED_BEFORE
    fix = rule.fix.format_map(_facts(group))
    return Finding(
        code=rule.code,
        severity=severity(first),
        places=tuple(f.place for f in group[:PLACES]),
        count=len(group),
        indicators=_indicators(group),
        value=first.value,
        detail=said,
        fix=fix + _OFFERED if first.offered is not None else fix,
        explained=first.answered,
        offered=first.offered is not None,
    )


def _said(group: Sequence[Fault]) -> str:
    """Return what is wrong, the facts filled in."""
    return _sentence(RULES[group[0].code], many=len(group) > 1).format_map(_facts(group))


def _facts(group: Sequence[Fault]) -> dict[str, str]:
    first = group[0]
    return dict(first.facts) | {
        "who": listed(_indicators(group)) or _rows([f.place for f in group]),
        "value": first.value or "",
        "column": dict(first.facts).get("column", first.place.column or "value"),
        "count": f"{len(group):,}",
    }


def _indicators(group: Sequence[Fault]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.indicator for f in group if f.indicator))


def _sentence(rule: Rule, *, many: bool) -> str:
    return rule.many if many and rule.many else rule.one


def _rows(places: Sequence[Place]) -> str:
    rows = [str(place.row) for place in places if place.row is not None]
    if rows:
        return f"{'Row' if len(rows) == 1 else 'Rows'} {listed(rows)}"
    return listed([place.pointer or "The file" for place in places])


def _counted(number: int, what: Severity) -> str:
    one, many = {"query": ("query", "queries")}.get(what, (what, f"{what}s"))
    return f"{number:,} {one if number == 1 else many}"
