"""Explanations: what an authority says of a figure that the check asked about.

A query is explained once. What was said of a figure stays with it when the return is sent again
with the same figure; when the same query fires in the next quarter, it is offered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.errors import TartanError
from schemas.events import Finding, QueryExplained, Severity, TextSet, derived_id
from schemas.rule import RULES
from schemas.tidy import LONGEST_NOTE
from services.ingest.core.child import holds_a_child
from services.ingest.core.fault import shown
from services.ingest.core.standing import require_standing
from services.ingest.core.version import Key, Version, Versions

_WHOLE = "the return as a whole"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of a figure, or of the return as a whole where no indicator is named.

    Either ``text`` has words, or ``confirm`` says that what is offered holds still.
    """

    indicator: str | None = None
    text: str | None = None
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why one of the explanations, by its place in the list, cannot be taken."""

    place: int
    member: str
    detail: str
    indicator: str | None = None


class ExplanationUnfit(TartanError):
    """None of the explanations was stored; ``problems`` has everything that is wrong."""

    def __init__(self, problems: Sequence[Unfit]) -> None:
        super().__init__(" ".join(problem.detail for problem in problems))
        self.problems = tuple(problems)


def is_query(found: Finding) -> bool:
    """Say whether a finding is a query, answered or open."""
    rule = RULES.get(found.code)
    return found.severity is Severity.QUERY or (
        rule is not None and rule.severity is Severity.QUERY
    )


def queries_of(findings: Iterable[Finding]) -> Mapping[str | None, list[Finding]]:
    """Return the queries among the findings on a return by the indicator that they are on."""
    found: dict[str | None, list[Finding]] = {}
    for finding in findings:
        if is_query(finding):
            found.setdefault(finding.indicator, []).append(finding)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A finding of an accepted return, and what became of it.

    ``explanation`` is the id of the words that answer it, None while it is open or asks nothing.
    """

    finding: Finding
    explanation: str | None
    is_open: bool


def asked_of(version: Version, known: Versions) -> tuple[Asked, ...]:
    """Return every finding of a return with what was said of it."""
    return tuple(_asked(finding, version, known) for finding in version.findings)


def _asked(finding: Finding, version: Version, known: Versions) -> Asked:
    said = known.explanation(version.return_id, finding.indicator) if is_query(finding) else None
    text = said.text if said is not None else finding.explanation
    return Asked(finding, text, finding.severity is Severity.QUERY and text is None)


def decide_explanations(
    known: Versions, version: Version, given: Sequence[Given]
) -> list[TextSet | QueryExplained]:
    """Return the words and what they explain; what stands already is not said again.

    Raises NoLongerStands, or ExplanationUnfit with everything that is wrong.
    """
    require_standing(known, version)
    said = explain_findings(version.return_id, version.key, version.findings, given)
    texts = {each.id: each for each in said if isinstance(each, TextSet)}
    news: list[TextSet | QueryExplained] = []
    for each in said:
        if isinstance(each, QueryExplained):
            before = known.explanation(version.return_id, each.indicator)
            if before is None or before.text != each.text:
                news += [texts[each.text], each] if each.text in texts else [each]
    return news


def explain_findings(
    return_id: str, key: Key, findings: Iterable[Finding], given: Sequence[Given]
) -> list[TextSet | QueryExplained]:
    """Return the words that answer the queries among the findings on a return.

    Raises ExplanationUnfit with everything that is wrong.
    """
    asked = queries_of(findings)
    problems = list(_problems(given, asked))
    if problems:
        raise ExplanationUnfit(problems)
    said: list[TextSet | QueryExplained] = []
    for each in given:
        said += _explain(return_id, key, each, asked[each.indicator])
    return said


def _explain(
    return_id: str, key: Key, given: Given, asked: Sequence[Finding]
) -> Iterator[TextSet | QueryExplained]:
    text = _offered(asked) or ""
    if not given.confirm:
        spoken = (given.text or "").strip()
        text = derived_id("explanation", return_id, given.indicator, spoken)
        yield TextSet(id=text, kind="note", text=spoken)
    authority, collection, period = key
    yield QueryExplained(
        return_id=return_id,
        authority=authority,
        collection=collection,
        period=period,
        indicator=given.indicator,
        codes=tuple(sorted({finding.code for finding in asked})),
        text=text,
        confirmed=given.confirm,
    )


def _offered(asked: Iterable[Finding]) -> str | None:
    return next((finding.offered for finding in asked if finding.offered is not None), None)


def _problems(
    given: Sequence[Given], asked: Mapping[str | None, Sequence[Finding]]
) -> Iterator[Unfit]:
    if not given:
        yield Unfit(0, "indicator", "There is no explanation. Send one for each query.")
    seen: set[str | None] = set()
    for place, each in enumerate(given):
        if each.indicator in seen:
            detail = f"{_about(each)} is there more than once. Keep one explanation."
            yield Unfit(place, "indicator", detail, each.indicator)
        elif each.indicator not in asked:
            detail = f"Nothing was asked about {_about(each)}. See the return's report."
            yield Unfit(place, "indicator", detail, each.indicator)
        else:
            yield from _unfit(place, each, asked[each.indicator])
        seen.add(each.indicator)


def _unfit(place: int, given: Given, asked: Sequence[Finding]) -> Iterator[Unfit]:
    words, about, of = (given.text or "").strip(), _about(given), given.indicator
    if given.confirm and words:
        yield Unfit(place, "confirm", f"{about}: either confirm, or send words of your own.", of)
    elif given.confirm and _offered(asked) is None:
        detail = f"{about}: nothing was explained in the quarter before. Send words of your own."
        yield Unfit(place, "confirm", detail, of)
    elif not given.confirm and not words:
        yield Unfit(place, "text", f"{about}: there are no words. Say why the figure is right.", of)
    elif len(words) > LONGEST_NOTE:
        detail = f"{about}: {len(words):,} characters; {LONGEST_NOTE:,} are kept. Shorten it."
        yield Unfit(place, "text", detail, of)
    elif holds_a_child(words):
        detail = (
            f"{about}: the text holds a number that belongs to a single child. It was not kept. "
            "Say it without naming a child."
        )
        yield Unfit(place, "text", detail, of)


def _about(given: Given) -> str:
    return shown(given.indicator) if given.indicator else _WHOLE
