"""Plays the script through the doors that everyone uses."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from schemas.events import derived_id
from schemas.sign_off import STATEMENT
from services.alerts.office import AnswerKind, Office
from services.embedded.demonstration.action import (
    Action,
    Answer,
    ClosePeriod,
    OpenPeriod,
    SignOff,
    Submit,
)
from services.embedded.demonstration.moment import StoryClock
from services.ingest.core.acceptance import EarlierVersion
from services.ingest.core.approval import decide_sign_off, sign_off_of
from services.ingest.core.calendar import AlreadyClosed
from services.ingest.core.document import Format
from services.ingest.desk import Desk

CHANNEL = "demonstration"


class NothingToAnswer(Exception):
    """The story has an authority answer an alert that does not stand: story and rules differ."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(
            f"{answer.authority} has no open alert of {answer.signature} on {answer.at:%d %B %Y}."
        )


class NothingToSign(Exception):
    """The story has a director sign a return off that does not stand."""

    def __init__(self, signed: SignOff) -> None:
        super().__init__(f"No return of {signed.authority} stands on {signed.at:%d %B %Y}.")


def load(
    actions: Iterable[Action],
    *,
    desk: Desk,
    office: Office,
    clock: StoryClock,
    settle: Callable[[], object],
) -> int:
    """Play the actions in order at their moments and return how many there were.

    ``settle`` returns once everything has been dealt with that the log holds; what follows from an
    action then bears the action's time. England's published figures and the audiences are logged
    before. Played over what a load that was broken off had written, it goes on from there. Raises
    Faulty, NothingToAnswer or NothingToSign if the story does not fit the rules.
    """
    played = 0
    for action in actions:
        clock.show(action.at)
        _play(action, desk=desk, office=office)
        settle()
        played += 1
    clock.finish()
    return played


def _play(action: Action, *, desk: Desk, office: Office) -> None:
    match action:
        case OpenPeriod(collection=collection, period=period, due=due):
            with suppress(AlreadyClosed):
                desk.open_period(collection, period, due=due)
        case ClosePeriod(collection=collection, period=period):
            desk.close_period(collection, period)
        case Submit(body=body, media_type=media_type):
            with suppress(EarlierVersion):
                desk.submit(body, format=Format(media_type), channel=CHANNEL)
        case Answer():
            _answer(action, office)
        case SignOff():
            _sign_off(action, desk)


def _sign_off(action: SignOff, desk: Desk) -> None:
    key = (action.authority, action.collection, action.period)
    standing = desk.ask(lambda known, _: known.slot(key).current)
    if standing is None:
        raise NothingToSign(action)
    actor = derived_id("demonstration", "director", action.authority)
    decide = partial(decide_sign_off, statement=STATEMENT, actor=actor)
    desk.tell(standing.return_id, decide, sign_off_of)


def _answer(action: Answer, office: Office) -> None:
    office.catch_up()
    with office.hold() as register:
        known = register.state.alerts
        standing = [alert for alert in action.alerts if alert in known and known[alert].open]
    if not standing:
        raise NothingToAnswer(action)
    office.answer(
        standing[0],
        kind=AnswerKind(action.kind),
        text=action.text,
        actor=derived_id("demonstration", action.authority),
    )
