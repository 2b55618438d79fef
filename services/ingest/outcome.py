"""What becomes of what is handed in at the desk: accepted, logged, or refused."""

from dataclasses import dataclass

from schemas.errors import TartanError
from schemas.events import QueryExplained
from services.ingest.core.document import Document
from services.ingest.core.explanation import Asked
from services.ingest.core.published import Imported
from services.ingest.core.report import Report
from services.ingest.core.version import Version, Versions


class Faulty(TartanError):
    """The return has errors, so nothing of it was stored; ``report`` says all of them."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.title}.")
        self.report = report


class NoSuchReturn(TartanError):
    """No return of that id was accepted here."""

    def __init__(self, return_id: str) -> None:
        super().__init__(f"There is no return “{return_id[:40]}”. Check the id on the receipt.")


def find(known: Versions, return_id: str) -> Version:
    """Return an accepted return by its id; raises NoSuchReturn."""
    found = known.returns.get(return_id)
    if found is None:
        raise NoSuchReturn(return_id)
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read of a body, and all that is wrong with it."""

    document: Document
    report: Report


@dataclass(frozen=True, slots=True)
class Accepted:
    """The version that a request made, or that stood already with the same bytes."""

    version: Version
    is_new: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """What became of an imported file: the data sets that are new, and those known already."""

    imported: Imported
    new: tuple[str, ...]
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A return with what was said of its queries; ``new`` is what this request said."""

    version: Version
    queries: tuple[Asked, ...]
    new: tuple[QueryExplained, ...]
