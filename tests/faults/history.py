"""A small seeded history: what people and systems send over half a year, moment by moment."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from schemas.events import derived_id
from schemas.reference import DEMONSTRATION
from services.ingest.example import example_json

COLLECTION, FIRST, SECOND = "riia-quarterly", "2026-27-Q1", "2026-27-Q2"
CODES = tuple(f"D{number:02d}" for number in range(1, 12))
_MANY, _FEW = (400, 450), (150, 200)
_REFERRALS = 815


@dataclass(frozen=True, slots=True)
class Post:
    """A request and the statuses that answer it. While the status is among ``until`` it is early:
    what it speaks of is still on its way.
    """

    at: datetime
    path: str
    body: bytes
    statuses: frozenset[int]
    until: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment before which all that went before has been dealt with; ``down`` is the far side."""

    at: datetime
    down: bool = False


def tell(seed: int) -> Iterator[Post | Turn]:
    """Tell the story of a seed: always the same, whoever listens.

    An authority's red figure raises a pushed alert, is answered, and falls away with a correction;
    a second one's stands until the next quarter and becomes due for a reminder; a third one's is
    raised while nobody takes notices. Between them others return, and some requests are wrong.
    """
    chance = Random(seed)
    codes = list(CODES)
    chance.shuffle(codes)
    wrong, standing, unheard, *others = codes[: chance.choice((4, 5))]
    clock = _Clock(datetime(2026, 9, 14, 9, tzinfo=UTC))
    yield _calendar(clock, FIRST, "open")
    first = [_send(clock, code, FIRST, chance, _FEW) for code in others]
    first.append(_send(clock, wrong, FIRST, chance, _MANY))
    first.append(_send(clock, standing, FIRST, chance, _MANY))
    yield from first
    yield _answer(clock, wrong, FIRST, "answer", f"We opened {chance.randint(2, 90)} cases twice.")
    again = chance.choice(first)
    yield Post(clock.next(), again.path, again.body, frozenset({200}))
    yield _send(clock, wrong, FIRST, chance, _FEW)
    yield Post(clock.next(), "/v1/returns", first[-2].body, frozenset({409}))
    yield Turn(clock.next(), down=True)
    yield _send(clock, unheard, FIRST, chance, _MANY)
    yield Turn(clock.next(), down=True)
    yield Turn(clock.next())
    yield Post(clock.next(), "/v1/returns", first[0].body[:-40] + b"]}", frozenset({422}))
    yield _calendar(clock, FIRST, "close")
    clock.moment = datetime(2026, 10, 6, 9, tzinfo=UTC)
    yield _calendar(clock, SECOND, "open")
    yield _send(clock, standing, SECOND, chance, _MANY)
    if chance.random() < 0.5:
        yield _answer(clock, unheard, FIRST, "acknowledgement", "")
    yield _send(clock, chance.choice(others), SECOND, chance, _FEW)
    yield Turn(datetime(2026, 12, 1, 9, tzinfo=UTC))


class _Clock:
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def next(self) -> datetime:
        self.moment += timedelta(hours=1)
        return self.moment


def _calendar(clock: _Clock, period: str, action: str) -> Post:
    due = "?due=2026-11-30" if action == "open" else ""
    path = f"/v1/periods/{COLLECTION}/{period}/{action}{due}"
    return Post(clock.next(), path, b"", frozenset({200}))


def write_return(code: str, period: str, *, families: int) -> bytes:
    """Return a whole return with a note, in which so many families came back within a year."""
    document = example_json()
    document |= {"authority": code, "period": period}
    for observation in document["observations"]:
        if observation["indicator"] == "FD04":
            observation |= {"numerator": families, "denominator": _REFERRALS}
    return json.dumps(document).encode()


def _send(clock: _Clock, code: str, period: str, chance: Random, families: tuple[int, int]) -> Post:
    body = write_return(code, period, families=chance.randint(*families))
    return Post(clock.next(), "/v1/returns", body, frozenset({202, 200}))


def _answer(clock: _Clock, code: str, period: str, kind: str, text: str) -> Post:
    alert = derived_id(DEMONSTRATION, code, "RED:FD04", period)
    return Post(
        clock.next(),
        f"/v1/alerts/{alert}/answers",
        json.dumps({"kind": kind, "text": text}).encode(),
        frozenset({202, 200}),
        until=frozenset({404}),
    )
