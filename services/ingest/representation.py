"""How ingest says the report of a check, as JSON."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict

from schemas.events import Severity
from schemas.rule import RULES
from services.ingest.core.explanation import Asked
from services.ingest.core.fault import Place
from services.ingest.core.report import Finding, Report, where
from services.ingest.core.version import Version

_RETIRED = "This rule is no longer in use."


class Answer(BaseModel):
    """A body that ingest answers with."""

    model_config = ConfigDict(frozen=True)


class PlaceItem(Answer):
    """Where something stands: row, column and cell of a table, its sheet, pointer into JSON."""

    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    pointer: str | None = None

    @classmethod
    def of(cls, place: Place) -> Self:
        """Return a place for the API."""
        return cls(
            sheet=place.sheet,
            row=place.row,
            column=place.column,
            cell=place.cell,
            pointer=place.pointer,
        )


class FindingItem(PlaceItem):
    """What is wrong, where, and what to do; ``places`` names all places of a group of several.

    ``explained`` is a query that somebody has explained, ``offered`` one that was explained in the
    quarter before, which can be confirmed.
    """

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
    explained: bool = False
    offered: bool = False
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
            explained=finding.explained,
            offered=finding.offered,
            link=f"/rules/{finding.code}",
        )

    @classmethod
    def of_asked(cls, asked: Asked) -> Self:
        """Return what an accepted return carries on."""
        found, rule = asked.finding, RULES.get(asked.finding.code)
        return cls(
            code=found.code,
            severity=Severity.NOTICE if asked.explanation is not None else found.severity,
            detail=found.detail or (rule.title if rule else _RETIRED),
            fix=rule.fix if rule else _RETIRED,
            indicator=found.indicator,
            indicators=[found.indicator] if found.indicator else [],
            explained=asked.explanation is not None,
            offered=asked.is_open and found.offered is not None,
            link=f"/rules/{found.code}",
        )


class ReadItem(Answer):
    """A figure as it was read; the note as its words."""

    indicator: str
    numerator: float | int | None = None
    denominator: float | int | None = None
    symbol: str | None = None
    note: str | None = None


class ReportItem(Answer):
    """The whole report of a check. ``counts`` are exact, ``findings`` at most a thousand groups.

    ``read`` are the figures of a file that was checked, as they would be stored; empty where there
    is an error.
    """

    title: str
    valid: bool
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
    read: list[ReadItem] = []

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return the report of a check."""
        return cls(
            title=report.title,
            valid=report.acceptable,
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
            read=[
                ReadItem(**each.model_dump(exclude={"note"}), note=report.notes.get(each.indicator))
                for each in report.observations
            ],
        )

    @classmethod
    def of_version(cls, version: Version, asked: Sequence[Asked]) -> Self:
        """Return what an accepted return still carries: its queries and notices, in their words."""
        findings = [FindingItem.of_asked(each) for each in asked]
        counts = {
            severity.value: sum(each.severity is severity for each in findings)
            for severity in Severity
        }
        return cls(
            title=_title(counts),
            valid=True,
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


def _title(counts: dict[str, int]) -> str:
    queries = counts[Severity.QUERY]
    if not queries:
        return "Your return has no errors"
    return f"Your return has {queries} {'query' if queries == 1 else 'queries'}"
