"""Turns what the core refuses into problem documents."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fastapi import Request

from schemas.errors import UnknownCode, UnknownPeriod
from schemas.events import Severity
from schemas.sign_off import STATEMENT, STATEMENTS
from services.ingest.core.acceptance import Conflict
from services.ingest.core.approval import AlreadySigned, AnotherStatement, QueriesOpen
from services.ingest.core.calendar import CalendarConflict, NotAQuarter
from services.ingest.core.explanation import ExplanationUnfit
from services.ingest.core.published import UnknownFile
from services.ingest.core.reason import ReasonUnfit
from services.ingest.core.release import ReleaseTaken
from services.ingest.core.standing import NoLongerStands
from services.ingest.core.unlocking import NotLocked
from services.ingest.outcome import Faulty, NoSuchReturn
from services.ingest.representation import FindingItem
from services.ingest.xlsx.opener import TooBusy
from services.runtime.problem import Problem


@contextmanager
def refusals() -> Iterator[None]:
    """Raise the problem of whatever is refused within."""
    try:
        yield
    except tuple(_SAID) as error:
        say = next(say for kind, say in _SAID.items() if isinstance(error, kind))
        raise say(error) from error


def retrace(request: Request) -> str | None:
    """Return the request's trace, which the event carries on."""
    trace: str | None = getattr(request.state, "traceparent", None)
    return trace


def _faulty(error: Faulty) -> Problem:
    report = error.report
    items = [FindingItem.of_finding(finding).model_dump(mode="json") for finding in report.findings]
    slug = "child-level-data" if report.refused else "validation-failed"
    return Problem(
        422,
        slug,
        report.title,
        "Nothing was stored. Correct what errors lists, and send the whole return again.",
        errors=[{k: v for k, v in item.items() if v not in (None, [], False)} for item in items],
        authority=report.authority,
        collection=report.collection,
        period=report.period,
        rows=report.rows,
        counts={severity.value: report.counts[severity] for severity in Severity},
        total=report.total,
        rules=report.rules,
        catalogue=report.catalogue,
    )


def _unfit(error: ExplanationUnfit) -> Problem:
    faults = [
        {
            "detail": each.detail,
            "pointer": f"/explanations/{each.place}/{each.member}",
            "indicator": each.indicator,
        }
        for each in error.problems
    ]
    count = "An explanation" if len(faults) == 1 else f"{len(faults)} explanations"
    return Problem(
        422,
        "explanation-unfit",
        f"{count} cannot be taken",
        "Nothing was stored. Correct what errors lists, and send all of them again.",
        errors=faults,
    )


def _conflict(error: Conflict) -> Problem:
    authority, collection, period = error.key
    return Problem(
        409,
        error.slug,
        error.title,
        str(error),
        authority=authority,
        collection=collection,
        period=period,
        stands=error.stands,
    )


def _missing(error: Exception) -> Problem:
    return Problem(404, "not-found", "There is no such thing here", str(error))


def _calendar(error: CalendarConflict) -> Problem:
    return Problem(409, "period", "The period cannot be changed so", str(error))


def _gone(error: NoLongerStands) -> Problem:
    title = "This return does not stand"
    return Problem(409, "version-conflict", title, str(error), stands=error.stands)


def _unreasoned(error: ReasonUnfit) -> Problem:
    fault = {"detail": str(error), "pointer": error.pointer}
    title = "The reason cannot be taken"
    return Problem(422, "reason-unfit", title, str(error), errors=[fault])


def _another_statement(error: AnotherStatement) -> Problem:
    return Problem(
        422,
        "another-statement",
        "Another statement is to be agreed to",
        str(error),
        errors=[{"detail": str(error), "pointer": "/statement"}],
        statement=STATEMENT,
        words=STATEMENTS[STATEMENT],
    )


def _queries_open(error: QueriesOpen) -> Problem:
    title = "The return cannot be signed off yet"
    return Problem(409, "queries-open", title, str(error), indicators=list(error.about))


def _already_signed(error: AlreadySigned) -> Problem:
    return Problem(409, "already-signed-off", "It is signed off", str(error))


def _not_locked(error: NotLocked) -> Problem:
    return Problem(409, "not-locked", "The return is not locked", str(error))


def _taken(error: ReleaseTaken) -> Problem:
    title = "These figures are in the log from another file"
    return Problem(409, "release-taken", title, str(error), data_sets=error.ids)


def _unknown_file(error: UnknownFile) -> Problem:
    title = "This is not a published file that is known here"
    faults = [{"detail": problem} for problem in error.problems]
    return Problem(422, "unknown-file", title, str(error), errors=faults)


def _busy(_: TooBusy) -> Problem:
    return Problem(
        503,
        "workbooks-busy",
        "Too many workbooks are being read",
        "Nothing was accepted. Send the same file again after the time in Retry-After, or send "
        "it as CSV.",
        headers={"Retry-After": "5"},
    )


_SAID: Mapping[type[Exception], Callable[[Any], Problem]] = {
    Faulty: _faulty,
    Conflict: _conflict,
    NoLongerStands: _gone,
    ReasonUnfit: _unreasoned,
    ExplanationUnfit: _unfit,
    AnotherStatement: _another_statement,
    QueriesOpen: _queries_open,
    AlreadySigned: _already_signed,
    NotLocked: _not_locked,
    NoSuchReturn: _missing,
    NotAQuarter: _missing,
    UnknownCode: _missing,
    UnknownPeriod: _missing,
    CalendarConflict: _calendar,
    ReleaseTaken: _taken,
    UnknownFile: _unknown_file,
    TooBusy: _busy,
}
"""How each refusal is said; of two that fit, the first."""
