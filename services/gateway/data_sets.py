"""Finds the data sets that there are: a collection's quarter of each region that has returned."""

from collections.abc import Iterator

from schemas.authority import Region
from schemas.periods import Period
from services.gateway.core.data_set import DataSet, name_set
from services.gateway.core.item.submission import current
from services.gateway.views import Views


def names(views: Views, *, collection: str | None = None) -> dict[str, tuple[str, str, Region]]:
    """Return the ids of the sets with what each is of, the newest quarter of a collection first."""
    return {
        name_set(name, period, region.code): (name, period, region)
        for name in views.collections()
        if collection in {None, name}
        for period in views.periods(name)
        for region in _returned(views, name, period)
    }


def find(views: Views, data_set: str) -> DataSet | None:
    """Return a set as it is now; None where there is none of that id."""
    known = names(views).get(data_set)
    if known is None:
        return None
    collection, period, region = known
    return DataSet(
        collection=collection,
        period=Period.parse(period),
        region=region,
        indicators=views.indicators(collection),
        authorities=views.senders(region.code),
        standings=views.of_region(collection, period, region.code),
        is_invented=views.is_invented,
    )


def _returned(views: Views, collection: str, period: str) -> Iterator[Region]:
    known = views.period(collection, period)
    for region in views.regions():
        if known and any(current(known, each.code) for each in views.senders(region.code)):
            yield region
