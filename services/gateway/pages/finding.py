"""What the check says of a form, by the field that it is said of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.gateway.pages.draft import Unsure

_NOT_NAMED = "S046"
_FIELDS = frozenset({"numerator", "denominator", "symbol", "note"})


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong with figures and what is asked of them, by indicator.

    ``errors`` are the id of a field and words, ``queries`` words and the rule's code, ``whole``
    what is said of the return as a whole. ``report`` is that of the check, None where nothing was
    checked.
    """

    errors: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    queries: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    whole: Sequence[str] = ()
    report: Mapping[str, Any] | None = None

    def on(self, codes: Collection[str]) -> bool:
        """Whether anything is wrong with one of the indicators."""
        return any(self.errors.get(code) for code in codes)


def told(
    report: Mapping[str, Any],
    rows: Mapping[int, str],
    own: Sequence[Unsure],
    *,
    whole: bool,
) -> Told:
    """Return the findings of a report by the fields that were typed, after the form's own.

    ``rows`` has the indicator of each row of the file. Indicators that are not named are left out:
    their theme is yet to come. What is said of the return as a whole counts for a ``whole`` one.
    """
    errors: dict[str, list[tuple[str, str]]] = {}
    queries: dict[str, list[tuple[str, str]]] = {}
    general: list[str] = []
    for each in own:
        errors.setdefault(each.indicator, []).append((f"{each.indicator}-{each.field}", each.said))
    for finding in report["findings"]:
        if finding["code"] == _NOT_NAMED or finding["severity"] == "notice":
            continue
        places = [(rows[p["row"]], p["column"]) for p in _places(finding) if p["row"] in rows]
        for code, column in places:
            if finding["severity"] == "query":
                queries.setdefault(code, []).append((finding["detail"], finding["code"]))
            else:
                place = f"{code}-{column if column in _FIELDS else 'numerator'}"
                words = f"{finding['detail']} {finding['fix']}"
                errors.setdefault(code, []).append((place, words))
        if not places and finding["severity"] == "error":
            general.append(f"{finding['detail']} {finding['fix']}")
    return Told(errors, queries, general if whole or report.get("refused") else (), report)


def _places(finding: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return finding.get("places") or [finding]
