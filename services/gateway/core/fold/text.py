"""Folds of ``texts.v1`` and ``parked.v1``: what no core reads."""

from schemas.events import Event, RecordParked, TextSet
from services.gateway.core.document import Changes, Keys, Read


def set_text(_read: Read, keys: Keys, event: Event, data: TextSet) -> Changes:
    """Put a text in place of what it was; an erased one leaves only that it was erased."""
    return {
        keys.text(data.id): {
            "kind": data.kind,
            "text": data.text,
            "erased": data.text is None,
            "at": event.time,
        }
    }


def park(read: Read, keys: Keys, event: Event, data: RecordParked) -> Changes:
    """Put where a record stands that could not be decoded, and why; its bytes stay in the log."""
    records = (read(keys.parked()) or {"records": {}})["records"]
    said = {
        "topic": data.record_topic,
        "offset": data.offset,
        "reason": data.reason,
        "at": event.time,
        "replaced": data.replaced,
    }
    return {keys.parked(): {"records": {**records, data.subject(): said}}}
