"""What is logged: the payloads of an accepted return, and the id of every event of ingest."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.events import (
    FiguresPublished,
    Finding,
    Observation,
    Payload,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnSignedOff,
    ReturnUnlocked,
    ReturnWithdrawn,
    SignOffRefused,
    TextSet,
    derived_id,
)
from schemas.receipt import ON_BEHALF
from services.ingest.core.acceptance import Decision
from services.ingest.core.document import Format
from services.ingest.core.explanation import is_query
from services.ingest.core.reason import fit_to_keep, write_reason
from services.ingest.core.report import Report
from services.ingest.core.version import Versions


@dataclass(frozen=True, slots=True)
class Sending:
    """How a return came: its bytes' hash and number, their format, the channel.

    ``reason`` is why there is another version, ``on_behalf`` why the regional analyst sends it in
    the authority's place; None where it is not said.
    """

    sha256: str
    size: int
    format: Format
    channel: str
    reason: str | None = None
    on_behalf: str | None = None

    def require_fit(self) -> None:
        """Raise ReasonUnfit for words that cannot be kept."""
        for name, words in (("reason", self.reason), ("on_behalf", self.on_behalf)):
            if words is not None:
                missing = f"Say it in {name}, or leave {name} out."
                fit_to_keep(words, missing=missing, pointer=f"/query/{name}")


def record(report: Report, decision: Decision, *, sending: Sending) -> list[Payload]:
    """Return what accepting a return says: the words that come with it first, then the return."""
    return_id = decision.return_id
    reason = _why(sending.reason, "reason", return_id=return_id)
    on_behalf = _why(sending.on_behalf, "on_behalf", return_id=return_id)
    texts = {
        indicator: TextSet(id=derived_id("note", return_id, indicator), kind="note", text=text)
        for indicator, text in report.notes.items()
    }
    accepted = ReturnAccepted(
        return_id=return_id,
        authority=str(report.authority),
        collection=str(report.collection),
        period=str(report.period),
        sha256=sending.sha256,
        size=sending.size,
        media_type=sending.format.value,
        channel=ON_BEHALF if on_behalf else sending.channel,
        rules=report.rules,
        supersedes=decision.supersedes,
        reason=reason.id if reason else None,
        on_behalf=on_behalf.id if on_behalf else None,
        observations=tuple(_noted(o, texts.get(o.indicator)) for o in report.observations),
        findings=tuple(_answered(found, texts) for found in report.queries),
    )
    return [*filter(None, (reason, on_behalf)), *texts.values(), accepted]


def event_id(payload: Payload, *, known: Versions) -> str:
    """Return the id of an event: the same word on the same state always has the same one.

    A return's event has the return's own id, which names what stood before it. An opening counts
    those before it, so that a due day can be moved to and fro, and an explanation or a refusal
    names the one that it replaces. A return is withdrawn, signed off and unlocked once.
    """
    if isinstance(payload, ReturnAccepted):
        return payload.return_id
    parts = [payload.versioned_type(), known.nation, payload.subject()]
    if isinstance(payload, PeriodOpened):
        state = known.period(payload.collection, payload.period)
        return derived_id(*parts, payload.due, state.openings if state else 0)
    if isinstance(payload, ReturnWithdrawn | ReturnSignedOff | ReturnUnlocked):
        return derived_id(*parts, payload.return_id)
    if isinstance(payload, QueryExplained):
        before = known.explanation(payload.return_id, payload.indicator)
        said = (payload.return_id, payload.indicator, payload.text)
        return derived_id(*parts, *said, before.text if before else None)
    if isinstance(payload, SignOffRefused):
        refused = known.words.refused.get(payload.return_id)
        before_it = refused.id if refused else None
        return derived_id(*parts, payload.return_id, payload.reason, before_it)
    return derived_id(*parts, payload.sha256 if isinstance(payload, FiguresPublished) else None)


def _why(words: str | None, name: str, *, return_id: str) -> TextSet | None:
    if words is None:
        return None
    return write_reason(words, about=name, return_id=return_id, missing="")


def _noted(observation: Observation, text: TextSet | None) -> Observation:
    return observation if text is None else observation.model_copy(update={"note": text.id})


def _answered(found: Finding, texts: Mapping[str, TextSet]) -> Finding:
    """Return a finding with the id of the note that explains it."""
    note = texts.get(found.indicator or "")
    if note is None or not is_query(found):
        return found
    return found.model_copy(update={"explanation": note.id})
