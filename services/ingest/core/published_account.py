"""The account of an imported file: every row it had, used or set aside for a named reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a row of a published file was set aside."""

    OTHER_BREAKDOWN = "other_breakdown"
    NO_INDICATOR = "no_indicator"
    OTHER_LEVEL = "other_level"
    OTHER_PERIOD = "other_period"
    UNKNOWN_AREA = "unknown_area"
    REGION_WITHOUT_CODE = "region_without_code"
    JOINT_PARTNER = "joint_partner"
    NOT_IN_BEING = "not_in_being"
    BROKEN_ROW = "broken_row"
    DUPLICATE = "duplicate"
    CONTRADICTION = "contradiction"
    PART_MISSING = "part_missing"
    NO_FIGURES = "no_figures"
    OUT_OF_RANGE = "out_of_range"

    @property
    def in_words(self) -> str:
        """The reason as the command and the page print it."""
        return _WORDS[self]


_WORDS = {
    Reason.OTHER_BREAKDOWN: "a breakdown or measure that no indicator takes from this file",
    Reason.NO_INDICATOR: "the file is known, and no indicator of the catalogue is in it",
    Reason.OTHER_LEVEL: "neither England, a region nor an authority",
    Reason.OTHER_PERIOD: "not a whole year that this file is read for",
    Reason.UNKNOWN_AREA: "an authority or region that is not in the reference tables",
    Reason.REGION_WITHOUT_CODE: "a region without its ONS code",
    Reason.JOINT_PARTNER: "returned jointly: the figures stand in the other member's row",
    Reason.NOT_IN_BEING: "an authority that did not exist that year, with no figure",
    Reason.BROKEN_ROW: "another number of cells than the heading has",
    Reason.DUPLICATE: "says again what an earlier row said",
    Reason.CONTRADICTION: "two rows for the same figure differ, so neither is taken",
    Reason.PART_MISSING: "a total or part whose figure is not published",
    Reason.NO_FIGURES: "a year for which the file has nothing but symbols",
    Reason.OUT_OF_RANGE: "England's value lies outside those of all authorities",
}


@dataclass(frozen=True, slots=True)
class Account:
    """Rows read, used and set aside; the heading and empty lines are not rows.

    ``read`` is always ``used`` plus all of ``aside``. A row that serves at least one indicator is
    used, whatever other indicators it could not serve.
    """

    read: int
    used: int
    aside: Mapping[Reason, int]
