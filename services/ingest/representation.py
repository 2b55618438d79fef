"""How ingest answers: reports, receipts, rules and what became of a file, as JSON."""

from datetime import date
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from schemas.events import Severity
from services.ingest.core.fault import Place
from services.ingest.core.report import Finding, Report, where
from services.ingest.core.rule import RULES, Rule
from services.ingest.core.version import DataSet, OpenPeriod, Version
from services.ingest.desk import Logged

Item = TypeVar("Item")

_RETIRED = "This rule is no longer in use."


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Page(_Answer, Generic[Item]):
    """A list; ``next`` is null at its end."""

    items: list[Item]
    next: str | None = None


class PlaceItem(_Answer):
    """Where something stands: row, column and cell of a CSV, pointer into JSON."""

    row: int | None = None
    column: str | None = None
    cell: str | None = None
    pointer: str | None = None

    @classmethod
    def of(cls, place: Place) -> Self:
        """Return a place for the API."""
        return cls(row=place.row, column=place.column, cell=place.cell, pointer=place.pointer)


class FindingItem(PlaceItem):
    """What is wrong, where, and what to do; ``places`` names all places of a group of several."""

    code: str
    severity: Severity
    detail: str
    fix: str
    where: str | None = None
    indicator: str | None = None
    indicators: list[str] = []
    value: str | None = None
    count: int = 1
    places: list[PlaceItem] = []
    link: str

    @classmethod
    def of_finding(cls, finding: Finding) -> Self:
        """Return a finding of a report."""
        first = finding.places[0]
        several = finding.count > 1
        return cls(
            **PlaceItem.of(first).model_dump(),
            code=finding.code,
            severity=finding.severity,
            detail=finding.detail,
            fix=finding.fix,
            where=where(first),
            indicator=finding.indicators[0] if finding.indicators else None,
            indicators=list(finding.indicators),
            value=finding.value,
            count=finding.count,
            places=[PlaceItem.of(place) for place in finding.places] if several else [],
            link=f"/v1/rules/{finding.code}",
        )


class ReportItem(_Answer):
    """The whole report of a check. ``counts`` are exact, ``findings`` at most a thousand groups."""

    title: str
    acceptable: bool
    authority: str | None
    collection: str | None
    period: str | None
    rows: int
    observations: int
    counts: dict[str, int]
    total: int
    rules: str
    catalogue: str | None
    findings: list[FindingItem]

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return the report of a check."""
        return cls(
            title=report.title,
            acceptable=report.acceptable,
            authority=report.authority,
            collection=report.collection,
            period=report.period,
            rows=report.rows,
            observations=len(report.observations),
            counts={severity.value: report.counts[severity] for severity in Severity},
            total=report.total,
            rules=report.rules,
            catalogue=report.catalogue,
            findings=[FindingItem.of_finding(finding) for finding in report.findings],
        )

    @classmethod
    def of_version(cls, version: Version) -> Self:
        """Return what an accepted return still carries: its queries and notices, in their words."""
        counts = _counts(version)
        findings = [
            FindingItem(
                code=found.code,
                severity=found.severity,
                detail=RULES[found.code].title if found.code in RULES else _RETIRED,
                fix=RULES[found.code].fix if found.code in RULES else _RETIRED,
                indicator=found.indicator,
                indicators=[found.indicator] if found.indicator else [],
                link=f"/v1/rules/{found.code}",
            )
            for found in version.findings
        ]
        return cls(
            title=_title(counts),
            acceptable=True,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
            rows=version.figures + version.symbols,
            observations=version.figures + version.symbols,
            counts=counts,
            total=len(findings),
            rules=version.rules,
            catalogue=version.catalogue,
            findings=findings,
        )


class Receipt(_Answer):
    """Proof that a return was accepted; it never changes, whatever becomes of the return."""

    return_id: str
    authority: str
    authority_name: str
    collection: str
    period: str
    version: int
    supersedes: str | None
    outcome: str
    received_at: str
    due: str | None
    late: bool
    channel: str
    media_type: str
    size: int
    sha256: str
    observations: int
    figures: int
    symbols: int
    counts: dict[str, int]
    rules: str
    catalogue: str | None
    next_step: str
    links: dict[str, str]

    @classmethod
    def of(cls, version: Version, *, authority_name: str) -> Self:
        """Return the receipt of an accepted return."""
        place = f"/v1/returns/{version.return_id}"
        return cls(
            return_id=version.return_id,
            authority=version.authority,
            authority_name=authority_name,
            collection=version.collection,
            period=version.period,
            version=version.number,
            supersedes=version.supersedes,
            outcome="accepted_late" if version.late else "accepted",
            received_at=version.received_at,
            due=version.due,
            late=version.late,
            channel=version.channel,
            media_type=version.media_type,
            size=version.size,
            sha256=version.sha256,
            observations=version.figures + version.symbols,
            figures=version.figures,
            symbols=version.symbols,
            counts=_counts(version),
            rules=version.rules,
            catalogue=version.catalogue,
            next_step=_next_step(version),
            links={"return": place, "receipt": f"{place}/receipt", "report": f"{place}/report"},
        )


class RuleItem(_Answer):
    """A rule of the check, with an example that meets it."""

    code: str
    severity: Severity
    title: str
    detail: str
    fix: str
    example: str
    since: str

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Return a rule; its braces stand for the facts of a finding."""
        return cls(
            code=rule.code,
            severity=rule.severity,
            title=rule.title,
            detail=rule.one,
            fix=rule.fix,
            example=rule.example if rule.times == 1 else f"{rule.example}\n… {rule.times:,} times",
            since=rule.since,
        )


class PeriodItem(_Answer):
    """A collection's period: when returns are due, and whether it is closed."""

    collection: str
    period: str
    due: date
    state: str

    @classmethod
    def of(cls, period: OpenPeriod) -> Self:
        """Return the state of a period."""
        return cls(
            collection=period.collection,
            period=period.period,
            due=date.fromisoformat(period.due),
            state="closed" if period.closed else "open",
        )


class DataSetItem(_Answer):
    """A published data set that is in the log."""

    id: str
    source: str
    indicator: str
    period: str
    release: str
    ends: str
    file: str
    sha256: str
    implied_n: str | None
    areas: int

    @classmethod
    def of(cls, data_set: DataSet) -> Self:
        """Return a data set without its figures."""
        return cls(**{name: getattr(data_set, name) for name in cls.model_fields})


class SetAside(_Answer):
    """How many rows were set aside for one reason."""

    reason: str
    why: str
    rows: int


class FileItem(_Answer):
    """What became of a published file: every row used or set aside, every data set new or known."""

    source: str
    title: str
    rows: int
    used: int
    set_aside: list[SetAside]
    notices: list[str]
    new: list[str]
    known: list[str]

    @classmethod
    def of(cls, logged: Logged) -> Self:
        """Return the account of an imported file."""
        account = logged.imported.account
        return cls(
            source=logged.imported.source,
            title=logged.imported.title,
            rows=account.read,
            used=account.used,
            set_aside=[
                SetAside(reason=reason.value, why=reason.in_words, rows=rows)
                for reason, rows in account.aside.items()
            ],
            notices=list(logged.imported.notices),
            new=list(logged.new),
            known=list(logged.known),
        )


def _counts(version: Version) -> dict[str, int]:
    found = [finding.severity for finding in version.findings]
    return {severity.value: found.count(severity) for severity in Severity}


def _title(counts: dict[str, int]) -> str:
    queries = counts[Severity.QUERY]
    if not queries:
        return "Your return has no errors"
    return f"Your return has {queries} {'query' if queries == 1 else 'queries'}"


def _next_step(version: Version) -> str:
    open_queries = _counts(version)[Severity.QUERY]
    if not open_queries:
        return "Nothing more is needed. A corrected return can be sent in the same way."
    figures = "a figure carries" if open_queries == 1 else f"{open_queries} figures carry"
    return (
        f"The return is accepted; {figures} an open query. Look at the report: send the return "
        "again with the right figures, or with a note beside those that are right."
    )
