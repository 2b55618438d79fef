"""Joins a standing with what the gateway knows beside it: region, baseline, notes, explanations."""

from typing import Any

from schemas.catalogue import Indicator
from schemas.errors import UnknownCode
from services.gateway.core.document import Document
from services.gateway.core.item.alert import alert_item
from services.gateway.core.item.region import Pooled, pool
from services.gateway.core.item.standing import standing_item
from services.gateway.views import Views


class Joined:
    """Makes items for one answer; what several of them share is read and pooled once."""

    def __init__(self, views: Views) -> None:
        """Start with nothing read."""
        self._views = views
        self._regions: dict[tuple[str, str, str], dict[str, Document | None]] = {}
        self._pooled: dict[tuple[str, str, str], Pooled] = {}
        self._baselines: dict[str, Document | None] = {}
        self._notes: dict[str, dict[str, str]] = {}

    def standing(self, document: Document, indicator: Indicator) -> dict[str, Any]:
        """Return one standing of an authority's document, as the API says it."""
        return standing_item(
            document,
            indicator,
            pooled=self.pooled(document, indicator),
            baseline=self._baseline(document.get("baseline")),
            note=self._views.words(self._note(document.get("return_id"), indicator.code)),
        )

    def pooled(self, document: Document, indicator: Indicator) -> Pooled:
        """Return the figure of the region that the document's authority is in."""
        region = self._views.authority(document["authority"]).region
        period = document["period"]
        key = (region, period, indicator.code)
        if key not in self._pooled:
            shared = (document["collection"], period, region)
            if shared not in self._regions:
                self._regions[shared] = self._views.of_region(*shared)
            self._pooled[key] = pool(self._regions[shared], indicator)
        return self._pooled[key]

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

    def _baseline(self, baseline: str | None) -> Document | None:
        if baseline is None:
            return None
        if baseline not in self._baselines:
            self._baselines[baseline] = self._views.store.get(self._views.keys.baseline(baseline))
        return self._baselines[baseline]

    def _note(self, return_id: str | None, indicator: str) -> str | None:
        if return_id is None:
            return None
        if return_id not in self._notes:
            submission = self._views.store.get(self._views.keys.submission(return_id)) or {}
            self._notes[return_id] = {
                said["indicator"]: said["note"]
                for said in submission.get("observations", [])
                if said.get("note")
            }
        return self._notes[return_id].get(indicator)
