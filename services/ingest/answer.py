"""Turns what the core refuses into problem documents."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from schemas.errors import UnknownCode, UnknownPeriod
from schemas.events import Severity
from services.ingest.core.acceptance import Conflict, PeriodNotOpen
from services.ingest.core.calendar import CalendarConflict, NotAQuarter
from services.ingest.core.published import UnknownFile
from services.ingest.core.release import ReleaseTaken
from services.ingest.core.report import Report
from services.ingest.outcome import Faulty, NoSuchReturn
from services.ingest.representation import FindingItem
from services.ingest.xlsx.opener import TooBusy
from services.runtime.problem import Problem


@contextmanager
def refusals() -> Iterator[None]:
    """Raise the problem of whatever is refused within."""
    try:
        yield
    except Faulty as error:
        raise _faulty(error.report) from error
    except Conflict as error:
        raise _conflict(error) from error
    except (NoSuchReturn, NotAQuarter, UnknownCode, UnknownPeriod) as error:
        raise Problem(404, "not-found", "There is no such thing here", str(error)) from error
    except CalendarConflict as error:
        raise Problem(409, "period", "The period cannot be changed so", str(error)) from error
    except ReleaseTaken as error:
        title = "These figures are in the log from another file"
        raise Problem(409, "release-taken", title, str(error), data_sets=error.ids) from error
    except UnknownFile as error:
        title = "This is not a published file that is known here"
        faults = [{"detail": problem} for problem in error.problems]
        raise Problem(422, "unknown-file", title, str(error), errors=faults) from error
    except TooBusy as error:
        raise Problem(
            503,
            "workbooks-busy",
            "Too many workbooks are being read",
            "Nothing was accepted. Send the same file again after the time in Retry-After, or send "
            "it as CSV.",
            headers={"Retry-After": "5"},
        ) from error


def retrace(request: Request) -> str | None:
    """Return the request's trace, which the event carries on."""
    trace: str | None = getattr(request.state, "traceparent", None)
    return trace


def _faulty(report: Report) -> Problem:
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


def _conflict(error: Conflict) -> Problem:
    slug = "collection-closed" if isinstance(error, PeriodNotOpen) else "version-conflict"
    authority, collection, period = error.key
    return Problem(
        409,
        slug,
        error.title,
        str(error),
        authority=authority,
        collection=collection,
        period=period,
        stands=error.stands,
    )
