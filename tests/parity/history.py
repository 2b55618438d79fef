"""Histories drawn from a seed: what authorities, people and operators do, in any order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from schemas.events import FiguresPublished, MethodSet, ReturnWithdrawn
from schemas.reference import ENGLAND, load_library
from schemas.topics import Producer
from services.benchmark.core.state import FIRST_METHOD
from services.ingest.example import example_json
from tests.parity.shell import Act, Clock, Shell

COLLECTION = "riia-quarterly"
QUARTERS = ("2026-27-Q1", "2026-27-Q2")
CODES = ("383", *load_library().neighbours("2025", ENGLAND)["383"])
"""An authority and its ten statistical neighbours, so that one's return changes others' standings.

The figures are drawn; they are nobody's.
"""
MANY, FEW, REFERRALS = (400, 500), (150, 200), 815


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done at a moment; ``kind`` says what, for whoever reads a failure."""

    at: datetime
    kind: str
    act: Act


def tell(seed: int, published: tuple[FiguresPublished, ...]) -> Iterator[Deed]:
    """Tell a history; always the same for a seed, whoever listens."""
    chance = Random(seed)
    moment = datetime(2026, 7, 10, 9, tzinfo=UTC)
    yield Deed(moment, "begin", lambda shell: shell.begin(published))
    yield Deed(moment, "open", lambda shell: shell.open_period(COLLECTION, QUARTERS[0]))
    first = [_return(chance, QUARTERS[0], code=code) for code in chance.sample(CODES, 7)]
    yield Deed(moment, "returns", lambda shell: [shell.submit(body) for body in first])
    kinds = ["return"] * 7 + ["open", "close", "poison", "method", "publish", "withdraw", "answer"]
    kinds += ["explain"] * 2 + ["sign", "unlock"]
    for number in range(1, chance.randint(9, 15)):
        moment += timedelta(hours=chance.randint(1, 400))
        kind = chance.choice(kinds)
        yield Deed(moment, kind, _draw(kind, number, chance, published))


def _draw(kind: str, number: int, chance: Random, published: tuple[FiguresPublished, ...]) -> Act:
    quarter = chance.choice(QUARTERS)
    match kind:
        case "return":
            body = _return(chance, quarter, code=chance.choice(CODES))
            return lambda shell: shell.submit(body)
        case "open":
            return lambda shell: shell.open_period(COLLECTION, QUARTERS[1])
        case "close":
            return lambda shell: shell.close_period(COLLECTION, quarter)
        case "poison":
            return lambda shell: shell.poison(number)
        case "method":
            method = _method(chance)
            producer = Producer.BENCHMARK_SHELL
            return lambda shell: shell.say(method, producer=producer, number=number)
        case "publish":
            later = _later(chance.choice(published), number)
            return lambda shell: shell.publish(later)
        case "withdraw":
            place = chance.random()
            return lambda shell: _withdraw(shell, place, number)
        case _:
            return _speak(kind, number, chance)


def _speak(kind: str, number: int, chance: Random) -> Act:
    if kind in {"sign", "unlock"}:
        body = _return(chance, chance.choice(QUARTERS), code=chance.choice(CODES))
        return lambda shell: _correct(shell, body, sign=kind == "sign")
    if kind == "explain":
        text = f"The records of {number} families were merged."
        return lambda shell: _explain(shell, text)
    place, answer = chance.random(), f"We counted {number} twice."
    return lambda shell: _answer(shell, place, answer)


def _return(chance: Random, quarter: str, *, code: str) -> bytes:
    document = example_json()
    document |= {"authority": code, "period": quarter}
    for observation in document["observations"]:
        if observation["indicator"] == "FD04":
            families = chance.randint(*chance.choice((MANY, FEW)))
            observation |= {"numerator": families, "denominator": REFERRALS}
        elif "numerator" in observation and chance.random() < 0.1:
            indicator = observation["indicator"]
            observation.clear()
            observation |= {"indicator": indicator, "symbol": chance.choice(("x", "c", "z"))}
    return json.dumps(document).encode()


def _method(chance: Random) -> MethodSet:
    return FIRST_METHOD.model_copy(update={"neighbours": chance.choice(("2021", "2025"))})


def _later(figures: FiguresPublished, number: int) -> FiguresPublished:
    """Return a later release of the figures, in which one value in five is a little higher."""
    values = tuple(
        value if value is None or place % 5 else value * 1.1
        for place, value in enumerate(figures.values)
    )
    nothing = (None,) * len(values)
    return figures.model_copy(
        update={
            "release": f"{figures.release}-{number:02d}",
            "values": values,
            "numerators": nothing,
            "denominators": nothing,
        }
    )


def _withdraw(shell: Shell, place: float, number: int) -> None:
    versions = sorted(shell.versions(), key=lambda version: version.return_id)
    if versions:
        version = versions[int(place * len(versions))]
        if number % 2:
            shell.withdraw(version.return_id, f"It was sent by mistake, as file {number}.")
            return
        # Behind the door's back: it may be one that no longer stands.
        withdrawn = ReturnWithdrawn(
            return_id=version.return_id,
            authority=version.authority,
            collection=version.collection,
            period=version.period,
        )
        shell.say(withdrawn, producer=Producer.INGEST, number=number)


def _correct(shell: Shell, body: bytes, *, sign: bool) -> None:
    """Sign off what stands of an authority, or unlock it; then send another version."""
    document = json.loads(body)
    key = (document["authority"], document["collection"], document["period"])
    standing = shell.standing(key)
    if standing is not None and sign:
        shell.sign_off(standing.return_id)
    elif standing is not None:
        shell.unlock(standing.return_id, "A month had been left out.")
    shell.submit(body, reason="It holds the month that had been left out.")


def _explain(shell: Shell, text: str) -> None:
    """Explain the return that was accepted last: it stands, and others' queries wait."""
    for version in sorted(shell.versions(), key=lambda v: (v.received_at, v.return_id))[-3:]:
        shell.explain(version.return_id, text)


def _answer(shell: Shell, place: float, text: str) -> None:
    alerts = shell.alerts()
    if alerts:
        shell.answer(alerts[int(place * len(alerts))], text)


def live(deeds: Iterator[Deed], shell: Shell, clock: Clock) -> list[str]:
    """Let a shell live through a history, settling after each deed; return what was done."""
    done = []
    for deed in deeds:
        clock.moment = deed.at
        deed.act(shell)
        shell.settle()
        done.append(deed.kind)
    return done
