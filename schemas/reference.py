"""The reference tables that every decision rests on, as one frozen object.

Tables are released under a version and never edited: the log says which version counts from
where, so an old version must read the same for ever. The files lie in ``schemas/data``; their
sources, commits and licence (Open Government Licence v3.0) stand in ``SOURCE.md`` there.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, TypeVar

from schemas import authority as tables
from schemas.authority import Authority, Joint, Region, plain_name
from schemas.catalogue import Accumulates, Indicator, Kind, Polarity, read_catalogue
from schemas.errors import UnknownCode
from schemas.publication import Publication, read_publications
from schemas.working_day import WorkingDays, read_bank_holidays

__all__ = [
    "DEMONSTRATION",
    "ENGLAND",
    "ENGLAND_CODE",
    "Accumulates",
    "Authority",
    "Indicator",
    "Joint",
    "Kind",
    "Library",
    "Polarity",
    "Region",
    "load_library",
]

T = TypeVar("T")

ENGLAND = "england"
DEMONSTRATION = "demo"
ENGLAND_CODE = "E92000001"
"""England as an area of published figures."""


@dataclass(frozen=True, slots=True)
class Library:
    """All released tables. Every lookup that finds nothing raises UnknownCode.

    ``publications`` are the published files that can be read, ``unflagged`` says for people why no
    file lets an indicator be flagged; ``joint`` gives the members of a joint return.
    A nation other than ``england`` is a sandbox and is furnished like the demonstration:
    fictional authorities send returns there, the real ones lend their published figures.
    ``deadlines`` say in how many working days after the quarter each collection is due.
    """

    catalogues: Mapping[str, Mapping[str, Indicator]]
    neighbour_tables: Mapping[str, Mapping[str, tuple[str, ...]]]
    rule_files: Mapping[str, Mapping[str, Any]]
    publications: tuple[Publication, ...]
    unflagged: Mapping[str, str]
    joint: Mapping[str, tuple[str, ...]]
    joint_rows: Mapping[str, Joint]
    ended: Mapping[str, Authority]
    working_days: WorkingDays
    deadlines: Mapping[str, int]
    _real: Mapping[str, Authority]
    _fictional: Mapping[str, Authority]
    _regions: Mapping[str, Region]
    _ons_codes: Mapping[str, str]
    _names: Mapping[str, str]

    def catalogue(self, version: str) -> Mapping[str, Indicator]:
        """Return the indicators of a catalogue by code, in the order in which they are shown."""
        return _find(self.catalogues, "catalogue", version)

    def indicator(self, code: str, *, version: str) -> Indicator:
        """Return one indicator of a catalogue."""
        return _find(self.catalogue(version), "indicator", code)

    def collection(self, name: str, *, version: str) -> tuple[str, ...]:
        """Return the codes of the indicators that are returned together, in catalogue order."""
        found = tuple(i.code for i in self.catalogue(version).values() if i.collection == name)
        if not found:
            raise UnknownCode("collection", name)
        return found

    def due(self, collection: str, *, quarter_ends: date) -> date:
        """Return the day by which a collection is due where nobody says another.

        Raises DayUnknown beyond the years whose bank holidays are known.
        """
        days = _find(self.deadlines, "deadline for the collection", collection)
        return self.working_days.after(quarter_ends, count=days)

    def authorities(self, nation: str = ENGLAND) -> Mapping[str, Authority]:
        """Return the authorities in force by code: in a sandbox the fictional ones come first."""
        if nation == ENGLAND:
            return self._real
        return MappingProxyType({**self._fictional, **self._real})

    def senders(self, nation: str = ENGLAND) -> Mapping[str, Authority]:
        """Return the authorities that send returns in a nation."""
        return self._real if nation == ENGLAND else self._fictional

    def authority(self, code: str) -> Authority:
        """Return an authority of any nation, ended ones included."""
        for known in (self._real, self._fictional, self.ended):
            if code in known:
                return known[code]
        raise UnknownCode("authority", code)

    def absent(self, first: date, last: date) -> frozenset[str]:
        """Return the authorities of England that existed on no day from ``first`` to ``last``."""
        known = (*self._real.values(), *self.ended.values())
        return frozenset(a.code for a in known if not a.exists(first, last))

    def regions(self, nation: str = ENGLAND) -> Mapping[str, Region]:
        """Return the nine regions; in a sandbox the demonstration region comes first."""
        homes = {authority.region for authority in self.authorities(nation).values()}
        return MappingProxyType({code: r for code, r in self._regions.items() if code in homes})

    def region(self, code: str) -> Region:
        """Return a region, Inner or Outer London, or the demonstration region."""
        return _find(self._regions, "region", code)

    def neighbours(self, version: str, nation: str = ENGLAND) -> Mapping[str, tuple[str, ...]]:
        """Return the ten statistical neighbours of each authority, the nearest first.

        A fictional authority has those of the real one it is drawn from; none is ever among them.
        """
        table = _find(self.neighbour_tables, "neighbour table", version)
        if nation == ENGLAND:
            return table
        lent = {code: table[str(a.drawn_from)] for code, a in self._fictional.items()}
        return MappingProxyType({**lent, **table})

    def rules(self, version: str) -> Mapping[str, Any]:
        """Return a signature rule file as parsed."""
        return _find(self.rule_files, "rule file", version)

    def by_ons_code(self, ons_code: str) -> str:
        """Return the code of the authority, joint return or region that has or had an ONS code."""
        return _find(self._ons_codes, "ONS code", ons_code)

    def by_name(self, name: str) -> str:
        """Return the code of the authority or region of that name, in any spelling in use.

        Case, punctuation, "and", "&", "the" and "of" do not matter. A name that two have borne
        (Dorset, before and after 2019) gives the one in force.
        """
        known = self._names.get(plain_name(name))
        if known is None:
            raise UnknownCode("authority or region named", name)
        return known


def _find(table: Mapping[str, T], kind: str, code: str) -> T:
    try:
        return table[code]
    except KeyError:
        raise UnknownCode(kind, code) from None


@lru_cache(maxsize=1)
def load_library() -> Library:
    """Read the shipped tables once; every caller gets the same frozen object."""
    data = resources.files("schemas") / "data"

    def text(name: str) -> str:
        return (data / name).read_text(encoding="utf-8")

    england = tuple(
        tables.read_authorities(
            text("authorities.csv"), text("authority_ons_codes.csv"), nation=ENGLAND
        )
    )
    fictional = tuple(
        tables.read_fictional(text("fictional_authorities.csv"), nation=DEMONSTRATION)
    )
    joint = {row.code: row for row in tables.read_joint(text("joint_returns.csv"))}
    regions = {region.code: region for region in tables.read_regions(text("regions.csv"))}
    real = {a.code: a for a in england if a.closes is None}
    ended = {a.code: a for a in england if a.closes is not None}
    by_ons = {ons.code: a.code for a in england for ons in a.ons_codes}
    variants = dict(tables.read_variants(text("name_variants.csv")))
    region_names = {plain_name(region.name): code for code, region in regions.items()}
    return Library(
        catalogues=_released(data / "catalogue", ".csv", read_catalogue),
        neighbour_tables=_released(
            data / "neighbours", ".csv", lambda t: MappingProxyType(dict(tables.read_neighbours(t)))
        ),
        rule_files=_released(
            data / "signatures", ".toml", lambda t: MappingProxyType(tomllib.loads(t))
        ),
        publications=tuple(read_publications(text("published_mapping.toml"))),
        unflagged=MappingProxyType(tomllib.loads(text("unflagged.toml"))),
        joint=MappingProxyType({code: row.members for code, row in joint.items()}),
        joint_rows=MappingProxyType(joint),
        ended=MappingProxyType(ended),
        working_days=read_bank_holidays(text("bank_holidays.csv")),
        deadlines=MappingProxyType(
            tomllib.loads(text("deadlines.toml"))["working_days_after_the_quarter"]
        ),
        _real=MappingProxyType(real),
        _fictional=MappingProxyType({a.code: a for a in fictional}),
        _regions=MappingProxyType(regions),
        _ons_codes=MappingProxyType(
            by_ons | {r.ons_code: r.code for r in joint.values()} | {code: code for code in regions}
        ),
        _names=MappingProxyType(
            tables.names(ended.values(), {})
            | region_names
            | tables.names((*real.values(), *fictional), variants)
        ),
    )


def _released(folder: Traversable, suffix: str, read: Callable[[str], T]) -> Mapping[str, T]:
    if not folder.is_dir():
        return MappingProxyType({})
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(suffix)), key=lambda f: f.name
    )
    return MappingProxyType(
        {f.name.removesuffix(suffix): read(f.read_text(encoding="utf-8")) for f in files}
    )
