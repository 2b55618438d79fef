"""A standing as the API says it: what the benchmark found, joined with region, notes and origin."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.catalogue import Indicator
from services.gateway.core.document import Document

Words = Callable[[str | None], str | None]
"""Gives a text by its id; None where there is none, or where it was erased."""

_SYMBOL_STATES = {"c": "suppressed", "u": "unreliable", "z": "not_applicable"}


def standing_item(
    document: Document,
    indicator: Indicator,
    *,
    region: Mapping[str, Any] | None,
    baseline: Document | None,
    note: str | None,
    explanation: str | None = None,
) -> dict[str, Any]:
    """Return one standing of an authority's document; KeyError if it has none of the indicator."""
    said = document["standings"][indicator.code]
    lent = (baseline or {}).get("indicators", {}).get(indicator.code, {})
    return {
        "authority": document["authority"],
        "collection": document["collection"],
        "indicator": indicator.code,
        "period": document["period"],
        "symbol": said.get("symbol"),
        "numerator": said.get("numerator"),
        "denominator": said.get("denominator"),
        "value": said.get("value"),
        "comparison": comparison_block(said.get("comparison")),
        "england": england_block(said.get("england")),
        "region": region,
        "neighbours": neighbours_block(said.get("neighbours"), lent=lent),
        "change": change_block(said.get("change")),
        "cusum": said.get("cusum"),
        "state": said["state"],
        "unit": indicator.unit,
        "reliability": said.get("reliability"),
        "provisional": document["provisional"],
        "open_query": said.get("open_query", False),
        "reason": said.get("reason"),
        "note": note,
        "explanation": explanation,
        "made_from": {
            "return_id": document.get("return_id"),
            "data_set": None,
            "baseline": document.get("baseline"),
            "population": lent.get("population"),
            "neighbours": document.get("neighbours"),
            "rules": document.get("rules"),
            "engine": document.get("engine"),
        },
    }


def published_item(
    assessed: Document, place: int, indicator: Indicator, *, figures: Mapping[str, Any]
) -> dict[str, Any]:
    """Return where the authority at ``place`` of an assessed data set stands in it.

    ``figures`` has its numerator and denominator where the data set prints counts.
    """
    value, symbol = assessed["values"][place], assessed["symbols"][place]
    numerator, denominator = figures.get("numerator"), figures.get("denominator")
    ranked = [r for r in assessed["ranks"] if r is not None]
    year = assessed["period"]
    counts = {"numerator": numerator, "denominator": denominator}
    return {
        "authority": assessed["authorities"][place],
        "collection": indicator.collection,
        "indicator": indicator.code,
        "period": year,
        "symbol": symbol,
        **counts,
        "value": value,
        "comparison": None
        if value is None
        else {**counts, "value": value, "quarters": None, "interval": None},
        "england": {
            "value": assessed.get("england"),
            "from": f"{year} published",
            "rank": assessed["ranks"][place],
            "ranked": len(ranked) if assessed["ranks"][place] is not None else None,
            "band": assessed["bands"][place],
            "percentile": assessed["percentiles"][place],
            "z": assessed["z"][place],
            "p": assessed["p"][place],
            "flag": assessed["flags"][place],
        },
        "region": None,
        "neighbours": {
            "value": assessed["neighbours"][place],
            "statistic": "median",
            "basis": f"{year} published",
            "used": assessed["used"][place],
            "of": 10,
            "difference": assessed["differences"][place],
        },
        "change": None,
        "cusum": None,
        "state": "reported" if value is not None else _SYMBOL_STATES.get(symbol or "", "missing"),
        "unit": indicator.unit,
        "reliability": None,
        "provisional": False,
        "open_query": False,
        "reason": assessed.get("reason"),
        "note": None,
        "explanation": None,
        "made_from": {
            "return_id": None,
            "data_set": assessed["data_set"],
            "baseline": None,
            "population": None,
            "neighbours": assessed["neighbours_version"],
            "rules": None,
            "engine": None,
        },
    }


def comparison_block(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the comparison value with its counts and the quarters it rests on."""
    if said is None:
        return None
    return {
        "numerator": said.get("numerator"),
        "denominator": said.get("denominator"),
        "value": said.get("value"),
        "quarters": said.get("quarters"),
        "interval": said.get("interval"),
    }


def england_block(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return England's value and where the figure stands beside it; always with a flag."""
    said = found or {}
    return {
        "value": said.get("value"),
        "from": said.get("source"),
        "rank": said.get("rank"),
        "ranked": said.get("ranked"),
        "band": said.get("band"),
        "percentile": said.get("percentile"),
        "z": said.get("z"),
        "p": said.get("p"),
        "flag": said.get("flag", "not_assessed"),
    }


def neighbours_block(
    said: Mapping[str, Any] | None, *, lent: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the neighbours' value; a published basis is named with its year.

    ``lent`` is what the baseline lends the indicator: its published neighbours' year stands where
    the standing names none.
    """
    if said is None:
        return None
    basis = "in-year"
    if said["basis"] == "published":
        year = said.get("year") or _year(lent.get("neighbours")) or lent.get("year")
        basis = f"{year} published" if year else "published"
    return {
        "value": said.get("value"),
        "statistic": said.get("statistic", "median"),
        "basis": basis,
        "used": said.get("used"),
        "of": said.get("of"),
        "difference": said.get("difference"),
    }


def change_block(said: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the move since the last earlier quarter with a value, and on the year before."""
    if said is None:
        return None
    return {
        "from": said.get("since"),
        "by": said.get("by"),
        "arrow": said.get("arrow"),
        "year_on_year": said.get("year_on_year"),
        "significant": said.get("significant"),
    }


def _year(data_set: str | None) -> str | None:
    """Return the period in a data set's id: source/indicator/period/release."""
    parts = (data_set or "").rsplit("/", 2)
    return parts[1] if len(parts) == 3 else None  # noqa: PLR2004 - before, period, release
