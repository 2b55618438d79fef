"""Rules of single cells: what a figure, a symbol and a note look like."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

RULES = (
    Rule(
        "C050",
        Severity.ERROR,
        title="A figure is not a number.",
        one="{who}: the {column} “{value}” is not a number.",
        fix="Write digits alone, with a point before decimals: 1234 or 12.5. Where there is no "
        "figure, leave it blank and write a symbol.",
        example="FD01,£12,,,",
    ),
    Rule(
        "C051",
        Severity.ERROR,
        title="A figure has become a date.",
        one="{who}: the {column} “{value}” is a date; spreadsheets make dates of figures.",
        fix="Format the column as a number, type the figure again, and save.",
        example="FD01,03-Feb,,,",
    ),
    Rule(
        "C052",
        Severity.ERROR,
        title="A count is not whole.",
        one="{who}: the {column} {value} is not a whole number.",
        fix="Write the count of children, referrals or plans itself, not a rate or a percentage.",
        example="FD01,51.5,,,",
    ),
    Rule(
        "C053",
        Severity.ERROR,
        title="A figure has more than one decimal.",
        one="{who}: the {column} {value} has more than one decimal.",
        fix="Round it to one decimal, as in 110.9.",
        example="WF01,110.95,,,",
    ),
    Rule(
        "C054",
        Severity.ERROR,
        title="A figure is below zero.",
        one="{who}: the {column} {value} is below zero.",
        fix="Counts start at 0. Where the figure is not known, write the symbol x instead.",
        example="FD01,-5,,,",
    ),
    Rule(
        "C055",
        Severity.ERROR,
        title="A figure is too large to be a count.",
        one="{who}: the {column} {value} is larger than any authority can count.",
        fix="Look for digits too many, or for two figures that ran together.",
        example="FD01,51235123512,,,",
    ),
    Rule(
        "C056",
        Severity.NOTICE,
        title="A thousands comma was left out.",
        one="{who}: the {column} “{value}” was read as {read}.",
        fix="Nothing, if that is the figure.",
        example='FD01,"5,123",,,',
    ),
    Rule(
        "C057",
        Severity.ERROR,
        title="A percentage stands in the place of a count.",
        one="{who}: the {column} “{value}” is a percentage.",
        fix="Write the two counts that make it, numerator and denominator: percentages are worked "
        "out here.",
        example="CP04,81%,86,,",
    ),
    Rule(
        "C058",
        Severity.ERROR,
        title="There is no such symbol.",
        one="{who}: “{value}” is not a symbol.",
        fix="Write z (not applicable), x (not available), c (confidential), u (unreliable) or low "
        "(rounds to zero); “:” and “..” are x, “~” is low.",
        example="FD01,,,n/a,",
    ),
    Rule(
        "C059",
        Severity.ERROR,
        title="A symbol stands in the place of a figure.",
        one="{who}: the symbol “{value}” stands in the column {column}.",
        fix="Move it to the column symbol, and leave numerator and denominator blank.",
        example="FD01,x,,,",
    ),
    Rule(
        "C060",
        Severity.ERROR,
        title="There is a figure and a symbol.",
        one="{who}: there is a figure and the symbol “{value}”.",
        fix="Keep the figure or the symbol: a symbol says that there is no figure to show.",
        example="FD01,5123,,x,",
    ),
    Rule(
        "C061",
        Severity.ERROR,
        title="There is neither a figure nor a symbol.",
        one="{who}: there is neither a figure nor a symbol.",
        fix="Write the figure, 0 where there were none, or a symbol: z not applicable, x not "
        "available, c confidential, u unreliable, low rounds to zero.",
        example="FD01,,,,",
    ),
    Rule(
        "C062",
        Severity.ERROR,
        title="There is a denominator without a numerator.",
        one="{who}: there is a denominator and no numerator.",
        fix="Write the numerator, 0 where there were none, or a symbol in place of both.",
        example="CP04,,86,,",
    ),
    Rule(
        "C063",
        Severity.ERROR,
        title="A note is too long.",
        one="{who}: the note has {length} characters; {longest} are kept.",
        fix="Shorten it, and keep the rest for the commentary.",
        example="FD01,5123,,," + "word " * 401,
    ),
    Rule(
        "C064",
        Severity.ERROR,
        title="A note has characters that are not text.",
        one="{who}: the note has a character that is not text.",
        fix="Type the note again where it was copied from a document.",
        example="FD01,5123,,,bell\x07",
    ),
    Rule(
        "C065",
        Severity.ERROR,
        title="A value has the wrong type.",
        one="{who}: the {column} is {found} in JSON; it should be {wanted}.",
        fix="Write figures without quotation marks, and everything else in them; leave a member "
        "out where there is nothing to say.",
        example='{"authority": "D01", "collection": "riia-quarterly", "period": "2026-27-Q2", '
        '"observations": [{"indicator": "FD01", "numerator": "5123"}]}',
    ),
)
