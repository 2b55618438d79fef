"""Rules of structure: columns and members, who and when, which indicators."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

_HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note\n"
_JSON = '{"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2", '

RULES = (
    Rule(
        "S020",
        Severity.ERROR,
        title="A column is missing.",
        one="There is no column {column}.{hint}",
        fix="Name the columns authority, collection, period, indicator, numerator, denominator, "
        "symbol and note in the first row, in any order.",
        example="authority,collection,period,indicator,numerator,denomiator,symbol,note\n"
        "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S022",
        Severity.ERROR,
        title="A column is there twice.",
        one="The column {column} is there more than once.",
        fix="Keep the one with the figures to return and take the other out.",
        example="authority,collection,period,indicator,numerator,numerator,denominator,symbol,note\n"
        "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,,",
    ),
    Rule(
        "S023",
        Severity.NOTICE,
        title="A column was left out of account.",
        one="The column “{header}” is not one of a return and was left out of account.",
        fix="Nothing, if it holds no figure of the return.",
        example="authority,collection,period,indicator,numerator,denominator,symbol,note,author\n"
        "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,,me",
    ),
    Rule(
        "S024",
        Severity.ERROR,
        title="A member is not one of a return.",
        one="“{member}” is not a member that a return has there.{hint}",
        fix="A return has authority, collection, period and observations; an observation has "
        "indicator, numerator, denominator, symbol and note. Correct the name or take it out.",
        example=_JSON + '"observations": [{"indicator": "FD01", "numertor": 5123}]}',
    ),
    Rule(
        "S025",
        Severity.ERROR,
        title="A member is missing.",
        one="The return does not say {member}.",
        fix="Add authority, collection, period and observations at the top of the JSON.",
        example='{"authority": "D01", "period": "2026-27-Q2", "observations": []}',
    ),
    Rule(
        "S026",
        Severity.ERROR,
        title="A member is there twice.",
        one="“{member}” is there more than once in the same object.",
        fix="Keep one of them: it cannot be told which is meant.",
        example=_JSON + '"observations": [{"indicator": "FD01", "numerator": 1, "numerator": 2}]}',
    ),
    Rule(
        "S027",
        Severity.ERROR,
        title="The JSON is not built like a return.",
        one="Where {what} should be {wanted}, there is {found}.",
        fix="Send an object with authority, collection, period and a list of observations, each "
        "of them an object.",
        example=_JSON + '"observations": {"FD01": 5123}}',
    ),
    Rule(
        "S028",
        Severity.ERROR,
        title="There are no observations.",
        one="There is a heading, and no observation under it.",
        fix="Send a row or an observation for each indicator of the collection.",
        example=_HEADER,
    ),
    Rule(
        "S029",
        Severity.ERROR,
        title="A value stands under no header.",
        one="A value stands beyond the named columns, so the values before it may have moved.",
        many="In {count} rows a value stands beyond the named columns, so the values before it may "
        "have moved.",
        fix="Write figures without thousands commas, and quotation marks around notes with commas.",
        example="FD01,5123,,,late entries, counted since",
    ),
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
        title="The body speaks of more than one authority, collection or period.",
        one="The {column} is “{value}” here and “{first}” before.",
        many="In {count} rows the {column} is “{value}”, and “{first}” before.",
        fix="Send a body for each authority, collection and period.",
        example=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,\n"
        "D02,riia-quarterly,2026-27-Q2,FD03,5123,,,",
    ),
    Rule(
        "S036",
        Severity.ERROR,
        title="The period cannot be read.",
        one="“{value}” is not a period.",
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
        fix="Nothing, if that is the quarter you mean. Quarter 1 begins in April.",
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
    Rule(
        "S042",
        Severity.ERROR,
        title="The indicator is not said.",
        one="{who}: the indicator is blank.",
        many="{who}: the indicator is blank.",
        fix="Write the indicator's code, such as CP04, or take the row out.",
        example=",70,86,,",
    ),
    Rule(
        "S043",
        Severity.ERROR,
        title="There is no such indicator.",
        one="“{value}” is not the code of an indicator.{hint}",
        many="“{value}” is not the code of an indicator, in {count} places.{hint}",
        fix="Write the indicator's code as the catalogue has it, such as CP04.",
        example="CP4,70,86,,",
    ),
    Rule(
        "S044",
        Severity.ERROR,
        title="The indicator belongs to another collection.",
        one="{who} is returned with {home}, not with {collection}.",
        many="{who} are returned with {home}, not with {collection}.",
        fix="Take the row out, and send it in a return of {home}.",
        example="EH01,120,,,",
    ),
    Rule(
        "S045",
        Severity.ERROR,
        title="An indicator is there twice.",
        one="{who} is there more than once.",
        many="{who}: more than one row each, or more than two.",
        fix="Keep one row for each indicator: it cannot be told which is meant.",
        example="FD01,5123,,,\nFD01,5124,,,",
    ),
    Rule(
        "S046",
        Severity.ERROR,
        title="An indicator of the collection is missing.",
        one="{who} is not named.",
        many="{count} indicators of the collection are not named: {who}.",
        fix="Add a row for each, with a figure, or with a symbol: z not applicable, x not "
        "available, c confidential, u unreliable, low rounds to zero.",
        example=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
)
