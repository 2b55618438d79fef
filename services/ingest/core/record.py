"""What is logged: the payloads of an accepted return, and the id of every event of ingest."""

from collections.abc import Mapping

from schemas.events import (
    FiguresPublished,
    Finding,
    Observation,
    Payload,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnWithdrawn,
    TextSet,
    derived_id,
)
from services.ingest.core.acceptance import Decision
from services.ingest.core.document import Format
from services.ingest.core.explanation import is_query
from services.ingest.core.report import Report
from services.ingest.core.version import Versions


def record(
    report: Report, decision: Decision, *, sha256: str, size: int, format: Format, channel: str
) -> list[Payload]:
    """Return what accepting a return says: the words of its notes first, then the return."""
    return_id = decision.return_id
    texts = {
        indicator: TextSet(id=derived_id("note", return_id, indicator), kind="note", text=text)
        for indicator, text in report.notes.items()
    }
    accepted = ReturnAccepted(
        return_id=return_id,
        authority=str(report.authority),
        collection=str(report.collection),
        period=str(report.period),
        sha256=sha256,
        size=size,
        media_type=format.value,
        channel=channel,
        rules=report.rules,
        supersedes=decision.supersedes,
        observations=tuple(_noted(o, texts.get(o.indicator)) for o in report.observations),
        findings=tuple(_answered(found, texts) for found in report.queries),
    )
    return [*texts.values(), accepted]


def event_id(payload: Payload, *, known: Versions) -> str:
    """Return the id of an event: the same word on the same state always has the same one.

    A return's event has the return's own id, which names what stood before it. An opening counts
    those before it, so that a due day can be moved to and fro, and an explanation names the one
    that it replaces. A return is withdrawn once, whatever the reason.
    """
    if isinstance(payload, ReturnAccepted):
        return payload.return_id
    parts = [payload.versioned_type(), known.nation, payload.subject()]
    if isinstance(payload, PeriodOpened):
        state = known.period(payload.collection, payload.period)
        return derived_id(*parts, payload.due, state.openings if state else 0)
    if isinstance(payload, ReturnWithdrawn):
        return derived_id(*parts, payload.return_id)
    if isinstance(payload, QueryExplained):
        before = known.explanation(payload.return_id, payload.indicator)
        said = (payload.return_id, payload.indicator, payload.text)
        return derived_id(*parts, *said, before.text if before else None)
    return derived_id(*parts, payload.sha256 if isinstance(payload, FiguresPublished) else None)


def _noted(observation: Observation, text: TextSet | None) -> Observation:
    return observation if text is None else observation.model_copy(update={"note": text.id})


def _answered(found: Finding, texts: Mapping[str, TextSet]) -> Finding:
    """Return a finding with the id of the note that explains it."""
    note = texts.get(found.indicator or "")
    if note is None or not is_query(found):
        return found
    return found.model_copy(update={"explanation": note.id})
