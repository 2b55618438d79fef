"""Reads the views of one nation: finds documents and hands them to the core, decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from schemas.authority import Authority, Region
from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from schemas.events import State
from schemas.periods import Period, PeriodKind
from schemas.reference import DEMONSTRATION, Library
from schemas.topics import Topic
from services.gateway.core.document import Document, Keys
from services.gateway.core.item.submission import return_item
from services.runtime.store import Source

FIRST_COLLECTION = "riia-quarterly"
_SHOWN = (Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS, Topic.TEXTS)


class Views:
    """What the pages and the API read.

    ``home`` is the region that a reader sees who names none; without it, the region with the most
    authorities that have returned.
    """

    def __init__(
        self, store: Source, *, library: Library, nation: str, home: str | None = None
    ) -> None:
        """Read from the store with the released tables at hand."""
        self.store = store
        self.library = library
        self.nation = nation
        self.keys = Keys(nation)
        self._home = home

    # -------------------------------------------------------------- reference

    @property
    def is_invented(self) -> bool:
        """Whether the figures of this nation's own authorities are invented."""
        return self.nation == DEMONSTRATION

    def method(self) -> Mapping[str, str]:
        """Return the versions that count; the newest released ones before the log names any."""
        versions = (self.store.get(self.keys.method()) or {"versions": []})["versions"]
        if versions:
            found: Mapping[str, str] = versions[-1]
            return found
        return {
            "catalogue": max(self.library.catalogues),
            "neighbours": max(self.library.neighbour_tables),
            "rules": max(self.library.rule_files, default=""),
        }

    def catalogue(self) -> Mapping[str, Indicator]:
        """Return the indicators of the catalogue in force, in the order in which they are shown."""
        return self.library.catalogue(self.method()["catalogue"])

    def indicator(self, code: str) -> Indicator:
        """Return an indicator; UnknownCode if the catalogue has none of that code."""
        return self.library.indicator(code, version=self.method()["catalogue"])

    def indicators(self, collection: str) -> list[Indicator]:
        """Return the indicators of a collection."""
        return [i for i in self.catalogue().values() if i.collection == collection]

    def authority(self, code: str) -> Authority:
        """Return an authority of this nation, ended ones included, for their figures stay.

        UnknownCode if the nation has none of that code.
        """
        found = self.library.authorities(self.nation).get(code) or self.library.ended.get(code)
        if found is None:
            raise UnknownCode("authority", code)
        return found

    def name(self, code: str) -> str:
        """Return an authority's name; the code of one that the tables do not have."""
        try:
            return self.authority(code).name
        except UnknownCode:
            return code

    def senders(self, region: str | None = None) -> list[Authority]:
        """Return the authorities that send returns, all or those of a region, by name."""
        found = self.library.senders(self.nation).values()
        return sorted(
            (a for a in found if region in {None, a.region, a.sub_region}), key=lambda a: a.name
        )

    def regions(self) -> list[Region]:
        """Return the regions whose authorities send returns."""
        homes = {a.region for a in self.library.senders(self.nation).values()}
        return [r for r in self.library.regions(self.nation).values() if r.code in homes]

    def neighbours(self, authority: str) -> tuple[str, ...]:
        """Return the ten statistical neighbours, the nearest first; none for an unknown code."""
        table = self.library.neighbours(self.method()["neighbours"], self.nation)
        return table.get(authority, ())

    # ---------------------------------------------------------------- periods

    def collections(self) -> list[str]:
        """Return the collections of the catalogue, the main one first."""
        names = dict.fromkeys(i.collection for i in self.catalogue().values())
        return sorted(names, key=lambda name: (name != FIRST_COLLECTION, name))

    def released_collections(self) -> list[str]:
        """Return the collections of every released catalogue, whichever is in force."""
        catalogues = self.library.catalogues.values()
        return sorted({i.collection for known in catalogues for i in known.values()})

    def periods(self, collection: str) -> list[str]:
        """Return the periods of a collection that were opened, the newest first."""
        known = (self.store.get(self.keys.periods()) or {"periods": {}})["periods"]
        return sorted(known.get(collection, []), key=Period.parse, reverse=True)

    def period(self, collection: str, period: str) -> Document | None:
        """Return a collection's period with its returns; None if it was never opened."""
        return self.store.get(self.keys.period(collection, period))

    def returned(self, submission: Document) -> dict[str, Any]:
        """Return a return as the API says it, with where it stands in its period."""
        period = self.period(submission["collection"], submission["period"])
        assert period is not None  # noqa: S101 - narrows the type: one event made both
        return return_item(submission, period=period, words=self.words)

    def absence(self, collection: str, period: str) -> State:
        """Return the state of a return that is not in: late between the due day and the close.

        Time is that of the newest event, as it is for whatever else the log decides.
        """
        known = self.period(collection, period) or {"due": None, "state": "closed"}
        due = known["due"] is not None and known["due"] < (self.today() or "")
        return State.LATE if due and known["state"] == "open" else State.NOT_RETURNED

    def next_quarter(self) -> str:
        """Return the newest quarter that is over: the one to open where none has been opened."""
        day = date.fromisoformat((self.as_at() or "2026-10-01")[:10])
        quarter = Period(PeriodKind.QUARTER, day.year, 4)
        while quarter.ends >= day:
            quarter = quarter.previous()
        return str(quarter)

    def newest(self, collection: str) -> str | None:
        """Return the newest period that anyone has returned for, else the newest one."""
        periods = self.periods(collection)
        for period in periods:
            if (self.period(collection, period) or {"returns": {}})["returns"]:
                return period
        return periods[0] if periods else None

    def place_name(self) -> str:
        """Return what the pages call the place that they are about."""
        if self._home is not None:
            return self.library.region(self._home).name
        regions = self.regions()
        return regions[0].name if len(regions) == 1 else "England"

    def home(self, collection: str, period: str | None) -> str:
        """Return the region to show to a reader who names none."""
        if self._home is not None:
            return self._home
        returned: Mapping[str, object] = {}
        if period is not None:
            returned = (self.period(collection, period) or {"returns": {}})["returns"]
        regions = self.regions()
        return max(
            regions, key=lambda r: sum(a.code in returned for a in self.senders(r.code))
        ).code

    # -------------------------------------------------------------- standings

    def standings(self, collection: str, period: str, authority: str) -> Document | None:
        """Return an authority's standings for a collection and period.

        None while a return is awaited, also in place of one that was withdrawn.
        """
        found = self.store.get(self.keys.standings(collection, period, authority))
        if found is not None and found.get("return_id") is None:
            known = self.period(collection, period)
            return None if known is not None and known["state"] == "open" else found
        return found

    def of_region(self, collection: str, period: str, region: str) -> dict[str, Document | None]:
        """Return the standings of each authority of a region."""
        return {
            authority.code: self.standings(collection, period, authority.code)
            for authority in self.senders(region)
        }

    def history(
        self, collection: str, authority: str, *, most: int = 13
    ) -> list[tuple[str, Document]]:
        """Return an authority's standings of the newest periods that have any, the oldest first."""
        found = [
            (period, document)
            for period in self.periods(collection)[:most]
            if (document := self.standings(collection, period, authority)) is not None
        ]
        return found[::-1]

    def returned_before(
        self, collection: str, authority: str, period: str
    ) -> tuple[str, Document] | None:
        """Return the newest standings of an authority that rest on a return before a period."""
        end = Period.parse(period)
        found = [
            (known, document)
            for known, document in self.history(collection, authority)
            if Period.parse(known) < end and document.get("return_id") is not None
        ]
        return found[-1] if found else None

    def baseline(self, collection: str, period: str) -> Document | None:
        """Return the baseline in force for a period."""
        ids = (self.store.get(self.keys.baselines(collection, period)) or {"ids": []})["ids"]
        return self.store.get(self.keys.baseline(ids[-1])) if ids else None

    # ------------------------------------------------------------------ people

    def words(self, text: str | None) -> str | None:
        """Return a text by its id; None where there is none, or where it was erased."""
        if text is None:
            return None
        found: str | None = (self.store.get(self.keys.text(text)) or {}).get("text")
        return found

    def alerts(self, authorities: Sequence[str] | None = None) -> Iterator[tuple[str, Document]]:
        """Walk the alerts in brief, with their ids, of some authorities or of all that send."""
        for code in [a.code for a in self.senders()] if authorities is None else authorities:
            index = self.store.get(self.keys.alerts(code)) or {"alerts": {}}
            yield from index["alerts"].items()

    def notices(self, authorities: Sequence[str] | None = None) -> Iterator[Document]:
        """Walk the notices about some authorities, or all: those about several come last."""
        everybody = [*(a.code for a in self.senders()), ""]
        for code in everybody if authorities is None else authorities:
            index = self.store.get(self.keys.notices(code)) or {"ids": []}
            for notice in index["ids"]:
                if (found := self.store.get(self.keys.notice(notice))) is not None:
                    yield found

    # -------------------------------------------------------------- freshness

    def as_at(self) -> str | None:
        """Return the time of the newest event that the views rest on; None before the first."""
        times = [found["time"] for topic in _SHOWN if (found := self._latest(topic)) is not None]
        return max(times, default=None)

    def today(self) -> str | None:
        """Return the day of the newest event, which is the day that a reader is told of."""
        return (self.as_at() or "")[:10] or None

    def version(self, *topics: Topic) -> str:
        """Return a text that changes whenever an event of the topics (all by default) arrives."""
        counts = [(self._latest(topic) or {"count": 0})["count"] for topic in topics or _SHOWN]
        return sha256(repr((self.nation, counts)).encode()).hexdigest()[:16]

    def _latest(self, topic: Topic) -> Document | None:
        return self.store.get(self.keys.latest(topic))
