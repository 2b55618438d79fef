"""Gathers what a rug is woven from; the page and the API weave the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.errors import UnknownPeriod
from schemas.periods import Period
from services.gateway.core.document import Document
from services.gateway.core.fold.alert import ACKNOWLEDGED, OPEN
from services.gateway.core.item.submission import current
from services.gateway.core.rug import Choice, Rug, Yarn, weave
from services.gateway.views import Views

STANDING = frozenset({OPEN, ACKNOWLEDGED})
_KEPT = 32
_LONGEST = 240
"""How much of an explanation stands in the rug; the figure's page has all of it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Which rug; ``period`` is empty while the collection has none."""

    region: str
    collection: str
    period: str


class Loom:
    """Reads yarn from the views."""

    def __init__(self, views: Views) -> None:
        """Read from the views."""
        self._views = views
        self._woven = lru_cache(maxsize=_KEPT)(self._weave_anew)

    def rug(self, setting: Setting, choice: Choice | None = None) -> Rug:
        """Return the rug of a setting as chosen; it is woven anew once the views have changed.

        When a return arrives, everyone who looks at the region asks for the same rug at once.
        """
        return self._woven(self._views.version(), setting, choice or Choice())

    def yarn(self, setting: Setting) -> Yarn:
        """Return everything that the rug of a setting needs."""
        views = self._views
        authorities = views.senders(setting.region)
        return Yarn(
            absence=views.absence(setting.collection, setting.period),
            authorities=authorities,
            indicators=views.indicators(setting.collection),
            documents=self._documents(setting, setting.period),
            earlier=self._documents(setting, _before(setting.period)),
            alerts={
                (brief["authority"], indicator): alert
                for alert, brief in views.alerts([a.code for a in authorities])
                if brief["state"] in STANDING and brief["sign"] == "risk"
                for indicator in brief["indicators"]
            },
            said=self._said(setting, [a.code for a in authorities]),
        )

    def weave(self, yarn: Yarn, choice: Choice | None = None) -> Rug:
        """Return the rug as chosen, by default whole."""
        return weave(yarn, choice or Choice())

    def _weave_anew(self, _version: str, setting: Setting, choice: Choice) -> Rug:
        return weave(self.yarn(setting), choice)

    def _said(self, setting: Setting, codes: Sequence[str]) -> Mapping[tuple[str, str], str]:
        """Return what authorities answered to queries on their figures, none of it long."""
        period = self._views.period(setting.collection, setting.period)
        if period is None:
            return {}
        entries = ((code, current(period, code)) for code in codes)
        found = (
            (code, indicator, self._views.words(text))
            for code, entry in entries
            if entry is not None
            for indicator, text in entry["said"].items()
        )
        return {
            (code, indicator): _cut(words) for code, indicator, words in found if words is not None
        }

    def _documents(self, setting: Setting, period: str) -> Mapping[str, Document | None]:
        return self._views.of_region(setting.collection, period, setting.region)


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"


def _before(period: str) -> str:
    try:
        return str(Period.parse(period).previous())
    except UnknownPeriod:
        return ""
