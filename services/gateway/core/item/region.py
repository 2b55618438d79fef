"""A region's own figure and order: pooled over those that have one, ranked among themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.catalogue import Indicator, Polarity
from schemas.numbers import nine, round_half_up
from services.gateway.core.document import Document


@dataclass(frozen=True, slots=True)
class Pooled:
    """A region's figure for an indicator and period.

    ``value`` is Σ numerators / Σ denominators × factor over the ``returned`` authorities (of
    ``of``) that have a comparison value; None for a plain count, which has no common measure.
    ``ranks`` are 1 for the best by polarity, ties share; none for a neutral indicator.
    """

    value: float | None
    returned: int
    of: int
    ranks: Mapping[str, int] = field(default_factory=dict)

    def item(self, authority: str) -> dict[str, Any]:
        """Return the region block of an authority's standing."""
        return {
            "value": self.value,
            "returned": self.returned,
            "of": self.of,
            "rank": self.ranks.get(authority),
        }


def pool(
    documents: Mapping[str, Document | None], indicator: Indicator, *, of: int | None = None
) -> Pooled:
    """Pool an indicator over the standings of a region's authorities, by authority.

    ``of`` is how many there are in the region where ``documents`` leaves some out.
    """
    comparisons = {
        authority: comparison
        for authority, document in documents.items()
        if (comparison := _comparison(document, indicator.code)) is not None
    }
    return Pooled(
        value=_ratio(list(comparisons.values()), indicator.factor),
        returned=len(comparisons),
        of=len(documents) if of is None else of,
        ranks=rank({a: c["value"] for a, c in comparisons.items()}, indicator),
    )


def rank(values: Mapping[str, float], indicator: Indicator) -> dict[str, int]:
    """Rank values as they would be published: 1 is best, ties share the better place."""
    if indicator.polarity is Polarity.NEUTRAL:
        return {}
    sign = -1 if indicator.polarity is Polarity.HIGH else 1
    published = {a: sign * round_half_up(v, indicator.decimals) for a, v in values.items()}
    place: dict[float, int] = {}
    for position, value in enumerate(sorted(published.values()), start=1):
        place.setdefault(value, position)
    return {authority: place[value] for authority, value in published.items()}


def _comparison(document: Document | None, code: str) -> Mapping[str, Any] | None:
    if document is None:
        return None
    standing = document["standings"].get(code)
    found = standing.get("comparison") if standing else None
    return found if found and found.get("value") is not None else None


def _ratio(comparisons: list[Mapping[str, Any]], factor: float) -> float | None:
    if not comparisons or any(c.get("denominator") is None for c in comparisons):
        return None
    denominator = sum(c["denominator"] for c in comparisons)
    if not denominator:
        return None
    return nine(sum(c["numerator"] for c in comparisons) / denominator * factor)
