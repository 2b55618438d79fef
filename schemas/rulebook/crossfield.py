"""Rules across fields: what figures of one return must be to one another."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

RULES = (
    Rule(
        "X100",
        Severity.ERROR,
        title="A denominator is missing.",
        one="{who}: the denominator is missing.",
        fix="Write what the numerator is a part of: the catalogue says what that is for each "
        "indicator.",
        example="CP04,70,,,",
        quiet="CP04,77,94,,",
    ),
    Rule(
        "X101",
        Severity.ERROR,
        title="A denominator is not wanted.",
        one="{who}: no denominator is sent with this indicator.",
        many="{who}: no denominator is sent with these indicators.",
        fix="Leave it blank: a rate is worked out on the population estimate in force, and a plain "
        "count has no denominator. If a comma split one figure into two, write 2310, not 2,310.",
        example="FD01,5123,62520,,",
        quiet="FD01,5123,,,",
    ),
    Rule(
        "X102",
        Severity.ERROR,
        title="The numerator is greater than the denominator.",
        one="{who}: the numerator ({numerator}) is greater than the denominator ({denominator}).",
        fix="Check the counts. The numerator is {part}; the denominator is {whole}.",
        example="CP04,95,94,,",
        quiet="CP04,94,94,,",
    ),
    Rule(
        "X103",
        Severity.ERROR,
        title="The denominator is zero.",
        one="{who}: there is a numerator, and the denominator is 0.",
        fix="Check the denominator. Where it really is 0, write the symbol z instead of both.",
        example="WF04,12,0,,",
        quiet="WF04,0,0,,",
    ),
    Rule(
        "X104",
        Severity.ERROR,
        title="A mean score is beyond its scale.",
        one="{who}: {numerator} shared by {denominator} is {mean}, and the scale ends at {most}.",
        fix="Check the counts. The numerator is {part}; the denominator is {whole}.",
        example='{"authority": "D01", "collection": "regional-quarterly", "period": "2026-27-Q2", '
        '"observations": [{"indicator": "LA15", "numerator": 1410, "denominator": 30}]}',
        quiet='{"authority": "D01", "collection": "regional-quarterly", "period": "2026-27-Q2", '
        '"observations": [{"indicator": "LA15", "numerator": 410, "denominator": 30}]}',
        since="2026.2",
    ),
    Rule(
        "X110",
        Severity.ERROR,
        title="More conferences were in time than were held.",
        one="CP04: the numerator ({part}) is greater than the conferences held in CP03 ({whole}).",
        fix="Check both counts: conferences within 15 working days are some of those held.",
        example="CP04,95,96,,",
        quiet="CP04,94,94,,",
    ),
    Rule(
        "X112",
        Severity.ERROR,
        title="More plans were repeated within two years than ever.",
        one="CP09: the numerator ({part}) is greater than that of CP08 ({whole}).",
        fix="Check both counts: plans repeated within two years are some of those ever repeated.",
        example="CP09,30,80,,\nCP08,20,80,,",
        quiet="CP08,9,86,,",
    ),
    Rule(
        "X113",
        Severity.ERROR,
        title="More unaccompanied children are looked after than children are.",
        one="LA04: the numerator ({part}) is greater than the children looked after in LA01 "
        "({whole}).",
        fix="Check both counts: unaccompanied asylum-seeking children are some of those looked "
        "after.",
        example="LA01,400,,,\nLA04,410,458,,",
        quiet="LA01,458,,,\nLA04,458,458,,",
    ),
    Rule(
        "X114",
        Severity.ERROR,
        title="More children have a protection plan than are in need.",
        one="CP05: the numerator ({part}) is greater than the children in need in CN01 ({whole}).",
        fix="Check both counts: children on a child protection plan are some of those in need.",
        example="CN01,1100,,,\nCP05,1200,,,",
        quiet="CN01,1020,,,\nCP05,1020,,,",
    ),
    Rule(
        "X115",
        Severity.ERROR,
        title="More children have a plan in need than are in need.",
        one="CN02: the numerator ({part}) is greater than the children in need in CN01 ({whole}).",
        fix="Check both counts: children with an open plan are some of those in need.",
        example="CN01,900,,,",
        quiet="CN01,1020,,,",
        since="2026.2",
    ),
)
