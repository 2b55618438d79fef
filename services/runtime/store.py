"""The port to the views: documents by key, written together with the place they rest on.

A document is plain data and is never changed once it was put: a reader may keep what it got.
Everything here can be thrown away and built again from the log.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from schemas.topics import Topic

Document = Mapping[str, Any]


class Store(Protocol):
    """Where the gateway keeps its views."""

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None."""

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""

    def put(
        self, changes: Mapping[str, Document | None], *, positions: Mapping[Topic, int]
    ) -> None:
        """Write all changes and the places they rest on at once; None takes a document away."""


class MemoryStore:
    """Views in memory, built from the log at every start."""

    def __init__(self) -> None:
        """Start empty."""
        self._documents: dict[str, Document] = {}
        self.positions: dict[Topic, int] = {}

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None."""
        return self._documents.get(key)

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""
        return sorted(key for key in list(self._documents) if key.startswith(prefix))

    def put(
        self, changes: Mapping[str, Document | None], *, positions: Mapping[Topic, int]
    ) -> None:
        """Write all changes and the places they rest on at once; None takes a document away."""
        for key, document in changes.items():
            if document is None:
                self._documents.pop(key, None)
            else:
                self._documents[key] = document
        self.positions.update(positions)
