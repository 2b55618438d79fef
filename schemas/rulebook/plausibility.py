"""Rules of plausibility: queries about figures that are odd but possible. They never block.

A note beside the figure answers one; so does what is said on the return's page afterwards.
"""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

_REGIONAL = (
    '{"authority": "D01", "collection": "regional-quarterly", "period": "2026-27-Q2", '
    '"observations": ['
)

RULES = (
    Rule(
        "Q200",
        Severity.QUERY,
        title="A figure changed by more than half since the quarter before.",
        one="{who}: {now} in this quarter, {then} in {quarter}.",
        fix="If it is right, send it and say why: in a note, or on the return’s page afterwards. "
        "If not, send the return again with the right figure.",
        example="FD01,11000,,,",
        before="FD01,5123,,,",
        quiet="FD01,7400,,,",
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
        quiet="LA01,466,,,",
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
        example=_REGIONAL + '{"indicator": "CP02", "numerator": 14, "denominator": 12}]}',
        quiet=_REGIONAL + '{"indicator": "CP02", "numerator": 12, "denominator": 12}]}',
    ),
    Rule(
        "Q204",
        Severity.QUERY,
        title="Two counts of the same thing differ.",
        one="{who}: the denominator ({denominator}) is not the count in {other} ({count_there}).",
        fix="Check both: they count the same thing over this quarter alone. If they are counted "
        "differently, say how in a note.",
        example="FD04,180,3260,,",
        quiet="FD04,180,826,,",
    ),
    Rule(
        "Q205",
        Severity.QUERY,
        title="A part is greater than what it is mostly part of.",
        one="{who}: the numerator ({numerator}) is greater than the count in {other} "
        "({count_there}).",
        fix="Check both counts. If they are counted in different ways, say how in a note.",
        example="CL06,60,,,\nCL05,48,,,",
        quiet="CL06,48,,,\nCL05,48,,,",
        since="2026.2",
    ),
    Rule(
        "Q206",
        Severity.QUERY,
        title="A share of staff is not of those in post and themselves.",
        one="{who}: the denominator ({denominator}) is not {together}: {in_post} in post (WF01) "
        "and {more} of the numerator.",
        fix="Check it: the denominator is the staff in post and the agency staff or vacancies "
        "together. If it is counted in another way, say how in a note.",
        example="WF02,29.6,201.2,,",
        quiet="WF02,29.6,232.1,,",
        since="2026.2",
    ),
    Rule(
        "Q207",
        Severity.QUERY,
        title="Two denominators of the same thing differ.",
        one="{who}: the denominator ({denominator}) is not that of {other} ({count_there}).",
        fix="Check both: they count the same children. If they are counted in different ways, say "
        "how in a note.",
        example=_REGIONAL + '{"indicator": "LA05", "numerator": 40, "denominator": 458}, '
        '{"indicator": "LA07", "numerator": 60, "denominator": 541}]}',
        quiet=_REGIONAL + '{"indicator": "LA05", "numerator": 40, "denominator": 458}, '
        '{"indicator": "LA07", "numerator": 60, "denominator": 466}]}',
        since="2026.2",
    ),
    Rule(
        "Q208",
        Severity.QUERY,
        title="Two outcomes that exclude one another are more than all there were.",
        one="{other} and {who} have {together} together, of {denominator}.",
        fix="Check both: a referral has one of the two outcomes at most. If some are counted in "
        "both, say so in a note.",
        example=_REGIONAL + '{"indicator": "FD05", "numerator": 500, "denominator": 815}, '
        '{"indicator": "FD06", "numerator": 400, "denominator": 815}]}',
        quiet=_REGIONAL + '{"indicator": "FD05", "numerator": 500, "denominator": 815}, '
        '{"indicator": "FD06", "numerator": 315, "denominator": 815}]}',
        since="2026.2",
    ),
    Rule(
        "Q210",
        Severity.QUERY,
        title="There were none, after four quarters with some.",
        one="{who}: 0 in this quarter, {then} in the four before.",
        fix="If there really were none, say why in a note. If the figure is not known, send the "
        "return again with the symbol x in its place.",
        example="CP01,0,,,",
        quiet="CP01,1,,,",
        before="CP01,9,,,",
        quarters=4,
        since="2026.2",
    ),
    Rule(
        "Q211",
        Severity.QUERY,
        title="Most of the larger counts are round.",
        one="{round} of {compared} counts of 100 and more end in 0.",
        fix="Send the counts as they are, not rounded. If they are, say so when you explain it.",
        example="FD01,2300,,,\nFD03,820,,,\nFD04,180,820,,\nFD07,230,820,,\nAS01,790,,,\n"
        "AS02,760,,,\nAS03,650,760,,\nCN01,2060,,,\nCN02,1020,,,\nCP01,300,,,\nCP05,250,,,\n"
        "LA01,460,,,\nLA04,37,460,,",
        quiet="FD01,2300,,,\nFD03,820,,,\nFD04,180,820,,\nFD07,230,820,,",
        since="2026.2",
    ),
    Rule(
        "Q212",
        Severity.QUERY,
        title="A figure that England does not publish is beyond what the region returned in three "
        "years.",
        one="{who}: this makes {now}; the region’s authorities had {low} to {high} in three years.",
        fix="Check the counts, and that they are of the quarter alone. If they are right, say why "
        "in a note.",
        example="FD04,620,815,,",
        quiet="FD04,220,815,,",
        before="FD04,180,815,,",
        quarters=4,
        since="2026.2",
    ),
    Rule(
        "Q213",
        Severity.QUERY,
        title="A figure is beyond what any authority of England published in three years.",
        one="{who}: this makes {now}; England’s authorities had {low} to {high} in three years.",
        fix="Check the counts, and that they are of the quarter alone. If they are right, say why "
        "in a note.",
        example="FD04,620,815,,",
        quiet="FD04,230,815,,",
        since="2026.2",
    ),
    Rule(
        "Q214",
        Severity.QUERY,
        title="A denominator changed by more than half since the quarter before.",
        one="{who}: the denominator is {now} in this quarter and was {then}.",
        fix="Check that it counts the same as before. If it is right, say why in a note.",
        example="SE02,430,7900,,",
        quiet="SE02,4300,79000,,",
        before="SE02,4310,79800,,",
        since="2026.2",
    ),
)
