"""Every event of the log: the models are the source of all other representations.

Change is additive only: a field may be added with a default; anything else is a new version.
"""

from schemas.events import alerts, returns, standings, texts
from schemas.events.alerts import (
    AlertAcknowledged,
    AlertSeverity,
    AnswerGiven,
    AudienceSet,
    Condition,
    Evidence,
    NoticeFailed,
    NoticePlanned,
    NoticeReason,
    NoticeSent,
    NoticeStarted,
    Sign,
    SignatureChanged,
    SignatureCleared,
    SignatureEvent,
    SignatureRaised,
    SignatureWithdrawn,
    TimePassed,
)
from schemas.events.base import Cause, Event, Part, Payload, derive, derived_id
from schemas.events.returns import (
    FiguresPublished,
    Finding,
    MethodSet,
    Number,
    Observation,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnWithdrawn,
    Severity,
    Symbol,
)
from schemas.events.standings import (
    BaselineReason,
    BaselineSet,
    Basis,
    Change,
    Comparison,
    DataSetAssessed,
    England,
    Flag,
    IndicatorBaseline,
    Neighbours,
    NeighboursUpdated,
    Result,
    SignatureResult,
    Standing,
    StandingsUpdated,
    State,
)
from schemas.events.texts import RecordParked, TextSet

EVENT_TYPES: dict[str, type[Payload]] = {
    model.versioned_type(): model
    for module in (returns, standings, alerts, texts)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Payload) and hasattr(model, "type")
}
"""Every event type by its name on the bus, in the order of the modules."""

__all__ = [
    "EVENT_TYPES",
    "AlertAcknowledged",
    "AlertSeverity",
    "AnswerGiven",
    "AudienceSet",
    "BaselineReason",
    "BaselineSet",
    "Basis",
    "Cause",
    "Change",
    "Comparison",
    "Condition",
    "DataSetAssessed",
    "England",
    "Event",
    "Evidence",
    "FiguresPublished",
    "Finding",
    "Flag",
    "IndicatorBaseline",
    "MethodSet",
    "Neighbours",
    "NeighboursUpdated",
    "NoticeFailed",
    "NoticePlanned",
    "NoticeReason",
    "NoticeSent",
    "NoticeStarted",
    "Number",
    "Observation",
    "Part",
    "Payload",
    "PeriodClosed",
    "PeriodOpened",
    "QueryExplained",
    "RecordParked",
    "Result",
    "ReturnAccepted",
    "ReturnWithdrawn",
    "Severity",
    "Sign",
    "SignatureChanged",
    "SignatureCleared",
    "SignatureEvent",
    "SignatureRaised",
    "SignatureResult",
    "SignatureWithdrawn",
    "Standing",
    "StandingsUpdated",
    "State",
    "Symbol",
    "TextSet",
    "TimePassed",
    "derive",
    "derived_id",
]
