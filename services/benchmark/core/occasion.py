"""Occasions: what made an authority's signatures worth looking at again, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.periods import Period


class Occasion(StrEnum):
    """What changed; a first return is one of which none stood before."""

    OWN_RETURN = "own_return"
    OWN_FIRST_RETURN = "own_first_return"
    OWN_WITHDRAWAL = "own_withdrawal"
    OWN_EXPLANATION = "own_explanation"
    OTHERS_RETURN = "others_return"
    PUBLISHED = "published"
    OPENED = "opened"
    CLOSED = "closed"
    METHOD = "method"


OWN = frozenset(
    {
        Occasion.OWN_RETURN,
        Occasion.OWN_FIRST_RETURN,
        Occasion.OWN_WITHDRAWAL,
        Occasion.OWN_EXPLANATION,
    }
)


class WithdrawalReason(StrEnum):
    """Why an alert no longer holds."""

    CORRECTED = "the_authority_corrected_its_figures"
    ARRIVED = "the_authority_s_return_came_in"
    EXPLAINED = "the_authority_explained_its_figures"
    RETURN_WITHDRAWN = "the_authority_withdrew_its_return"
    OTHERS = "another_authority_s_figures_moved_the_comparison"
    PUBLISHED = "published_figures_moved_the_comparison"
    COMPARATOR = "the_comparison_was_fixed_anew"
    METHOD = "the_method_changed"
    RETIRED = "the_signature_is_no_longer_in_the_rules"


WITHDRAWN_BECAUSE: Mapping[Occasion, WithdrawalReason] = {
    Occasion.OWN_RETURN: WithdrawalReason.CORRECTED,
    Occasion.OWN_FIRST_RETURN: WithdrawalReason.ARRIVED,
    Occasion.OWN_WITHDRAWAL: WithdrawalReason.RETURN_WITHDRAWN,
    Occasion.OWN_EXPLANATION: WithdrawalReason.EXPLAINED,
    Occasion.OTHERS_RETURN: WithdrawalReason.OTHERS,
    Occasion.PUBLISHED: WithdrawalReason.PUBLISHED,
    Occasion.OPENED: WithdrawalReason.COMPARATOR,
    Occasion.CLOSED: WithdrawalReason.COMPARATOR,
    Occasion.METHOD: WithdrawalReason.METHOD,
}


@dataclass(frozen=True, slots=True)
class Context:
    """Around an evaluation: the nation, the collection whose figures changed, and the calendar.

    ``newest`` is each collection's newest period, ``closed`` the collections whose period of that
    name has closed.
    """

    nation: str
    collection: str
    occasion: Occasion
    newest: Mapping[str, Period]
    closed: frozenset[str] = frozenset()

    def is_newest(self, collection: str, period: Period) -> bool:
        """Whether the period is the collection's newest: any other is history."""
        return self.newest.get(collection) == period

    def may_raise(self, collection: str) -> bool:
        """Whether a signature may begin or worsen: not through others' figures after close."""
        return self.occasion is not Occasion.OTHERS_RETURN or collection not in self.closed
