"""Rules of disclosure: notices about numbers small enough to tell of single children."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

RULES = (
    Rule(
        "D250",
        Severity.NOTICE,
        title="A count of children is between 1 and 5.",
        one="{who}: a count of 1 to 5 may tell of single children.",
        many="{who}: counts of 1 to 5 may tell of single children.",
        fix="Do nothing. Within the group of directors it is shown as returned; it is to be left "
        "out of anything that goes beyond it.",
        example="CP09,4,86,,",
        quiet="CP09,0,86,,",
        since="2026.2",
    ),
)
