"""Part: what was said of one figure, written out as its standing's model takes it.

What has just been worked out and what was said long ago are written alike: from the word, and from
what was said of the neighbours. A part of a standing is None where nothing is to be said.
"""

from schemas.events import Observation
from services.benchmark.core.interval import Interval
from services.benchmark.core.quarter import Near
from services.benchmark.core.saying import Word

Part = dict[str, object]


def write_standing(
    indicator: str,
    observation: Observation | None,
    word: Word,
    near: Near,
    *,
    interval: Interval | None,
    year: str | None,
    of: int,
) -> Part:
    """Return a standing by field; ``year`` is that of the neighbours' published figures.

    ``interval`` is of the comparison value; the neighbours are ``of`` so many.
    """
    return {
        "indicator": indicator,
        "symbol": observation.symbol if observation else None,
        "numerator": observation.numerator if observation else None,
        "denominator": observation.denominator if observation else None,
        "value": word.value,
        "comparison": None
        if word.level is None
        else {
            "numerator": word.total,
            "denominator": word.n,
            "value": word.level,
            "quarters": word.quarters,
            "interval": interval,
        },
        "england": None
        if word.source is None
        else {
            "value": word.england,
            "source": word.source,
            "rank": word.rank,
            "ranked": word.ranked,
            "band": word.band,
            "percentile": word.percentile,
            "z": word.z,
            "p": word.p,
            "flag": word.flag,
        },
        "neighbours": None
        if near.median is None
        else {
            "value": near.median,
            "basis": "in-year" if near.in_year else "published",
            "year": None if near.in_year else year,
            "used": near.used,
            "of": of,
            "difference": near.difference,
        },
        "change": None
        if word.since is None
        else {
            "since": word.since,
            "by": word.by,
            "arrow": word.arrow,
            "year_on_year": word.year_on_year,
        },
        "state": word.state,
        "reliability": word.reliability,
        "open_query": word.open_query,
        "reason": word.reason,
    }
