"""The check as a page: choose a file, read everything that is wrong with it, store nothing.

Nothing of the file is kept, so the report travels with its page: whoever narrows it down sends it
along, and gets it back narrowed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, Protocol
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.events import Severity
from schemas.findings import WORKBOOK, write_findings
from schemas.rule import RULES
from services.gateway.core import wording
from services.gateway.origin import require_own_page
from services.gateway.pages.furniture import Furniture
from services.runtime.problem import Problem

FIELDS = "application/x-www-form-urlencoded"
_MOST = 1_000
_LONGEST = 4_000
_NOTHING: Mapping[str, Any] = MappingProxyType({})
REPAIRABLE = frozenset({400, 413, 415, 422})


class Checks(Protocol):
    """Checks a file in a form: what ``POST /v1/validations`` does. Nothing of it is stored.

    Both raise a Problem where it cannot be read at all.
    """

    def examine(self, body: bytes, *, content_type: str) -> Mapping[str, Any]:
        """Return the report as the API says it."""

    def annotate(self, body: bytes, *, content_type: str) -> bytes:
        """Return the file as a workbook, with what the check says beside its cells."""


class Line(BaseModel):
    """A line of a report: one place of one finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(max_length=10)
    severity: Severity
    where: str = Field("", max_length=_LONGEST)
    indicator: str = Field("", max_length=_LONGEST)
    value: str = Field("", max_length=_LONGEST)
    detail: str = Field(max_length=_LONGEST)
    fix: str = Field(max_length=_LONGEST)


class Shown(BaseModel):
    """A report as its page carries it along."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(max_length=200)
    about: str = Field("", max_length=200)
    total: int
    counts: dict[Severity, int]
    lines: list[Line] = Field(max_length=_MOST)


class Spot(NamedTuple):
    """Where a file is checked, and on which page; ``stops`` where errors stand in its way."""

    path: str
    template: str
    title: str
    stops: bool = False


_HERE = Spot("/check", "check.html", "Check a return")


async def body_of(request: Request) -> bytes:
    """Return the body as it was sent; nothing of it is written anywhere."""
    return await request.body()


def last_of_each(body: bytes) -> dict[str, str]:
    """Return the fields of a form without a file; of several alike the last."""
    text = body.decode("utf-8", "replace")
    return {name: said[-1] for name, said in parse_qs(text, keep_blank_values=True).items()}


def router(furniture: Furniture, *, checks: Checks | None = None) -> APIRouter:
    """Serve the check; without ``checks`` the page says where else a file is checked.

    From ``/check?as=workbook`` the file comes back annotated, in place of the page.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/check")
    def choose(request: Request) -> Response:
        return report_page(furniture, request, None, _HERE, can_check=checks is not None)

    @routes.post("/check")
    def check(request: Request, body: Annotated[bytes, Depends(body_of)]) -> Response:
        require_own_page(request.headers, request.url)
        content_type = request.headers.get("content-type", "")
        if content_type.startswith(FIELDS):
            return narrowed_page(furniture, request, body, _HERE, can_check=checks is not None)
        if checks is None:
            raise Problem(404, "not-found", "No file is checked here", "Use POST /v1/validations.")
        try:
            if request.query_params.get("as") == "workbook":
                workbook = checks.annotate(body, content_type=content_type)
                return Response(workbook, media_type=WORKBOOK, headers=_attached("checked.xlsx"))
            report = as_shown(checks.examine(body, content_type=content_type))
        except Problem as problem:
            if problem.status not in REPAIRABLE:
                raise
            fault = str(problem.document.get("detail", ""))
            return report_page(furniture, request, None, _HERE, fault=fault)
        return report_page(furniture, request, report, _HERE)

    return routes


def narrowed_page(
    furniture: Furniture,
    request: Request,
    body: bytes,
    spot: Spot,
    *,
    can_check: bool = True,
    more: Mapping[str, Any] = _NOTHING,
) -> Response:
    """Return a report that came along with its page, narrowed down or as a table."""
    fields = last_of_each(body)
    try:
        report = Shown.model_validate_json(fields.get("report", ""))
    except ValidationError:
        fault = "The report did not come along with the form. Choose the file again."
        return report_page(
            furniture, request, None, spot, fault=fault, can_check=can_check, more=more
        )
    level, code = fields.get("level", ""), fields.get("rule", "")
    lines = [
        line for line in report.lines if level in ("", line.severity) and code in ("", line.code)
    ]
    if fields.get("as") == "csv":
        table = write_findings(_row(line) for line in lines)
        return Response(table, media_type="text/csv", headers=_attached("report.csv"))
    wanted = (level, code)
    return report_page(
        furniture,
        request,
        report,
        spot,
        lines=lines,
        wanted=wanted,
        can_check=can_check,
        more=more,
    )


def _attached(name: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def _row(line: Line) -> dict[str, Any]:
    """Return a line as a table has it; its place stands in words."""
    said = line.model_dump(mode="json")
    return {
        **said,
        "cell": line.where,
        "indicators": [line.indicator],
        "link": f"/rules/{line.code}",
    }


def report_page(
    furniture: Furniture,
    request: Request,
    report: Shown | None,
    spot: Spot,
    *,
    lines: Sequence[Line] | None = None,
    wanted: tuple[str, str] = ("", ""),
    fault: str = "",
    can_check: bool = True,
    more: Mapping[str, Any] = _NOTHING,
) -> Response:
    """Return the page of a spot: a report where there is one, and the form for a file.

    ``lines`` are those of the report that are wanted, ``fault`` is what is wrong with the form, and
    ``more`` goes to the template.
    """
    shown = lines if lines is not None else report.lines if report else []
    codes = Counter(line.code for line in report.lines) if report else Counter[str]()
    is_stopped = spot.stops and report is not None
    return furniture.page(
        request,
        spot.template,
        title=f"{'Error: ' if fault or is_stopped else ''}{spot.title}",
        live=False,
        spot=spot.path,
        can_check=can_check,
        fault=fault,
        report=report,
        counted=_counted(report.counts) if report else "",
        carried=report.model_dump_json() if report else "",
        lines=[{**line.model_dump(mode="json"), "known": line.code in RULES} for line in shown],
        levels=[("", "All"), *((str(s), wording.LEVELS[s][0]) for s in Severity)],
        rules=[("", "All"), *((c, f"{c} ({n})") for c, n in sorted(codes.items()))],
        wanted=wanted,
        status=422 if fault else 200,
        **more,
    )


def as_shown(report: Mapping[str, Any]) -> Shown:
    """Return a report of the API as a page shows it: a line for each place, in their order."""
    lines = [
        Line(
            code=finding["code"],
            severity=finding["severity"],
            where=finding.get("where") or "",
            indicator=", ".join(finding.get("indicators") or []),
            value=finding.get("value") or "",
            detail=finding["detail"],
            fix=finding["fix"],
        )
        for finding in report["findings"]
    ]
    parts = [report.get(name) for name in ("authority", "collection", "period")]
    return Shown(
        title=report["title"],
        about=", ".join(part for part in parts if part),
        total=report["total"],
        counts=report["counts"],
        lines=lines[:_MOST],
    )


def _counted(counts: Mapping[Severity, int]) -> str:
    many = {Severity.QUERY: "queries"}
    said = [wording.plural(counts.get(each, 0), each, many.get(each)) for each in Severity]
    return ", ".join(said)
