"""Views that are shown whole or not at all."""

from collections.abc import Sequence

from services.runtime.store import Document, Store, StoreBuilding


class WholeViews:
    """Reads a store that another process fills.

    Half a history would look like a whole one with returns missing, so until the store has been
    given all that the log held, reading raises StoreBuilding.
    """

    def __init__(self, store: Store) -> None:
        """Read from the store."""
        self._store = store

    def get(self, key: str) -> Document | None:
        """Return the document under the key, or None."""
        document = self._store.get(key)
        self._require()
        return document

    def keys(self, prefix: str) -> Sequence[str]:
        """Return the keys that start so, sorted."""
        found = self._store.keys(prefix)
        self._require()
        return found

    def _require(self) -> None:
        """Look after the reading, lest the store was emptied in between."""
        if self._store.lacking() != 0:
            raise StoreBuilding("the views are being put together from the log")
