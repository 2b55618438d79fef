"""The form of a rule."""

from dataclasses import dataclass

from schemas.events.returns import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule looks for, how it says so, and an example that meets it.

    ``one`` and ``many`` (where several places meet it alike) say what is wrong, ``fix`` says what
    to do next. Their braces name facts: ``{who}`` is the indicators, or the places where there are
    none. ``example`` is what to send: a whole JSON or CSV body, or rows of a CSV
    (``indicator,numerator,denominator,symbol,note``) that stand in a return without any other
    fault, ``times`` times, after the rows ``before`` in as many ``quarters`` before. ``quiet`` is
    an example that comes near and does not meet it; blank stands for the return without any fault.
    Where ``workbook`` is set, the example only describes one. ``since`` is the version of the rules
    that brought it.
    """

    code: str
    severity: Severity
    title: str
    one: str
    fix: str
    example: str
    many: str = ""
    quiet: str = ""
    before: str = ""
    quarters: int = 1
    times: int = 1
    encoding: str = "utf-8"
    workbook: bool = False
    since: str = "2026.1"

    @property
    def part(self) -> str:
        """The letter of the part of the catalogue that it stands in."""
        return self.code[0]
