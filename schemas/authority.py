"""Authorities and regions: keyed by the code that stays, with names and ONS codes that do not."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Region:
    """A region; ``parent`` is set for Inner and Outer London, which are parts of London."""

    code: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class OnsCode:
    """An ONS code and the days on which it was in force (None: no bound known)."""

    code: str
    begins: date | None
    ends: date | None

    def in_force(self, on: date) -> bool:
        """Whether the code was in force on that day."""
        return _overlap(self.begins, self.ends, on, on)


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority, keyed by DfE's three-digit code (a fictional one by "D01"…).

    ``ons_code`` is the newest of ``ons_codes``, which are in order of time. ``opens`` and
    ``closes`` bound its life (None: no bound known, and in force). ``sub_region`` is Inner or
    Outer London. ``drawn_from`` is the real authority that a fictional one is modelled on.
    """

    code: str
    name: str
    ons_code: str
    region: str
    nation: str
    opens: date | None = None
    closes: date | None = None
    sub_region: str | None = None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    ons_codes: tuple[OnsCode, ...] = ()
    drawn_from: str | None = None

    def exists(self, first: date, last: date) -> bool:
        """Whether the authority existed on any day from ``first`` to ``last``."""
        return _overlap(self.opens, self.closes, first, last)

    def ons_code_on(self, day: date) -> str | None:
        """Return the ONS code in force on that day, None where there was none."""
        return next((known.code for known in self.ons_codes if known.in_force(day)), None)


@dataclass(frozen=True, slots=True)
class Joint:
    """A joint return: two authorities in one row of a published file ("314 / 318")."""

    code: str
    ons_code: str
    name: str
    members: tuple[str, ...]


_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_SMALL_WORDS = frozenset({"and", "the", "of"})


def plain_name(name: str) -> str:
    """Reduce a name to what its spellings share: no case, punctuation, "and", "the" or "of".

    "Yorkshire and The Humber" and "Yorkshire & the Humber" become the same text.
    """
    words = _PUNCTUATION.sub(" ", name.lower()).split()
    return " ".join(word for word in words if word not in _SMALL_WORDS)


def read_regions(text: str) -> Iterator[Region]:
    """Read the table of regions."""
    for row in _rows(text):
        yield Region(row["code"], row["name"], row["parent"] or None)


def read_authorities(text: str, codes: str, *, nation: str) -> Iterator[Authority]:
    """Read the table of authorities and that of their ONS codes, live and ended ones alike."""
    dated: dict[str, list[OnsCode]] = {}
    for row in _rows(codes):
        known = OnsCode(row["ons_code"], _day(row["begins"]), _day(row["ends"]))
        dated.setdefault(row["code"], []).append(known)
    for row in _rows(text):
        ons_codes = tuple(dated[row["code"]])
        yield Authority(
            code=row["code"],
            name=row["name"],
            ons_code=ons_codes[-1].code,
            region=row["region"],
            nation=nation,
            opens=_day(row["opens"]),
            closes=_day(row["closes"]),
            sub_region=row["sub_region"] or None,
            predecessors=_codes(row["predecessors"]),
            successors=_codes(row["successors"]),
            ons_codes=ons_codes,
        )


def read_fictional(text: str, *, nation: str) -> Iterator[Authority]:
    """Read the table of fictional authorities; they have no ONS code."""
    for row in _rows(text):
        yield Authority(
            code=row["code"],
            name=row["name"],
            ons_code="",
            region=row["region"],
            nation=nation,
            drawn_from=row["drawn_from"],
        )


def read_joint(text: str) -> Iterator[Joint]:
    """Read the table of joint returns."""
    for row in _rows(text):
        yield Joint(row["code"], row["ons_code"], row["name"], _codes(row["members"]))


def read_neighbours(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Read statistical neighbours: the authority and its ten, the nearest first."""
    for row in csv.reader(io.StringIO(text)):
        if row[0] != "code":
            yield row[0], tuple(row[1:])


def read_variants(text: str) -> Iterator[tuple[str, str]]:
    """Read other names that are in use: the name and the code it stands for."""
    for row in _rows(text):
        yield row["name"], row["code"]


def names(authorities: Iterable[Authority], variants: Mapping[str, str]) -> dict[str, str]:
    """Return every spelling we know, reduced by ``plain_name``, with the code it stands for."""
    known = {plain_name(authority.name): authority.code for authority in authorities}
    return known | {plain_name(name): code for name, code in variants.items()}


def _overlap(begins: date | None, ends: date | None, first: date, last: date) -> bool:
    return (begins is None or begins <= last) and (ends is None or first <= ends)


def _rows(text: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(text)))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
