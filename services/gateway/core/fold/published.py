"""Folds of published data sets: the figures as logged, and where every authority stands in them."""

from schemas.codec import plain
from schemas.events import DataSetAssessed, Event, FiguresPublished
from services.gateway.core.document import Changes, Keys, Read


def publish(read: Read, keys: Keys, event: Event, data: FiguresPublished) -> Changes:
    """Put a data set beside its other releases and rival sources."""
    index = keys.data_sets(data.indicator)
    known = (read(index) or {"sets": {}})["sets"]
    brief = {
        "source": data.source,
        "period": data.period,
        "release": data.release,
        "ends": data.ends,
        "counts": any(number is not None for number in data.denominators),
        "published_at": event.time,
    }
    return {
        keys.data_set(data.id): {**plain(data), "id": data.id},
        index: {"indicator": data.indicator, "sets": {**known, data.id: brief}},
    }


def assess(_read: Read, keys: Keys, event: Event, data: DataSetAssessed) -> Changes:
    """Put where every authority stands in a data set; a later assessment replaces this one."""
    return {keys.assessed(data.data_set): {**plain(data), "at": event.time}}
