"""Reads the published figures of a nation: which release counts, and where an authority stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from schemas.errors import UnknownPeriod
from schemas.periods import Period
from services.gateway.core.document import Document
from services.gateway.views import Views

_LEAST_FOR_A_RANGE = 4


@dataclass(frozen=True, slots=True)
class Release:
    """The data set that counts for an indicator's period: newest release, counts before rates."""

    id: str
    period: str
    ends: str
    assessed: Document

    def place(self, authority: str) -> int | None:
        """Return where an authority stands in the lists; None if it is not among them."""
        authorities = self.assessed["authorities"]
        return authorities.index(authority) if authority in authorities else None

    def value(self, authority: str) -> float | None:
        """Return an authority's value."""
        place = self.place(authority)
        found: float | None = None if place is None else self.assessed["values"][place]
        return found

    def middle_half(self, authorities: tuple[str, ...]) -> tuple[float, float] | None:
        """Return the lower and upper quartile of some authorities' values; None of fewer than 4."""
        known = [v for a in authorities if (v := self.value(a)) is not None]
        if len(known) < _LEAST_FOR_A_RANGE:
            return None
        low, _, high = quantiles(known, n=4, method="inclusive")
        return low, high


def releases(views: Views, indicator: str) -> list[Release]:
    """Return the assessed data set that counts for each period, the one that ends first first."""
    known = (views.store.get(views.keys.data_sets(indicator)) or {"sets": {}})["sets"]
    best: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for data_set, brief in known.items():
        held = best.get(brief["period"])
        if held is None or _worth(data_set, brief) > _worth(*held):
            best[brief["period"]] = (data_set, brief)
    found = [
        Release(data_set, brief["period"], brief["ends"], assessed)
        for data_set, brief in best.values()
        if (assessed := views.store.get(views.keys.assessed(data_set))) is not None
    ]
    return sorted(found, key=_order)


def latest(views: Views, indicator: str) -> Release | None:
    """Return the release of the period that ends latest."""
    found = releases(views, indicator)
    return found[-1] if found else None


def release_of(views: Views, indicator: str, period: str) -> Release | None:
    """Return the release that counts for one period."""
    return next((r for r in releases(views, indicator) if r.period == period), None)


def figures(views: Views, release: Release) -> Mapping[str, Mapping[str, Any]]:
    """Return numerator and denominator as the data set prints them, by area."""
    document = views.store.get(views.keys.data_set(release.id))
    return {} if document is None else dict(_rows(document))


def _rows(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    columns = (document["areas"], document["numerators"], document["denominators"])
    for area, numerator, denominator in zip(*columns, strict=True):
        counts = {"numerator": numerator, "denominator": denominator}
        for code in (area, *area.split(" / ")):
            yield code, counts


def _worth(data_set: str, brief: Mapping[str, Any]) -> tuple[bool, str, str]:
    return brief["counts"], brief["release"], data_set


def _order(release: Release) -> tuple[str, str]:
    try:
        return release.ends, str(Period.parse(release.period))
    except UnknownPeriod:
        return release.ends, release.period
