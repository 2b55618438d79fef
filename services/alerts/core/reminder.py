"""What a reminder says: which return is awaited, by when, and what whoever sends it can do now."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from schemas.catalogue import COLLECTIONS
from schemas.events import AudienceSet, ReminderKind, ReminderPlanned
from schemas.reference import ENGLAND, Library
from schemas.working_day import DayUnknown
from services.alerts.core.figure import say_period
from services.alerts.core.letter import Letter, Section
from services.alerts.core.phrase import REPEAT

_DEMONSTRATION = "This is a demonstration. The authorities and their figures are invented."
_COME = (
    "Since this message was planned the return has come in, or its period has closed. Nobody "
    "waits for it any more, and you need to do nothing."
)
_SUBJECT = {
    ReminderKind.BEFORE_DUE: "Due by {due}: {what} of {who}",
    ReminderKind.OVERDUE: "Overdue since {due}: {what} of {who}",
    ReminderKind.CHASE_LIST: "{many} overdue since {due}: {what}",
}
_OPENING = {
    ReminderKind.BEFORE_DUE: "The {what} of {who} has not come in yet. It is due by {due}{left}.",
    ReminderKind.OVERDUE: "The {what} of {who} was due by {due}{left}, and has not come in.",
    ReminderKind.CHASE_LIST: "The {what} was due by {due}{left}. {many} have not come in.",
}
_ON_ITS_WAY = "If it is on its way, you need to do nothing. We write once before the due day."
_STILL_TAKEN = (
    "It is still taken, and counts as late. If it has to wait, the regional group is glad of a "
    "word. We do not write about it again."
)
_TOLD_THEMSELVES = (
    "Each of them is told by itself where Tartan knows an address. Where an authority cannot "
    "send its return, you can send it in its place, with the reason."
)


@dataclass(frozen=True, slots=True)
class Awaited:
    """All that a reminder speaks of; ``still`` are those who are awaited when it is sent."""

    planned: ReminderPlanned
    audience: AudienceSet
    nation: str
    still: Collection[str]
    possible_repeat: bool = False


def word_reminder(awaited: Awaited, *, library: Library, base_url: str) -> Letter:
    """Return the letter of a reminder; ``base_url`` is where the product's pages are."""
    planned, base = awaited.planned, base_url.rstrip("/")
    count = len(planned.authorities)
    name = COLLECTIONS.get(planned.collection, planned.collection)
    words = {
        "what": f"{name[:1].lower()}{name[1:]} for {say_period(planned.period)}",
        "who": library.authority(planned.authorities[0]).name,
        "due": _spoken(planned.due),
        "left": _left(planned, library),
        "many": f"{count} {'return' if count == 1 else 'returns'}",
    }
    title = _SUBJECT[planned.kind].format(**words)
    subject = title if awaited.nation == ENGLAND else f"[Demonstration] {title}"
    if awaited.possible_repeat:
        subject = f"This may be a repeat: {subject}"
    opening = _OPENING[planned.kind].format(**words)
    if planned.kind is ReminderKind.CHASE_LIST and count == 1:
        opening = opening.replace(" have not come in", " has not come in")
    return Letter(
        subject=subject,
        title=title,
        paragraphs=tuple(_paragraphs(awaited, opening)),
        sections=tuple(_sections(awaited, library, base)),
        link=f"{base}/collections/{planned.collection}/{planned.period}",
        link_words="See who has returned and who is awaited",
        footer=_footer(awaited.audience, library),
    )


def _paragraphs(awaited: Awaited, opening: str) -> Iterator[str]:
    if awaited.possible_repeat:
        yield REPEAT
    if awaited.nation != ENGLAND:
        yield _DEMONSTRATION
    if not set(awaited.planned.authorities) & set(awaited.still):
        yield _COME
    yield opening


def _sections(awaited: Awaited, library: Library, base: str) -> Iterator[Section]:
    planned = awaited.planned
    if planned.kind is ReminderKind.CHASE_LIST:
        names = (
            library.authority(code).name + ("" if code in awaited.still else ": no longer awaited")
            for code in planned.authorities
        )
        yield Section("Whose return is awaited", (_TOLD_THEMSELVES,), bullets=tuple(sorted(names)))
        return
    template = f"{base}/templates?collection={planned.collection}&period={planned.period}"
    closing = _ON_ITS_WAY if planned.kind is ReminderKind.BEFORE_DUE else _STILL_TAKEN
    yield Section(
        "What you can do",
        (closing,),
        bullets=(
            f"Fill in a template that holds last quarter's figures: {template}",
            f"See all that is wrong with a file before you send it: {base}/check",
            "If a figure cannot be had, send the rest: a symbol and a note stand in its place.",
        ),
    )


def _left(planned: ReminderPlanned, library: Library) -> str:
    """Say how far off the due day is, in working days; nothing where that is not known."""
    today, due = date.fromisoformat(planned.at[:10]), date.fromisoformat(planned.due)
    try:
        days = library.working_days.between(today, due)
    except DayUnknown:
        return ""
    many = f"{abs(days)} working {'day' if abs(days) == 1 else 'days'}"
    if planned.kind is ReminderKind.BEFORE_DUE:
        return f", in {many}" if days else ", which is today"
    return f", {many} ago" if days else ""


def _footer(audience: AudienceSet, library: Library) -> str:
    if audience.kind == "region":
        return f"Sent to the regional group of {library.region(audience.covers).name} by Tartan."
    return f"Sent to {library.authority(audience.covers).name} by Tartan."


def _spoken(day: str) -> str:
    found = date.fromisoformat(day)
    return f"{found:%A} {found.day} {found:%B %Y}"
