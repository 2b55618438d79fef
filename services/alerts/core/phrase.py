"""The fixed sentences of notices by reason; authority, name and period are filled in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from schemas.events import AlertSeverity, NoticeReason

SUBJECT: Mapping[NoticeReason, str] = MappingProxyType(
    {
        NoticeReason.FIRST: "Question for {authority}: {name}",
        NoticeReason.WORSENED: "More serious now: question for {authority}: {name}",
        NoticeReason.STILL_OPEN: "Still open: question for {authority}: {name}",
        NoticeReason.LOWERED: "Less serious after a correction: question for {authority}: {name}",
        NoticeReason.ANSWERED: "{authority} has answered: {name}",
        NoticeReason.RESOLVED: "Closed: question for {authority}: {name}",
        NoticeReason.WITHDRAWN: "Withdrawn: question for {authority}: {name}",
    }
)

ABOUT: Mapping[NoticeReason, str] = MappingProxyType(
    {
        NoticeReason.FIRST: "The figures of {authority} for {period} raise a question. It is a "
        "question for the authority, not a judgement of it.",
        NoticeReason.WORSENED: "A question that we told you of about {authority} has become more "
        "serious with the figures for {period}. It is still a question, not a judgement.",
        NoticeReason.STILL_OPEN: "A question that we told you of about {authority} is still open "
        "with the figures for {period}. It is a question for the authority, not a judgement of it.",
        NoticeReason.LOWERED: "We told you of a question about {authority}. A correction of the "
        "figures has made it less serious than we said. Please go by this message.",
        NoticeReason.ANSWERED: "{authority} has answered a question that we told you of.",
        NoticeReason.RESOLVED: "A question that we told you of about {authority} is closed.",
        NoticeReason.WITHDRAWN: "We withdraw a question that we told you of about {authority}. "
        "Please do not rely on our earlier messages about it.",
    }
)

WHY_NOW: Mapping[NoticeReason, str] = MappingProxyType(
    {
        NoticeReason.FIRST: "We are telling you now because you have not been told of this "
        "question before.",
        NoticeReason.WORSENED: "We are telling you now because it is more serious than when we "
        "last wrote to you about it.",
        NoticeReason.STILL_OPEN: "We are telling you now because a new quarter has come in and "
        "nobody has acknowledged the question. We do so once a quarter at most.",
        NoticeReason.LOWERED: "We are telling you now because you were told that it was more "
        "serious.",
        NoticeReason.ANSWERED: "The words are not in this message, so that the authority can "
        "correct them or take them back.",
        NoticeReason.RESOLVED: "New figures have come in, up to {period}. On these figures the "
        "question would not have been asked.",
        NoticeReason.WITHDRAWN: "We are telling you now because you were told of the question.",
    }
)

SEVERITY: Mapping[AlertSeverity, str] = MappingProxyType(
    {
        AlertSeverity.CONCERN: "It stands as a concern: the exact test says of at least one of the "
        "figures that it differs from England's by more than chance and the ordinary differences "
        "between authorities.",
        AlertSeverity.ESCALATE: "It stands at the highest level: it has been a concern for "
        "several quarters running, or it stands beside another question that rests on other "
        "figures.",
    }
)

REPEAT = (
    "This may be a repeat. We could not tell whether our last try to send you this message "
    "reached you."
)
DEMONSTRATION = "This is a demonstration. The authority and its figures are invented."
OVERTAKEN: Mapping[Literal["cleared", "withdrawn"], str] = MappingProxyType(
    {
        "cleared": "Since this message was planned the question has been closed. A message of its "
        "own says so.",
        "withdrawn": "Since this message was planned the question has been withdrawn. A message of "
        "its own says why. Please do not rely on this one.",
    }
)
CHANCE = (
    "Suppose no authority in England really differed from the others. All rules together would "
    "then still send about {each} questions about one authority in a quarter, and about {region} "
    "in a region of 11 authorities."
)

_WITHDRAWN: Mapping[str, str] = MappingProxyType(
    {
        "the_authority_corrected_its_figures": "{authority} corrected its figures for {period}. On "
        "the corrected figures the question would not have been asked.",
        "the_authority_s_return_came_in": "A return of {authority} came in that had not been "
        "in before. With it the question for {period} would not have been asked.",
        "the_authority_explained_its_figures": "{authority} explained its figures for {period}. "
        "With that the question would not have been asked.",
        "the_authority_withdrew_its_return": "{authority} withdrew its return for {period}, so the "
        "figures that the question rested on no longer stand.",
        "another_authority_s_figures_moved_the_comparison": "Another authority sent or corrected "
        "its figures. Beside the new comparison the question would not have been asked.",
        "published_figures_moved_the_comparison": "New published figures came in. Beside them the "
        "question would not have been asked.",
        "the_comparison_was_fixed_anew": "The comparison with England was fixed anew for {period}. "
        "Beside it the question would not have been asked.",
        "the_method_changed": "The method was changed. By the new one the question would not have "
        "been asked.",
        "the_signature_is_no_longer_in_the_rules": "The rule that asked the question is no longer "
        "in use.",
    }
)


def say_withdrawal(reason: str, *, period: str, authority: str) -> str:
    """Return which correction removed the ground; benchmark's own words where they are new."""
    known = _WITHDRAWN.get(reason)
    if known is None:
        return f"The ground was removed: {reason.replace('_', ' ')}."
    return known.format(period=period, authority=authority)


_ANSWER = (
    "Please answer with what you know. Your answer stands beside the question, and the regional "
    "group is told of it."
)
_AWAIT = (
    "The authority can answer on the page of the question. We tell you when it does. A person who "
    "knows the authority should read the evidence before anyone acts on it."
)
_REMIND = (
    "If you have seen this and need no reminder, acknowledge it there. We write again if it "
    "becomes more serious, when it is closed and if it is withdrawn."
)
_NOTHING = "You need to do nothing."
_READ = "You can read the answer on the page of the question."

NEXT: Mapping[tuple[Literal["region", "authority"], NoticeReason], tuple[str, ...]] = (
    MappingProxyType(
        {("authority", reason): (_ANSWER, _REMIND) for reason in NoticeReason}
        | {("region", reason): (_AWAIT, _REMIND) for reason in NoticeReason}
        | {
            (kind, reason): (_NOTHING,)
            for kind in ("region", "authority")
            for reason in (NoticeReason.RESOLVED, NoticeReason.WITHDRAWN)
        }
        | {(kind, NoticeReason.ANSWERED): (_READ,) for kind in ("region", "authority")}
    )
)
