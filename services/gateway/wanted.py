"""Which alerts a reader wants; the page and the API ask alike."""

from dataclasses import dataclass

from schemas.periods import Period
from services.gateway.core.document import Document
from services.gateway.core.fold.alert import ACKNOWLEDGED, CLEARED, OPEN, WITHDRAWN
from services.gateway.views import Views

ALERT_STATES = (OPEN, ACKNOWLEDGED, CLEARED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What alerts must be; None leaves a side open. A period is met by any that spans it."""

    authority: str | None = None
    state: str | None = None
    period: Period | None = None
    severity: str | None = None
    sign: str | None = None

    def meets(self, brief: Document) -> bool:
        """Whether an alert in brief is wanted."""
        if self.state not in {None, brief["state"]}:
            return False
        if self.severity not in {None, brief["severity"]} or self.sign not in {None, brief["sign"]}:
            return False
        return self.period is None or (
            Period.parse(brief["since"]) <= self.period <= Period.parse(brief["period"])
        )


def newest_first(views: Views, wanted: Wanted) -> list[tuple[str, Document]]:
    """Return the wanted alerts in brief with their ids, the one raised last first."""
    authorities = None if wanted.authority is None else [wanted.authority]
    found = [(alert, brief) for alert, brief in views.alerts(authorities) if wanted.meets(brief)]
    return sorted(found, key=lambda known: (known[1]["raised_at"], known[0]), reverse=True)
