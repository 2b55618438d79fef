"""What a notice says: a question for the authority, with its evidence and its limits.

It is never a verdict. It names the year of every published figure, says how often chance alone
would ask, and what happens next. A person's answer is linked and not quoted: its words can be
erased, a message that was sent cannot.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.events import (
    AlertSeverity,
    AudienceSet,
    Evidence,
    NoticePlanned,
    NoticeReason,
    SignatureEvent,
    SignatureWithdrawn,
)
from schemas.events.alerts import Grounds
from schemas.reference import ENGLAND, Indicator, Library
from services.alerts.core.condition import say_condition
from services.alerts.core.figure import (
    say_england,
    say_flag,
    say_level,
    say_neighbours,
    say_period,
    say_place,
)
from services.alerts.core.letter import Letter, Row, Section, Table
from services.alerts.core.phrase import (
    ABOUT,
    CHANCE,
    DEMONSTRATION,
    NEXT,
    OVERTAKEN,
    REPEAT,
    SEVERITY,
    SUBJECT,
    WHY_NOW,
    say_withdrawal,
)

_WITH_GROUNDS = frozenset(
    {
        NoticeReason.FIRST,
        NoticeReason.WORSENED,
        NoticeReason.STILL_OPEN,
        NoticeReason.LOWERED,
    }
)


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a notice speaks of.

    ``grounds`` is the last event before it that stated grounds, ``ended`` the event that it tells
    of where it tells of an end. ``overtaken`` says that the alert has ended since it was planned,
    ``possible_repeat`` that an earlier try may have gone out.
    """

    planned: NoticePlanned
    audience: AudienceSet
    nation: str
    grounds: Grounds
    ended: SignatureEvent | None = None
    overtaken: Literal["cleared", "withdrawn"] | None = None
    possible_repeat: bool = False


def word(matter: Matter, *, library: Library, base_url: str) -> Letter:
    """Return the letter of a notice; ``base_url`` is where the product's pages are."""
    planned = matter.planned
    authority = library.authority(planned.authority).name
    name = name_signature(matter.grounds, library)
    period = matter.ended.period if matter.ended else planned.period
    words = {"authority": authority, "name": name, "period": say_period(period)}
    subject = SUBJECT[planned.reason].format(**words)
    if matter.nation != ENGLAND:
        subject = f"[Demonstration] {subject}"
    if matter.possible_repeat:
        subject = f"This may be a repeat: {subject}"
    return Letter(
        subject=subject,
        title=SUBJECT[planned.reason].format(**words),
        paragraphs=tuple(_opening(matter, words)),
        sections=tuple(_sections(matter, library, authority)),
        link=f"{base_url.rstrip('/')}/alerts/{planned.alert}",
        link_words="Read the question, its evidence and any answers",
        footer=_footer(matter, library),
    )


def headline(grounds: Grounds, library: Library) -> str:
    """Return the headline of an alert: whose question it is, and what about."""
    authority = library.authority(grounds.authority).name
    return f"Question for {authority}: {name_signature(grounds, library)}"


def name_signature(said: SignatureEvent, library: Library) -> str:
    """Return a signature's name from the rule file that raised it, its id if that has none."""
    signature, _, code = said.signature.partition(":")
    rules = library.rules(said.rule_version)
    for rule in rules.get("signature", ()):
        if rule["id"] == signature:
            indicator = _catalogue(rules, library).get(code)
            return str(rule["name"]).replace("{indicator}", indicator.name if indicator else code)
    return said.signature


def _opening(matter: Matter, words: Mapping[str, str]) -> Iterator[str]:
    reason = matter.planned.reason
    if matter.possible_repeat:
        yield REPEAT
    if matter.nation != ENGLAND:
        yield DEMONSTRATION
    if matter.overtaken is not None and reason in _WITH_GROUNDS:
        yield OVERTAKEN[matter.overtaken]
    yield ABOUT[reason].format(**words)
    if isinstance(matter.ended, SignatureWithdrawn):
        yield say_withdrawal(
            matter.ended.reason, period=words["period"], authority=words["authority"]
        )
    yield WHY_NOW[reason].format(**words)
    if reason in _WITH_GROUNDS and matter.planned.severity is not AlertSeverity.WATCH:
        yield SEVERITY[matter.planned.severity]


def _sections(matter: Matter, library: Library, authority: str) -> Iterator[Section]:
    grounds = matter.grounds
    rules = library.rules(grounds.rule_version)
    catalogue = _catalogue(rules, library)
    yield Section("The question", (grounds.question,))
    if matter.planned.reason in _WITH_GROUNDS:
        rows = tuple(_rows(grounds.evidence, catalogue))
        if rows:
            yield Section("What the figures show", table=_table(rows, authority))
        asked = tuple(say_condition(condition, catalogue) for condition in grounds.conditions)
        source = f"This is rule {grounds.signature} of rule file {grounds.rule_version}."
        yield Section("What the rule looked at", (source,), bullets=asked)
        if grounds.caveats:
            yield Section("What to bear in mind", bullets=grounds.caveats)
        yield from _chance(rules)
    yield Section("What happens next", NEXT[matter.audience.kind, matter.planned.reason])


def _rows(evidence: tuple[Evidence, ...], catalogue: Mapping[str, Indicator]) -> Iterator[Row]:
    for item in evidence:
        indicator = catalogue.get(item.standing.indicator)
        if indicator is None:
            continue
        period = say_period(item.period)
        published = ", published" if item.basis == "published" else ""
        yield Row(
            name=f"{indicator.name} ({period}{published})",
            cells=(
                say_level(item, indicator),
                say_england(item.standing, indicator),
                say_neighbours(item.standing.neighbours, indicator),
                say_place(item.standing),
            ),
            remark=say_flag(item.standing, indicator),
        )


def _table(rows: tuple[Row, ...], authority: str) -> Table:
    return Table(
        caption=f"{authority} beside England and its statistical neighbours. Place 1 is the best.",
        head="Indicator",
        columns=(authority, "England", "Statistical neighbours", "Place in England"),
        rows=rows,
    )


def _chance(rules: Mapping[str, Any]) -> Iterator[Section]:
    """Say how many pushes to expect by chance; nothing where the rule file does not know."""
    expected = rules.get("expected", {})
    if not expected.get("per_authority"):
        return
    yield Section(
        "How often chance alone asks",
        (
            CHANCE.format(
                each=f"{expected['per_authority']:.2g}",
                region=f"{expected['region_of_eleven']:.2g}",
            ),
        ),
    )


def _footer(matter: Matter, library: Library) -> str:
    place = matter.audience.covers
    if matter.audience.kind == "region":
        whom = f"the regional group of {library.region(place).name}"
    else:
        whom = f"the director of children's services of {library.authority(place).name}"
    return (
        f"Sent to {whom} by Tartan. A signature is a question for the authority, never a judgement "
        "of it, and no prediction of an inspection."
    )


def _catalogue(rules: Mapping[str, Any], library: Library) -> Mapping[str, Indicator]:
    version = rules.get("catalogue")
    return library.catalogue(str(version)) if version else {}
