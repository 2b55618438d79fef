"""Rules of the head of a return: which authority, which collection, which period."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

_HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note\n"

RULES = (
    Rule(
        "S030",
        Severity.ERROR,
        title="The authority, the collection or the period is not said.",
        one="{who}: the {column} is blank.",
        many="{who}: the {column} is blank.",
        fix="Write authority, collection and period in every row.",
        example=_HEADER + ",riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S031",
        Severity.ERROR,
        title="There is no such authority.",
        one="“{value}” is not the code of an authority.{hint}",
        fix="Write the three-digit code that the Department for Education uses, such as 383.",
        example=_HEADER + "999,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S032",
        Severity.ERROR,
        title="The authority does not send returns here.",
        one="{name} ({value}) does not send returns here.",
        fix="Check the code, and that you send to the right address: fictional authorities send "
        "to the demonstration alone, real ones never do.",
        example=_HEADER + "383,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S033",
        Severity.ERROR,
        title="The authority has ended.",
        one="{name} ({value}) is no longer an authority.{hint}",
        fix="Send the figures of the authority that took its place, under its own code.",
        example=_HEADER + "909,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S034",
        Severity.ERROR,
        title="The file speaks of more than one authority, collection or period.",
        one="The {column} is “{value}” here, and “{first}” further up.",
        many="In {count} rows the {column} is “{value}”; further up it is “{first}”.",
        fix="Send a file for each authority, collection and period.",
        example=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,\n"
        "D02,riia-quarterly,2026-27-Q2,FD03,5123,,,",
    ),
    Rule(
        "S036",
        Severity.ERROR,
        title="The period cannot be read.",
        one="“{value}” is not a period.{hint}",
        fix="Write the quarter of the financial year as 2026-27-Q2 (July to September 2026).",
        example=_HEADER + "D01,riia-quarterly,Quarter 2,FD01,5123,,,",
    ),
    Rule(
        "S037",
        Severity.ERROR,
        title="The period is not a quarter.",
        one="“{value}” is a period, but not a quarter.",
        fix="Write the quarter of the financial year as 2026-27-Q2 (July to September 2026).",
        example=_HEADER + "D01,riia-quarterly,2026-27,FD01,5123,,,",
    ),
    Rule(
        "S038",
        Severity.NOTICE,
        title="The period was written in another way.",
        one="The period “{value}” was read as {period}.",
        fix="Do nothing if that is the quarter you mean; if not, write it like that. Quarter 1 "
        "begins in April.",
        example=_HEADER + "D01,riia-quarterly,2026/27 Q2,FD01,5123,,,",
    ),
    Rule(
        "S040",
        Severity.ERROR,
        title="There is no such collection.",
        one="“{value}” is not a collection.{hint}",
        fix="Write one of {collections}.",
        example=_HEADER + "D01,riia,2026-27-Q2,FD01,5123,,,",
    ),
)
