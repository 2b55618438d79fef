"""Themes of a return, and the fields of one on its page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.catalogue import Indicator
from schemas.definition import counted, definition, denominator_counts, last_quarter
from schemas.events import Observation
from services.gateway.core import wording
from services.gateway.pages.draft import Draft, Typed, unsure
from services.gateway.pages.finding import Told

SYMBOLS = (
    ("", "There is a figure"),
    *((symbol, f"{symbol}: {wording.SYMBOLS[symbol].lower()}") for symbol in ("z", "x", "c", "u")),
    ("low", f"low: {wording.SYMBOLS['low'].lower()}"),
)
NO_FIGURE = "Where there is no figure"


@dataclass(frozen=True, slots=True)
class Theme:
    """The indicators of one domain; ``slug`` is its name in addresses."""

    slug: str
    name: str
    indicators: tuple[Indicator, ...]

    def is_begun(self, draft: Draft) -> bool:
        """Whether its page has been saved."""
        return any(each.code in draft.typed for each in self.indicators)

    def open_figures(self, draft: Draft, last: Mapping[str, Observation], said: Told | None) -> int:
        """Return how many figures are still to be typed, confirmed or put right."""
        doubtful = {each.indicator for each in unsure(draft, self.indicators, last)}
        wrong = {code for code, faults in said.errors.items() if faults} if said else set()
        return sum(
            each.code in doubtful | wrong or draft.typed.get(each.code, Typed()).is_blank
            for each in self.indicators
        )


def themes(indicators: Iterable[Indicator]) -> tuple[Theme, ...]:
    """Return the themes of a collection in the order of the catalogue."""
    found: dict[str, list[Indicator]] = {}
    for each in indicators:
        found.setdefault(each.domain, []).append(each)
    return tuple(
        Theme(domain.lower().replace(" ", "-"), wording.domain(domain), tuple(own))
        for domain, own in found.items()
    )


def field(
    indicator: Indicator, typed: Typed | None, last: Observation | None, said: Told
) -> dict[str, Any]:
    """Return what the page shows of an indicator: what it counts, what stands in its fields."""
    shown = typed or Typed.of(last)
    errors: Sequence[tuple[str, str]] = said.errors.get(indicator.code, [])
    queries = said.queries.get(indicator.code, [])
    carried = () if shown.same else shown.carried(last)
    labels = {
        "numerator": _label(indicator.numerator),
        "denominator": f"Out of: {_label(indicator.denominator)}",
        "symbol": NO_FIGURE,
    }
    at = {place.rpartition("-")[2] for place, _ in errors}
    return {
        "code": indicator.code,
        "name": indicator.name,
        "definition": definition(indicator),
        "counted": counted(indicator),
        "labels": labels,
        "has_denominator": indicator.sends_denominator,
        "own_denominator": None if indicator.sends_denominator else denominator_counts(indicator),
        "typed": shown,
        "last": _last(last),
        "carried": carried,
        "left": [f"“{labels[name]}”" for name in carried],
        "errors": [words for _, words in errors],
        "wrong": at,
        "queries": queries,
        "open": bool(shown.symbol or shown.note or queries or at & {"symbol", "note"}),
    }


def _label(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _last(said: Observation | None) -> str:
    """Return what was returned last quarter, in words; empty where nothing was."""
    if said is None:
        return ""
    if said.symbol is not None:
        return f"{said.symbol}, {wording.SYMBOLS[said.symbol].lower()}"
    return str(last_quarter(said))
