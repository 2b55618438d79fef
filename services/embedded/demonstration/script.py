"""The script: the story played out as actions, each at its moment, in order."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from schemas.events import FiguresPublished, derived_id
from schemas.periods import Period
from schemas.reference import DEMONSTRATION, Library
from services.embedded.demonstration.action import (
    Action,
    Answer,
    ClosePeriod,
    OpenPeriod,
    SignOff,
    Submit,
)
from services.embedded.demonstration.body import Line, write_body
from services.embedded.demonstration.chance import Chance
from services.embedded.demonstration.england import read_england
from services.embedded.demonstration.figure import Draw, Drawn, Figures
from services.embedded.demonstration.level import Levels
from services.embedded.demonstration.story import Sender, Story, Word

CATALOGUE = "2026.1"
_OPENS = time(7, 0, tzinfo=UTC)
_CLOSES = time(17, 0, tzinfo=UTC)
_WORK_BEGINS = time(8, tzinfo=UTC)
_WORKING_DAY = 8 * 60
_APART = 7


def write_script(
    published: Iterable[FiguresPublished], *, story: Story, library: Library
) -> tuple[Action, ...]:
    """Return everything that happens, in order of time; the same inputs always give the same."""
    england = read_england(published, indicators=library.catalogue(CATALOGUE))
    authorities = library.senders(DEMONSTRATION)
    actions: list[Action] = [
        *_calendar(story),
        *(_answer(story, word) for word in story.words),
        *_approvals(story),
    ]
    for sender in story.senders:
        levels = Levels(story, england, sender, authorities[sender.code])
        actions += _returns(story, sender, levels, library)
    end = datetime.combine(story.until, time.max, tzinfo=UTC)
    return tuple(sorted((a for a in actions if a.at <= end), key=lambda action: action.at))


def _calendar(story: Story) -> Iterator[Action]:
    for period in story.quarters():
        due = period.ends + timedelta(days=story.due_after)
        closes = period.ends + timedelta(days=story.closes_after)
        for place, collection in enumerate(story.collections):
            apart = timedelta(minutes=place)
            opens = _at(period.ends + timedelta(days=1), _OPENS)
            yield OpenPeriod(opens + apart, collection, str(period), due)
            yield ClosePeriod(_at(closes, _CLOSES) + apart, collection, str(period))


def _answer(story: Story, word: Word) -> Answer:
    begun = [period for period in reversed(story.quarters()) if period.ends < word.at.date()]
    alerts = (
        derived_id(DEMONSTRATION, word.authority, word.signature, str(period)) for period in begun
    )
    return Answer(word.at, word.authority, word.signature, word.kind, word.text, tuple(alerts))


def _approvals(story: Story) -> Iterator[SignOff]:
    for each in story.approvals:
        for place, collection in enumerate(story.collections):
            at = each.at + timedelta(minutes=place)
            yield SignOff(at, each.authority, collection, each.period)


def _returns(story: Story, sender: Sender, levels: Levels, library: Library) -> Iterator[Submit]:
    draw = Draw(levels)
    for period in story.quarters():
        figures = draw.quarter(period)
        days = story.days(sender, period)
        if days is None:
            continue
        minute = Chance(story.seed, sender.code, str(period), "minute").binomial(_WORKING_DAY, 0.5)
        at = _at(period.ends + timedelta(days=days), _WORK_BEGINS) + timedelta(minutes=minute)
        for place, collection in enumerate(story.collections):
            codes = library.collection(collection, version=CATALOGUE)
            for wait, shown in _versions(story, sender, period, figures, codes):
                yield Submit(
                    at + timedelta(minutes=_APART * place) + wait,
                    sender.code,
                    collection,
                    str(period),
                    write_body(
                        [_line(story, sender, code, period, shown) for code in codes],
                        authority=sender.code,
                        collection=collection,
                        period=str(period),
                        media_type=sender.media_type,
                    ),
                    sender.media_type,
                    corrects=bool(wait),
                )


def _versions(
    story: Story, sender: Sender, period: Period, figures: Figures, codes: Sequence[str]
) -> Iterator[tuple[timedelta, Figures]]:
    """Yield what is sent and how long after the first time: once, but for a mistake twice."""
    mistakes = [
        each
        for each in story.mistakes
        if (each.authority, each.period) == (sender.code, str(period)) and each.indicator in codes
    ]
    wrong = {
        each.indicator: Drawn(each.numerator, figures[each.indicator].denominator)
        for each in mistakes
    }
    yield timedelta(), {**figures, **wrong}
    if mistakes:
        yield timedelta(days=max(each.corrected_after for each in mistakes)), figures


def _line(story: Story, sender: Sender, code: str, period: Period, figures: Figures) -> Line:
    gap = story.gap(sender.code, code, period)
    if gap is not None:
        return Line(code, symbol=gap[0], note=gap[1])
    drawn = figures[code]
    if drawn.denominator == 0:
        return Line(code, symbol="z")
    note = story.note(sender.code, code, period)
    return Line(code, drawn.numerator, drawn.denominator, note=note)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment)
