"""Joins a standing with what the gateway knows beside it: region, baseline, notes, explanations."""

from collections.abc import Mapping
from typing import Any

from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from services.gateway.core.document import Document
from services.gateway.core.item.alert import alert_item
from services.gateway.core.item.region import Pooled, pool, rank
from services.gateway.core.item.standing import standing_item
from services.gateway.core.item.submission import explanations
from services.gateway.core.rug import standing_in
from services.gateway.views import Views


class Joined:
    """Makes items for one answer; what several of them share is read and pooled once."""

    def __init__(self, views: Views) -> None:
        """Start with nothing read."""
        self._views = views
        self._regions: dict[tuple[str, str, str], dict[str, Document | None]] = {}
        self._pooled: dict[tuple[str, str, str], tuple[Pooled, Mapping[str, int]]] = {}
        self._baselines: dict[str, Document | None] = {}
        self._notes: dict[str, tuple[dict[str, str], dict[str, str]]] = {}

    def standing(self, document: Document, indicator: Indicator) -> dict[str, Any]:
        """Return one standing of an authority's document, as the API says it."""
        return standing_item(
            document,
            indicator,
            region=self._region(document, indicator),
            baseline=self._baseline(document.get("baseline")),
            note=self._views.words(self._note(document.get("return_id"), indicator.code)),
            explanation=self._explanation(document.get("return_id"), indicator.code),
        )

    def alert(self, alert: Document) -> dict[str, Any]:
        """Return an alert, as the API says it."""
        views = self._views

        def indicator(code: str) -> Indicator | None:
            try:
                return views.indicator(code)
            except UnknownCode:
                return None

        return alert_item(
            alert,
            indicator=indicator,
            words=views.words,
            notice=lambda notice: views.store.get(views.keys.notice(notice)),
        )

    def _region(self, document: Document, indicator: Indicator) -> dict[str, Any]:
        """Return the region block of the document's authority."""
        authority, period = document["authority"], document["period"]
        region = self._views.authority(authority).region
        key = (region, period, indicator.code)
        if key not in self._pooled:
            shared = (document["collection"], period, region)
            if shared not in self._regions:
                self._regions[shared] = self._views.of_region(*shared)
            standings = {
                code: standing_in(known, indicator.code)
                for code, known in self._regions[shared].items()
            }
            pooled = pool(list(standings.values()), indicator)
            self._pooled[key] = pooled, rank(_compared(standings), indicator)
        pooled, ranks = self._pooled[key]
        return pooled.item(rank=ranks.get(authority))

    def _baseline(self, baseline: str | None) -> Document | None:
        if baseline is None:
            return None
        if baseline not in self._baselines:
            self._baselines[baseline] = self._views.store.get(self._views.keys.baseline(baseline))
        return self._baselines[baseline]

    def _note(self, return_id: str | None, indicator: str) -> str | None:
        return self._said(return_id)[0].get(indicator)

    def _explanation(self, return_id: str | None, indicator: str) -> str | None:
        """Return what answers a query on the figure; a note beside it is shown as such."""
        return self._said(return_id)[1].get(indicator)

    def _said(self, return_id: str | None) -> tuple[dict[str, str], dict[str, str]]:
        """Return the ids of a return's notes and the words of its explanations, by indicator."""
        if return_id is None:
            return {}, {}
        if return_id not in self._notes:
            submission = self._views.store.get(self._views.keys.submission(return_id)) or {}
            notes = {
                said["indicator"]: said["note"]
                for said in submission.get("observations", [])
                if said.get("note")
            }
            answers = {
                each["indicator"]: each["text"]
                for each in (
                    explanations(submission, words=self._views.words) if submission else []
                )
                if each["codes"] and each["indicator"]
            }
            self._notes[return_id] = notes, answers
        return self._notes[return_id]


def _compared(standings: Mapping[str, Mapping[str, Any] | None]) -> dict[str, float]:
    return {
        code: said["comparison"]["value"]
        for code, said in standings.items()
        if said and said.get("comparison")
    }
