"""Documents by key: what the views are made of, and how their keys are spelt.

A document is plain JSON-like data, never changed once put. Every document is written by the events
of one topic alone, so how far the topics have been read beside one another changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.topics import Topic

LAYOUT = 3
"""The version of the documents: a release that makes others of the same events raises it, and its
views are built beside those that the release before still reads."""
Document = Mapping[str, Any]
Read = Callable[[str], Document | None]
"""Gives the document under a key, None where there is none."""
Changes = dict[str, Document | None]
"""What an event changes: documents to put by key, None to take one away."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one nation's documents."""

    nation: str

    def latest(self, topic: Topic) -> str:
        """How far a topic has been read: {time, count}."""
        return f"{self.nation}/latest/{topic}"

    def periods(self) -> str:
        """Every period that was opened, by collection: {periods: {collection: [period]}}."""
        return f"{self.nation}/periods"

    def period(self, collection: str, period: str) -> str:
        """One collection's period: due, state, and each authority's returns in order.

        Of a return: {id, at, state, asked, said, signed, unlocked, on_behalf}, where ``asked`` are
        the indicators whose query is open and ``said`` has the ids of the words that answer one, by
        indicator.
        """
        return f"{self.nation}/period/{collection}/{period}"

    def submission(self, return_id: str) -> str:
        """One return as it was accepted, with its place among its versions."""
        return f"{self.nation}/return/{return_id}"

    def method(self) -> str:
        """The versions that count, the latest last: {versions: [...]}."""
        return f"{self.nation}/method"

    def data_set(self, data_set: str) -> str:
        """A published data set as it was logged."""
        return f"{self.nation}/data_set/{data_set}"

    def data_sets(self, indicator: str) -> str:
        """Every published data set of an indicator: {sets: {id: {...}}}."""
        return f"{self.nation}/data_sets/{indicator}"

    def assessed(self, data_set: str) -> str:
        """Where every authority stands in a published data set."""
        return f"{self.nation}/assessed/{data_set}"

    def standings(self, collection: str, period: str, authority: str) -> str:
        """All standings of an authority for a collection and period, by indicator."""
        return f"{self.nation}/standings/{collection}/{period}/{authority}"

    def baseline(self, baseline: str) -> str:
        """What England lends a period, as it was fixed."""
        return f"{self.nation}/baseline/{baseline}"

    def baselines(self, collection: str, period: str) -> str:
        """The baselines of a period, the one in force last: {ids: [...]}."""
        return f"{self.nation}/baselines/{collection}/{period}"

    def alert(self, alert: str) -> str:
        """One alert with its grounds, answers, notices and history."""
        return f"{self.nation}/alert/{alert}"

    def alerts(self, authority: str) -> str:
        """The alerts of an authority in brief: {alerts: {id: {...}}}."""
        return f"{self.nation}/alerts/{authority}"

    def notice(self, notice: str) -> str:
        """One notice with every try."""
        return f"{self.nation}/notice/{notice}"

    def notices(self, authority: str) -> str:
        """The notices about an authority, "" for several, in the order planned: {ids: [...]}."""
        return f"{self.nation}/notices/{authority}"

    def audiences(self) -> str:
        """Who is told of what: {audiences: {id: {...}}}."""
        return f"{self.nation}/audiences"

    def text(self, text: str) -> str:
        """A text that people wrote, or that it was erased."""
        return f"{self.nation}/text/{text}"

    def parked(self) -> str:
        """Records that could not be decoded: {records: {place: {...}}}."""
        return f"{self.nation}/parked"
