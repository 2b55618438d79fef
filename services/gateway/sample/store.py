"""A store that holds a history, filled through the same fold as any other."""

from collections.abc import Iterable

from schemas.events import Event
from services.gateway.core.apply import apply
from services.runtime.store import MemoryStore


def make_store(events: Iterable[Event]) -> MemoryStore:
    """Return a store in memory that has taken in the events."""
    store = MemoryStore()
    for event in events:
        store.put(apply(store.get, event), positions={})
    return store
