"""The return that a form is about, before anything is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.catalogue import Indicator
from schemas.errors import UnknownPeriod
from schemas.events import Observation
from schemas.periods import Period, PeriodKind
from services.gateway.api.parameter import missing
from services.gateway.core.document import Document
from services.gateway.pages.draft import Draft, write_return
from services.gateway.pages.proposal import standing
from services.gateway.pages.submission import figures_of
from services.gateway.pages.theme import Theme, themes
from services.gateway.views import Views


@dataclass(frozen=True, slots=True)
class Blank:
    """The return that is typed: whose, which, when; its themes, and the quarter before.

    ``stands`` is the return that it corrects.
    """

    authority: str
    collection: str
    period: str
    themes: Sequence[Theme]
    last: Mapping[str, Observation]
    stands: Document | None
    is_open: bool

    @property
    def path(self) -> str:
        """Where its pages are."""
        return f"/returns/new/{self.authority}/{self.collection}/{self.period}"

    @property
    def indicators(self) -> list[Indicator]:
        """Every indicator of it, in the order of its pages."""
        return [indicator for each in self.themes for indicator in each.indicators]

    def theme(self, slug: str) -> Theme | None:
        """Return a theme by its name in addresses."""
        return next((each for each in self.themes if each.slug == slug), None)

    def after(self, known: Theme) -> Theme | None:
        """Return the theme that comes next; None after the last."""
        place = self.themes.index(known) + 1
        return self.themes[place] if place < len(self.themes) else None

    def file(self, draft: Draft) -> bytes:
        """Return what was typed as the file that is sent."""
        return write_return(draft, self.authority, self.collection, self.period, self.indicators)


def find_blank(views: Views, authority: str, collection: str, period: str) -> Blank:
    """Return the return to be typed; raises the 404 of one that nobody sends here."""
    senders = {each.code for each in views.senders()}
    if authority not in senders:
        raise missing("authority", authority, where="The page Send a return lists those there are.")
    if collection not in views.collections():
        raise missing("collection", collection, where="The page Collections lists those there are.")
    quarter = _quarter(period)
    before = standing(views, authority, collection, str(quarter.previous()))
    return Blank(
        authority,
        collection,
        str(quarter),
        themes(views.indicators(collection)),
        figures_of(before) if before is not None else {},
        standing(views, authority, collection, str(quarter)),
        quarter.is_sandbox or views.period(collection, str(quarter)) is not None,
    )


def first_draft(views: Views, blank: Blank) -> Draft:
    """Return what the form starts with: a return that stands is corrected, not typed again."""
    if blank.stands is None:
        return Draft()
    notes = {each["indicator"]: each.get("note") for each in blank.stands["observations"]}
    known = {code: words for code, note in notes.items() if (words := views.words(note))}
    return Draft.of(figures_of(blank.stands), known, blank.last)


def _quarter(text: str) -> Period:
    """Return a quarter; raises the 404 of what is none."""
    try:
        found = Period.parse(text)
    except UnknownPeriod:
        found = None
    if found is None or found.kind is not PeriodKind.QUARTER:
        raise missing("quarter", text, where="Write it as 2026-27-Q2.")
    return found
