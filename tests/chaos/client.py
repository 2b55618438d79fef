"""Authorities' systems and readers in a storm: they ask again until they are told, and remember it.

One authority has one client, and a client does one thing after another, each until its outcome is
known. So it can say in the end exactly which versions there are, in which order.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event as Signal
from threading import Thread
from typing import Any, NamedTuple

from schemas.events import ReturnWithdrawn, derived_id
from schemas.reference import DEMONSTRATION
from tests.faults.history import COLLECTION, FIRST, write_return

_TIMEOUT_SECONDS = 6.0
_BETWEEN = (0.05, 0.8)
_FAMILIES = ((400, 450), (400, 450), (150, 200))
_UNAVAILABLE = 503
Withdraw = Callable[[ReturnWithdrawn], None]


class Slot(NamedTuple):
    """What one return is of."""

    authority: str
    period: str


class Word(NamedTuple):
    """A version that was accepted, or ``withdrawn``; ``families`` is a figure of it."""

    return_id: str
    sha256: str
    families: int
    withdrawn: bool = False


@dataclass
class Account:
    """What a client was told. ``surprises`` are answers that nobody may get."""

    words: dict[Slot, list[Word]] = field(default_factory=dict)
    bodies: set[str] = field(default_factory=set)
    answers: set[str] = field(default_factory=set)
    posts: int = 0
    reads: Counter[int] = field(default_factory=Counter)
    retries: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)


class Client(Thread):
    """Sends returns and answers of one authority until told to stop."""

    def __init__(
        self,
        code: str,
        chance: Random,
        *,
        door: int,
        office: int,
        periods: list[str],
        withdraw: Withdraw,
        stop: Signal,
    ) -> None:
        super().__init__(name=f"client-{code}", daemon=True)
        self.account = Account()
        self._code = code
        self._chance = chance
        self._door = door
        self._office = office
        self._periods = periods
        self._withdraw_by = withdraw
        self._halt = stop

    def run(self) -> None:
        deeds = (self._send, self._send, self._send, self._send_again, self._send_earlier,
                 self._withdraw, self._answer, self._send_faulty, self._look_up)  # fmt: skip
        try:
            while not self._halt.wait(self._chance.uniform(*_BETWEEN)):
                slot = Slot(self._code, self._chance.choice(self._periods))
                self._chance.choice(deeds)(slot)
        except Exception as error:  # noqa: BLE001 - whatever it is, the oracle is to hear of it
            self.account.surprises.append(f"{self._code} gave up: {error!r}")

    def ask(self, port: int, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Post until there is an answer other than 503, always the same bytes."""
        self.account.posts += 1
        while True:
            answer = post(port, path, body)
            if answer is not None:
                self.account.statuses[answer[0]] += 1
                if answer[0] < 500:
                    return answer
                if answer[0] != _UNAVAILABLE:
                    self.account.surprises.append(f"POST {path} was answered {answer}")
            self.account.retries += 1
            time.sleep(self._chance.uniform(0.1, 0.7))

    def _send(self, slot: Slot) -> None:
        families = self._chance.randint(*self._chance.choice(_FAMILIES))
        self._post(slot, families)

    def _send_again(self, slot: Slot) -> None:
        word = self._last(slot)
        if word is not None and not word.withdrawn:
            self._post(slot, word.families)

    def _send_earlier(self, slot: Slot) -> None:
        words = self.account.words.get(slot, [])
        if words:
            self._post(slot, self._chance.choice(words).families)

    def _send_faulty(self, slot: Slot) -> None:
        body = write_return(slot.authority, slot.period, families=900)[:-40] + b"]}"
        self._expect(422, "/v1/returns", body)

    def _post(self, slot: Slot, families: int) -> None:
        body = write_return(slot.authority, slot.period, families=families)
        digest = sha256(body).hexdigest()
        self.account.bodies.add(digest)
        status, said = self.ask(self._door, "/v1/returns", body)
        if status == 409 and said.get("stands"):
            path = f"/v1/returns?supersedes={said['stands']}"
            status, said = self.ask(self._door, path, body)
        if status not in {200, 202}:
            self.account.surprises.append(f"a return was answered {status}: {said}")
            return
        words = self.account.words.setdefault(slot, [])
        if not words or words[-1].return_id != said["return_id"] or words[-1].withdrawn:
            words.append(Word(said["return_id"], digest, families))

    def _look_up(self, slot: Slot) -> None:
        """Ask any replica for a receipt that was given, and be given it."""
        words = self.account.words.get(slot, [])
        if not words:
            return
        path = f"/v1/returns/{self._chance.choice(words).return_id}/receipt"
        while (answer := get(self._door, path)) is None or answer[0] == _UNAVAILABLE:
            time.sleep(self._chance.uniform(0.1, 0.7))
        if answer[0] != 200:
            self.account.surprises.append(f"GET {path} was answered {answer[0]}")

    def _withdraw(self, slot: Slot) -> None:
        word = self._last(slot)
        if word is None or word.withdrawn or self._chance.random() < 0.5:
            return
        self._withdraw_by(
            ReturnWithdrawn(
                return_id=word.return_id,
                authority=slot.authority,
                collection=COLLECTION,
                period=slot.period,
            )
        )
        self.account.words[slot].append(word._replace(withdrawn=True))

    def _answer(self, slot: Slot) -> None:
        alert = derived_id(DEMONSTRATION, slot.authority, "RED:FD04", slot.period)
        text = f"We counted {self._chance.randint(1, 9999)} twice."
        body = json.dumps({"kind": "answer", "text": text}).encode()
        status, said = self.ask(self._office, f"/v1/alerts/{alert}/answers", body)
        if status in {200, 202}:
            self.account.answers.add(said["answer"])
        elif status != 404:  # the alert need not have been raised yet
            self.account.surprises.append(f"an answer was answered {status}: {said}")

    def _expect(self, wanted: int, path: str, body: bytes) -> None:
        status, said = self.ask(self._door, path, body)
        if status != wanted:
            self.account.surprises.append(f"{wanted} was due and {status} came: {said}")

    def _last(self, slot: Slot) -> Word | None:
        return next(reversed(self.account.words.get(slot, [])), None)


class Onlooker(Thread):
    """Reads pages and the API of a gateway, which shows everything or says that it cannot.

    What it has once shown it never denies: views that are being built are no empty ones.
    """

    def __init__(self, port: int, chance: Random, *, stop: Signal) -> None:
        super().__init__(name=f"reader-{port}", daemon=True)
        self.account = Account()
        self._port = port
        self._chance = chance
        self._halt = stop

    def run(self) -> None:
        known: set[str] = set()
        while not self._halt.wait(self._chance.uniform(*_BETWEEN)):
            path = self._chance.choice(READ)
            answer = get(self._port, path)
            if answer is None:
                continue
            status, _ = answer
            self.account.reads[status] += 1
            if status == 200:
                known.add(path)
            elif status != _UNAVAILABLE and (path in known or status >= 500):
                self.account.surprises.append(f"GET {path} was answered {status}")


READ = (
    "/",
    "/alerts",
    "/notices",
    "/v1/alerts",
    f"/rug?collection={COLLECTION}&period={FIRST}",
    f"/v1/rug?collection={COLLECTION}&period={FIRST}",
    f"/v1/standings?collection={COLLECTION}&period={FIRST}",
    f"/v1/returns?collection={COLLECTION}&period={FIRST}",
)
"""What readers look at."""


def get(port: int, path: str) -> tuple[int, bytes] | None:
    """Get once; None where no whole answer came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"connection": "close"})
        response = connection.getresponse()
        return response.status, response.read()
    except (HTTPException, OSError):
        return None
    finally:
        connection.close()


def post(port: int, path: str, body: bytes) -> tuple[int, dict[str, Any]] | None:
    """Post JSON once; None where no whole answer came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    headers = {"content-type": "application/json", "connection": "close"}
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (HTTPException, OSError, ValueError):
        return None
    finally:
        connection.close()
