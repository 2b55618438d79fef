"""Fits a filter's value to the collection that is shown: what it lacks falls back, and is said.

A form sends the period and the domain of the collection that it stood on with the collection that
was chosen. The API takes no such value; a page shows what there is and says that it does.
"""

from dataclasses import dataclass

from services.gateway.api.parameter import a_period, one_of
from services.gateway.core import wording
from services.gateway.views import Views

NONE_YET = [("", "None yet")]
"""The choice of periods of a collection that has none."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value that the collection has, or None for its default; ``notice`` says what was wanted."""

    value: str | None
    notice: str = ""


def fit_period(views: Views, period: str | None, *, collection: str) -> Fitted:
    """Return the period if the collection has it, else none, which means the newest.

    A text that is no period is the Problem that the API raises.
    """
    when = a_period(period)
    known = views.periods(collection)
    if when is None or when in known:
        return Fitted(when)
    if not known:
        return Fitted(None)
    lacking = f"The {_named(collection)} has no {wording.period(when)}"
    return Fitted(None, f"{lacking}. Its newest period is shown.")


def fit_domain(views: Views, domain: str | None, *, collection: str) -> Fitted:
    """Return the domain if the collection has it, none if only another one does.

    One that no collection has is the Problem that the API raises.
    """
    own = [indicator.domain for indicator in views.indicators(collection)]
    if domain not in own and domain in {i.domain for i in views.catalogue().values()}:
        lacking = f"The {_named(collection)} has no domain “{wording.domain(str(domain))}”"
        return Fitted(None, f"{lacking}. All its domains are shown.")
    return Fitted(one_of("domain", domain, dict.fromkeys(own)))


def _named(collection: str) -> str:
    return wording.collection(collection).lower()
