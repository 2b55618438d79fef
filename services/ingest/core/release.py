"""Which data sets of an imported file are new to the log."""

from collections.abc import Sequence

from schemas.errors import TartanError
from schemas.events import FiguresPublished
from services.ingest.core.version import Versions

_NAMED = 3


class ReleaseTaken(TartanError):
    """The log has the same release of the same figures from other bytes; ``ids`` names them."""

    def __init__(self, ids: Sequence[str]) -> None:
        listed = ", ".join(ids[:_NAMED])
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        super().__init__(
            f"The log already has {listed}{more}, read from another file. Nothing was stored. A "
            "release is never edited: if this file was published again with corrections, send it "
            "with ?release= and the month of its publication, as 2025-12."
        )
        self.ids = tuple(ids)


def decide_new(
    known: Versions, *, data_sets: Sequence[FiguresPublished]
) -> tuple[FiguresPublished, ...]:
    """Return the data sets that the log does not have yet.

    The same data set from the same bytes is known already. Raises ReleaseTaken where one is known
    from other bytes; then none of the file is new.
    """
    taken = [
        each.id
        for each in data_sets
        if each.id in known.data_sets and known.data_sets[each.id].sha256 != each.sha256
    ]
    if taken:
        raise ReleaseTaken(taken)
    return tuple(each for each in data_sets if each.id not in known.data_sets)
