"""Rules of time: notices about when a return comes. They ask for nothing."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

_HEADER = "authority,collection,period,indicator,numerator,denominator,symbol,note\n"

RULES = (
    Rule(
        "T270",
        Severity.NOTICE,
        title="The period is not open yet.",
        one="Returns of {collection} for {period} are not being taken yet.",
        fix="The return can be checked now, and sent when the collection opens.",
        example="FD01,5123,,,",
    ),
    Rule(
        "T271",
        Severity.NOTICE,
        title="The period is closed.",
        one="The collection {collection} for {period} has closed, so the return counts as late.",
        fix="Do nothing. It is accepted as late.",
        example="FD01,5123,,,",
    ),
    Rule(
        "T272",
        Severity.NOTICE,
        title="The return comes after the day it was due.",
        one="Returns were due by {due}.",
        fix="Do nothing. It is accepted, and its receipt says that it is late.",
        example="FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "T273",
        Severity.NOTICE,
        title="The quarter is not over.",
        one="The quarter ends on {ends}, so its figures can still change.",
        fix="Send the return again when the quarter is over, if figures have changed.",
        example="FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "T274",
        Severity.NOTICE,
        title="The return that stands was signed off.",
        one="Another version takes the place of one that was signed off, so it needs a reason.",
        fix="Send it with ?reason= and why, and have it signed off again.",
        example="FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "T275",
        Severity.NOTICE,
        title="The return that stands is locked.",
        one="The collection {collection} for {period} has closed, so what stands is locked.",
        fix="Ask the regional analyst to unlock it before sending another version.",
        example="FD01,5123,,,",
        since="2026.2",
    ),
    Rule(
        "T276",
        Severity.NOTICE,
        title="The return is of the sandbox.",
        one="This quarter is the sandbox: nothing that is returned for it counts.",
        fix="Do nothing if you are trying things out. What is to count names its own quarter.",
        example=_HEADER + "D01,riia-quarterly,2000-01-Q1,FD01,5123,,,",
        quiet=_HEADER + "D01,riia-quarterly,2026-27-Q1,FD01,5123,,,",
        since="2026.2",
    ),
)
