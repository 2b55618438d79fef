"""A region's own figure and order: pooled over those that have one, ranked among themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.catalogue import Indicator, Polarity
from schemas.numbers import nine, round_half_up


@dataclass(frozen=True, slots=True)
class Pooled:
    """A region's figure for an indicator and period.

    ``value`` is Σ numerators / Σ denominators × factor over the ``returned`` authorities (of
    ``of``) that have a comparison value; None for a plain count, which has no common measure.
    """

    value: float | None
    returned: int
    of: int

    def item(self, *, rank: int | None = None) -> dict[str, Any]:
        """Return the region block of a standing, whose authority has the rank."""
        return {"value": self.value, "returned": self.returned, "of": self.of, "rank": rank}


def pool(standings: Sequence[Mapping[str, Any] | None], indicator: Indicator) -> Pooled:
    """Pool an indicator over its standings, one for each authority of a region, None for none."""
    comparisons = [c for said in standings if said and (c := said.get("comparison"))]
    return Pooled(
        value=_ratio(comparisons, indicator.factor),
        returned=len(comparisons),
        of=len(standings),
    )


def rank(values: Mapping[str, float], indicator: Indicator) -> dict[str, int]:
    """Rank values as they would be published: 1 is best, ties share the better place.

    An indicator that is neither good nor bad either way has no ranks.
    """
    if indicator.polarity is Polarity.NEUTRAL:
        return {}
    sign = -1 if indicator.polarity is Polarity.HIGH else 1
    published = {a: sign * round_half_up(v, indicator.decimals) for a, v in values.items()}
    place: dict[float, int] = {}
    for position, value in enumerate(sorted(published.values()), start=1):
        place.setdefault(value, position)
    return {authority: place[value] for authority, value in published.items()}


def _ratio(comparisons: Sequence[Mapping[str, Any]], factor: float) -> float | None:
    if any(c.get("denominator") is None for c in comparisons):
        return None
    denominator = sum(c["denominator"] for c in comparisons)
    if not denominator:
        return None
    return nine(sum(c["numerator"] for c in comparisons) / denominator * factor)
