"""Gathers what a rug is woven from; the page and the API weave the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from schemas.errors import UnknownPeriod
from schemas.periods import Period
from services.gateway.core.document import Document
from services.gateway.core.fold.alert import ACKNOWLEDGED, OPEN
from services.gateway.core.rug import Choice, Rug, Yarn, weave
from services.gateway.views import Views

STANDING = frozenset({OPEN, ACKNOWLEDGED})
_KEPT = 32


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
        )

    def weave(self, yarn: Yarn, choice: Choice | None = None) -> Rug:
        """Return the rug as chosen, by default whole."""
        return weave(yarn, choice or Choice())

    def _weave_anew(self, _version: str, setting: Setting, choice: Choice) -> Rug:
        return weave(self.yarn(setting), choice)

    def _documents(self, setting: Setting, period: str) -> Mapping[str, Document | None]:
        return self._views.of_region(setting.collection, period, setting.region)


def _before(period: str) -> str:
    try:
        return str(Period.parse(period).previous())
    except UnknownPeriod:
        return ""
