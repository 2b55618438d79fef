"""Conditions in words: what a rule's text asks, for people who do not read its language."""

import re
from collections.abc import Mapping

from schemas.catalogue import Indicator

_PERSIST = re.compile(r"persist\((.+),\s*(\d+),\s*(\d+)\)")
_K_OF = re.compile(r"k_of\((\w+|\{[^}]*\}),\s*(.+),\s*[\d.]+ ?%?\)")
_CALL = re.compile(r"\b([a-z]\w*)\(\s*([A-Z]{2}\d{2}|i)?\s*\)")
_SETS = {"returned": "the figures returned", "stocks": "the stocks", "core": "the core measures"}
_SAID = {
    "value": "{}: value",
    "pos": "{}: adverse place among authorities, 0 to 1",
    "sn": "{}: how much worse than the statistical neighbours",
    "d4": "{}: adverse change on a year before",
    "d8": "{}: adverse change on two years before",
    "move": "{}: adverse change on the quarter before",
    "z": "{}: score of the exact test",
    "flag": "{}: colour by the exact test",
    "band": "{}: quarter of authorities, A to D",
    "missing": "{}: not available",
    "late": "The return was late",
    "balance": "{}: break between the stock and its flows",
    "outlier": "{}: distance from its own history",
    "explained": "{}: explained by the sender",
    "queried": "{}: a query is open",
}


def in_words(expression: str, catalogue: Mapping[str, Indicator]) -> str:
    """Return what the expression looks at: each call once, with the indicator's name.

    An expression without a call that we know stays as it is.
    """
    text = " ".join(expression.split())
    if found := _PERSIST.fullmatch(text):
        inner = in_words(found[1], catalogue)
        return f"In how many of the last {found[3]} quarters: {_small(inner)}"
    if found := _K_OF.fullmatch(text):
        of = _SETS.get(found[1], found[1].strip("{}"))
        return f"How many of {of}: {_small(in_words(found[2], catalogue))}"
    said = []
    for name, code in _CALL.findall(text):
        if name in _SAID:
            words = _SAID[name]
            known = catalogue.get(code)
            said.append(words.format(known.name) if known else words.removeprefix("{}: "))
    return _capital("; ".join(dict.fromkeys(said))) or expression


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    is_name = len(text) > 1 and text[1].isupper()
    return text if is_name else text[:1].lower() + text[1:]
