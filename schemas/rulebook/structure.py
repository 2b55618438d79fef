"""Rules of structure: columns and members, and which indicators there are."""

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
        many="There are no columns {columns}.",
        fix="Name the columns authority, collection, period, indicator, numerator, denominator, "
        "symbol and note, in any order, in one row above the figures.",
        example="authority,collection,period,indicator,numerator,denomiator,symbol,note\n"
        "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S021",
        Severity.NOTICE,
        title="Lines above the header were ignored.",
        one="{who} stands above the header and was ignored.",
        many="{who} stand above the header and were ignored.",
        fix="Do nothing if no figure of the return stands there; move one that does below the "
        "header.",
        example="Quarterly return\n" + _HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        quiet=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        since="2026.2",
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
        title="A column was ignored.",
        one="The column “{header}” is not one of a return and was ignored.",
        fix="Do nothing if it holds no figure of the return; move one that it holds to its column.",
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
        one="There is no “{member}” in the return.",
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
        one="The return holds no observation.",
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
        "S035",
        Severity.ERROR,
        title="There is more than one row with a column for each indicator.",
        one="{who} holds figures too; only the row before was checked.",
        many="{who} hold figures too; only the row before them was checked.",
        fix="Send a file for each authority and quarter: a return with a column for each indicator "
        "is one row.",
        example="authority,collection,period,FD01,FD03\n"
        "D01,riia-quarterly,2026-27-Q2,5123,815\nD02,riia-quarterly,2026-27-Q2,5123,815",
        quiet="authority,collection,period,FD01,FD03\nD01,riia-quarterly,2026-27-Q2,5123,815",
        since="2026.2",
    ),
    Rule(
        "S039",
        Severity.NOTICE,
        title="The file has a column for each indicator.",
        one="The file was read as one row with a column for each indicator.",
        fix="Do nothing. A column named by a code alone was read as the numerator.",
        example="authority,collection,period,FD01,FD03\nD01,riia-quarterly,2026-27-Q2,5123,815",
        quiet=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "S041",
        Severity.ERROR,
        title="A header is only nearly that of an indicator's column.",
        one="The header “{value}” is not understood.{hint}",
        fix="Name a column by the indicator's code and what it holds: CP04 numerator, "
        "CP04 denominator, CP04 symbol or CP04 note.",
        example="authority,collection,period,CP04 numerator,CP04 denom\n"
        "D01,riia-quarterly,2026-27-Q2,70,86",
        quiet="authority,collection,period,CP04 numerator,CP04 denominator\n"
        "D01,riia-quarterly,2026-27-Q2,70,86",
        since="2026.2",
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
        fix="Give every indicator of the collection a figure, or a symbol: z not applicable, "
        "x not available, c confidential, u unreliable, low rounds to zero.",
        example=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
    ),
    Rule(
        "S047",
        Severity.ERROR,
        title="There is no header.",
        one="There is no header: the first row names none of the columns of a return.",
        fix="Write one row above the figures that names the columns authority, collection, period, "
        "indicator, numerator, denominator, symbol and note, in any order.",
        example="D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        quiet=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "S048",
        Severity.NOTICE,
        title="A row that names no indicator was ignored.",
        one="{who} names no indicator and was ignored.",
        many="{who} name no indicator and were ignored.",
        fix="Do nothing if it is a note under the table or an empty line of a form; if it has a "
        "figure, write the indicator’s code in it.",
        example=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,\nSource: case system",
        quiet=_HEADER + "D01,riia-quarterly,2026-27-Q2,FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "S049",
        Severity.NOTICE,
        title="A value beside the table was ignored.",
        one="A value stands beside the named columns and was ignored.",
        many="In {count} rows a value stands beside the named columns and was ignored.",
        fix="Do nothing if it is no figure of the return; move one that is to its column.",
        example="A sum worked out to the right of the figures.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "S050",
        Severity.NOTICE,
        title="A merged cell was read as the same value in each of its rows.",
        one="A merged cell was read as the same {column} in each of its rows.",
        fix="Do nothing if that is what it says; if not, unmerge the cells and fill each row.",
        example="The authority written once, over all rows.",
        since="2026.2",
        workbook=True,
    ),
)
