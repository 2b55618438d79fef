"""Rules of plausibility: queries about figures that are odd but possible. They never block."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

RULES = (
    Rule(
        "Q200",
        Severity.QUERY,
        title="A figure changed by more than half since the quarter before.",
        one="{who}: {now} in this quarter, {then} in the quarter before.",
        fix="If it is right, nothing has to be done to send it: say why in a note. If not, send "
        "the return again with the right figure.",
        example="FD01,11000,,,",
        before="FD01,5123,,,",
    ),
    Rule(
        "Q201",
        Severity.QUERY,
        title="Stock, starts and ends do not add up.",
        one="{who}: {now} at the end of this quarter, but {then} at the end of the one before, "
        "with {started} starting and {ended} ending, make {expected}.",
        fix="Check the four counts. If late recording explains it, say so in a note.",
        example="LA01,540,,,",
        before="LA01,458,,,",
    ),
    Rule(
        "Q202",
        Severity.QUERY,
        title="Most figures are those of the quarter before.",
        one="{same} of {compared} figures are exactly those of the quarter before.",
        fix="Check that the file is this quarter's. If it is, nothing more is needed.",
        example="FD01,5123,,,",
        before="FD01,5123,,,",
    ),
    Rule(
        "Q203",
        Severity.QUERY,
        title="The numerator is greater than the denominator, which is rare here.",
        one="{who}: the numerator ({numerator}) is greater than the denominator ({denominator}).",
        fix="Check the counts. If cases of an earlier quarter explain it, say so in a note.",
        example='{"authority": "D01", "collection": "regional-quarterly", "period": "2026-27-Q2", '
        '"observations": [{"indicator": "CP02", "numerator": 14, "denominator": 12}]}',
    ),
    Rule(
        "Q204",
        Severity.QUERY,
        title="Two counts of the same thing differ.",
        one="{who}: the denominator ({denominator}) is not the count in {other} ({count_there}).",
        fix="Both count the same thing over this quarter alone. If they are counted differently, "
        "say how in a note.",
        example="FD04,180,3260,,",
    ),
)
