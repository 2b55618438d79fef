"""What is logged: the payloads of an accepted return, and the id of every event of ingest."""

from schemas.events import (
    FiguresPublished,
    Observation,
    Payload,
    PeriodOpened,
    ReturnAccepted,
    TextSet,
    derived_id,
)
from services.ingest.core.acceptance import Decision
from services.ingest.core.document import Format
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
        findings=report.queries,
    )
    return [*texts.values(), accepted]


def event_id(payload: Payload, *, known: Versions) -> str:
    """Return the id of an event: the same word on the same state always has the same one.

    A return's event has the return's own id, which names what stood before it. An opening counts
    those before it, so that a due day can be moved to and fro.
    """
    if isinstance(payload, ReturnAccepted):
        return payload.return_id
    parts = [payload.versioned_type(), known.nation, payload.subject()]
    if isinstance(payload, PeriodOpened):
        state = known.period(payload.collection, payload.period)
        return derived_id(*parts, payload.due, state.openings if state else 0)
    return derived_id(*parts, payload.sha256 if isinstance(payload, FiguresPublished) else None)


def _noted(observation: Observation, text: TextSet | None) -> Observation:
    return observation if text is None else observation.model_copy(update={"note": text.id})
