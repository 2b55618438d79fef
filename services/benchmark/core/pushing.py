"""Pushing: whether anyone is to be told of a signature, and the precise reason either way."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.events import AlertSeverity, Sign
from services.benchmark.core.rule import Rule
from services.benchmark.core.severity import Footing, place


class PushReason(StrEnum):
    """Why someone is told, or why nobody is."""

    # Someone is told.
    CONCERN = "concern"
    LASTING = "concern_in_four_quarters"
    BESIDE_ANOTHER = "beside_another_composite"
    LOWERED = "correction_lowered_what_was_told"
    CLEARED = "cleared_after_being_told"
    WITHDRAWN = "withdrawn_after_being_told"
    # Nobody is told.
    STRENGTH = "strengths_are_not_pushed"
    SHOWN_ONLY = "shown_never_pushed"
    OPEN_QUERY = "a_figure_has_an_open_query"
    PUBLISHED_ALONE = "published_figures_alone"
    NOT_PERSISTENT = "not_in_two_of_three_quarters"
    NOT_CONFIRMED = "no_condition_amber_by_the_exact_test"
    HISTORY = "not_the_newest_period"
    COVERED = "covered_by_the_notice_of_a_composite"
    ALREADY_TOLD = "already_told"
    NEVER_TOLD = "nobody_was_told"


@dataclass(frozen=True, slots=True)
class Push:
    """The decision: whether to tell, and why (not)."""

    tell: bool
    reason: PushReason


_SHOWN: Mapping[Footing, PushReason] = MappingProxyType(
    {
        Footing.STRENGTH: PushReason.STRENGTH,
        Footing.SHOWN_ONLY: PushReason.SHOWN_ONLY,
        Footing.OPEN_QUERY: PushReason.OPEN_QUERY,
        Footing.PUBLISHED_ALONE: PushReason.PUBLISHED_ALONE,
        Footing.NOT_PERSISTENT: PushReason.NOT_PERSISTENT,
        Footing.NOT_CONFIRMED: PushReason.NOT_CONFIRMED,
    }
)
_TOLD: Mapping[Footing, PushReason] = MappingProxyType(
    {
        Footing.CONFIRMED: PushReason.CONCERN,
        Footing.LASTING: PushReason.LASTING,
        Footing.BESIDE_ANOTHER: PushReason.BESIDE_ANOTHER,
    }
)


def push_fired(
    rule: Rule,
    *,
    severity: AlertSeverity,
    footing: Footing,
    told: AlertSeverity | None,
    newest: bool,
    covered: bool,
) -> Push:
    """Return whether to tell of a signature that fired.

    ``told`` is the severity that was last told in the episode, ``newest`` whether the period is the
    collection's newest, ``covered`` whether a composite's notice speaks of the same figure.
    """
    if rule.sign is Sign.STRENGTH:
        return Push(False, PushReason.STRENGTH)
    if not rule.pushed:
        return Push(False, PushReason.SHOWN_ONLY)
    if severity is AlertSeverity.WATCH:
        return Push(False, _SHOWN[footing])
    if not newest:
        return Push(False, PushReason.HISTORY)
    if told is not None and place(told) >= place(severity):
        return Push(False, PushReason.ALREADY_TOLD)
    if covered:
        return Push(False, PushReason.COVERED)
    return Push(True, _TOLD[footing])


def push_cleared(*, told: AlertSeverity | None, newest: bool) -> Push:
    """Return whether to tell that a signature has cleared: in the newest period, if told."""
    if told is None:
        return Push(False, PushReason.NEVER_TOLD)
    return Push(newest, PushReason.CLEARED if newest else PushReason.HISTORY)


def push_withdrawn(*, told: AlertSeverity | None) -> Push:
    """Return whether to tell that a signature is withdrawn: always, if anyone was told."""
    if told is None:
        return Push(False, PushReason.NEVER_TOLD)
    return Push(True, PushReason.WITHDRAWN)
