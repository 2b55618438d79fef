"""Folds of ``standings.v1``: where an authority's figures stand, and what England lends."""

from typing import Any

from schemas.codec import plain
from schemas.events import BaselineSet, Event, NeighboursUpdated, SignatureResult, StandingsUpdated
from services.gateway.core.document import Changes, Keys, Read

_TEN = 10


def update_standings(_read: Read, keys: Keys, event: Event, data: StandingsUpdated) -> Changes:
    """Put an authority's standings in place of those it had for the collection and period."""
    said = plain(data)
    said["standings"] = {standing["indicator"]: standing for standing in _list(said, "standings")}
    said["signatures"] = _results(data.signatures)
    said["at"] = event.time
    return {keys.standings(data.collection, data.period, data.authority): said}


def update_neighbours(read: Read, keys: Keys, event: Event, data: NeighboursUpdated) -> Changes:
    """Put what another authority's return changed into the standings of this one.

    An authority without standings has nothing to put it into: its own will carry their neighbours.
    """
    key = keys.standings(data.collection, data.period, data.authority)
    document = read(key)
    if document is None:
        return {}
    standings = dict(document["standings"])
    rows = zip(data.indicators, data.values, data.used, data.differences, data.in_year, strict=True)
    for indicator, value, used, difference, in_year in rows:
        if indicator not in standings:
            continue
        before = standings[indicator].get("neighbours") or {}
        fresh = {
            "value": value,
            "statistic": before.get("statistic", "median"),
            "basis": "in-year" if in_year else "published",
            "used": used,
            "of": before.get("of", _TEN),
            "difference": difference,
        }
        if not in_year and before.get("basis") == "published" and "year" in before:
            fresh["year"] = before["year"]
        standings[indicator] = {**standings[indicator], "neighbours": fresh}
    return {
        key: {
            **document,
            "standings": standings,
            "signatures": {**document["signatures"], **_results(data.signatures)},
            "at": event.time,
        }
    }


def set_baseline(read: Read, keys: Keys, event: Event, data: BaselineSet) -> Changes:
    """Put a baseline and make it the one in force for its period."""
    index = keys.baselines(data.collection, data.period)
    ids = [known for known in (read(index) or {"ids": []})["ids"] if known != data.id]
    return {
        keys.baseline(data.id): {**plain(data), "at": event.time},
        index: {"ids": [*ids, data.id]},
    }


def _results(signatures: tuple[SignatureResult, ...]) -> dict[str, dict[str, Any]]:
    return {
        said.id: {"result": str(said.result), **({"reason": said.reason} if said.reason else {})}
        for said in signatures
    }


def _list(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return list(said.get(name, []))
