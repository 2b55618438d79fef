"""Finds the data sets that there are: a collection's quarter of each region that has returned."""

from collections.abc import Iterator

from schemas.authority import Region
from schemas.periods import Period
from services.gateway.core.data_set import DataSet, Heading
from services.gateway.core.item.submission import current
from services.gateway.views import Views


def headings(views: Views, *, collection: str | None = None) -> dict[str, Heading]:
    """Return what each set is of by its id, the newest quarter of a collection first."""
    found = (
        Heading(
            collection=name,
            period=Period.parse(period),
            region=region,
            is_invented=views.is_invented,
        )
        for name in views.collections()
        if collection in {None, name}
        for period in views.periods(name)
        for region in _returned(views, name, period)
    )
    return {heading.id: heading for heading in found}


def find(views: Views, data_set: str) -> DataSet | None:
    """Return a set as it is now; None where there is none of that id."""
    known = headings(views).get(data_set)
    if known is None:
        return None
    return DataSet(
        collection=known.collection,
        period=known.period,
        region=known.region,
        is_invented=known.is_invented,
        indicators=views.indicators(known.collection),
        authorities=views.senders(known.region.code),
        standings=views.of_region(known.collection, str(known.period), known.region.code),
    )


def _returned(views: Views, collection: str, period: str) -> Iterator[Region]:
    known = views.period(collection, period)
    for region in views.regions():
        if known and any(current(known, each.code) for each in views.senders(region.code)):
            yield region
