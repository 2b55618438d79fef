"""Conditions in words: what a rule's text asks, for people who do not read its language."""

import re
from collections.abc import Mapping

from schemas.catalogue import Indicator

_CALL = re.compile(r"\b([a-z]\w*)\(\s*([A-Z]{2}\d{2})?\s*\)")
_SAID = {
    "value": "{}",
    "pos": "{}: adverse place among authorities, 0 to 1",
    "sn": "{}: how much worse than the statistical neighbours",
    "d4": "{}: adverse change on a year before",
    "d8": "{}: adverse change on two years before",
    "move": "{}: adverse change on the quarter before",
    "z": "{}: score of the exact test",
    "flag": "{}: colour by the exact test",
    "band": "{}: quarter of authorities, A to D",
    "missing": "{}: not available",
    "late": "The return: late",
    "balance": "{}: break between the stock and its flows",
    "outlier": "{}: distance from its own history",
    "explained": "{}: explained by the sender",
    "queried": "{}: a query is open",
}


def in_words(expression: str, catalogue: Mapping[str, Indicator]) -> str:
    """Return what the expression looks at: each call once, with the indicator's name.

    An expression without a call that we know stays as it is.
    """
    said = []
    for name, code in _CALL.findall(expression):
        if name in _SAID:
            shown = catalogue[code].name if code in catalogue else code or "The figure"
            said.append(_SAID[name].format(shown))
    return "; ".join(dict.fromkeys(said)) or expression
