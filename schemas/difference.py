"""What one version of a return says otherwise than the one before it, figure by figure.

Two versions are compared as they were sent: a note is no figure, and 12 and 12.0 are one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.events import Observation


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that changed; None where a version did not name the indicator."""

    indicator: str
    before: Observation | None
    after: Observation | None


def differences(
    before: Mapping[str, Observation], after: Mapping[str, Observation]
) -> tuple[Difference, ...]:
    """Return what changed between two versions, each its observations by indicator.

    In the order of the later version; what only the earlier one named comes last.
    """
    changed = (
        Difference(indicator, before.get(indicator), after.get(indicator))
        for indicator in {**after, **before}
    )
    return tuple(each for each in changed if _figure(each.before) != _figure(each.after))


def in_words(changed: tuple[Difference, ...]) -> str:
    """Say how many values changed: "4 values changed"."""
    match len(changed):
        case 0:
            return "No value changed"
        case 1:
            return "1 value changed"
        case many:
            return f"{many} values changed"


def _figure(said: Observation | None) -> tuple[object, ...] | None:
    return None if said is None else (said.numerator, said.denominator, said.symbol)
