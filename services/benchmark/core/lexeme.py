"""The words, numbers and signs of a rule text, with the columns where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from schemas.errors import TartanError


class Unreadable(TartanError):
    """A rule text that cannot be read: what was expected, what was found, at which column."""

    def __init__(self, column: int, what: str) -> None:
        super().__init__(f"column {column}: {what}")
        self.column = column
        self.what = what


class Kind(StrEnum):
    """What a lexeme is."""

    WORD = "word"
    NUMBER = "number"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the text; ``column`` counts from 1."""

    kind: Kind
    text: str
    column: int

    def __str__(self) -> str:
        return "the end of the text" if self.kind is Kind.END else f"“{self.text}”"


_SPACE = re.compile(r"\s*")
_SHAPES = (
    (Kind.NUMBER, re.compile(r"\d+(?:\.\d+)?|\.\d+")),
    (Kind.WORD, re.compile(r"[A-Za-z_][A-Za-z0-9_]*")),
    (Kind.TEXT, re.compile(r'"([^"]*)"')),
    (Kind.SIGN, re.compile(r">=|<=|!=|[><=≥≤≠(){},%+\-−]")),
)
_TYPESET = {"≥": ">=", "≤": "<=", "≠": "!=", "−": "-"}


def split(text: str) -> Iterator[Lexeme]:
    """Yield the lexemes of a rule text, an END last; Unreadable for a character of no use."""
    at = _skip(text, 0)
    while at < len(text):
        for kind, shape in _SHAPES:
            found = shape.match(text, at)
            if found is not None:
                plain = found.group(1) if kind is Kind.TEXT else found.group()
                yield Lexeme(kind, _TYPESET.get(plain, plain), at + 1)
                at = _skip(text, found.end())
                break
        else:
            what = "a closing quotation mark" if text[at] == '"' else "a condition, number or sign"
            raise Unreadable(at + 1, f"expected {what}, found “{text[at]}”")
    yield Lexeme(Kind.END, "", len(text) + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
