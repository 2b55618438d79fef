"""The sender's side: posts a history to a victim, sends the same bytes again, starts it anew."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.faults.gallows import ANYWHERE, WITHIN_SEND, Kill
from tests.faults.history import Post, Turn
from tests.faults.receiver import Receiver
from tests.faults.victim import Order

_START_SECONDS = 90.0
_SECONDS = 60.0
_UNAVAILABLE = 503
_TRACE = "00-{:032x}-00000000000000aa-01"


class Nursery:
    """The program that forks victims; one at a time."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders = self._process.stdin
        self._words = self._process.stdout
        self._rest = b""
        self._living: int | None = None
        self.hear(_START_SECONDS)

    def order(self, order: Order) -> int:
        """Have a victim born and return its process; one that a failed test left behind ends."""
        self.end()
        self._orders.write(order.line().encode() + b"\n")
        self._orders.flush()
        self._living = self.hear()["born"]
        return self._living

    def end(self) -> None:
        """Kill the victim that lives, if one does."""
        while self._living is not None:
            with suppress(ProcessLookupError):
                os.kill(self._living, signal.SIGKILL)
            self.hear()

    def hear(self, seconds: float = _SECONDS) -> dict[str, Any]:
        """Return the next thing that is said; TimeoutError if nothing is."""
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._words], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError("the nursery says nothing")
            more = os.read(self._words.fileno(), 4096)
            assert more, "the nursery has ended"
            self._rest += more
        line, self._rest = self._rest.split(b"\n", 1)
        word = json.loads(line)
        if "ended" in word:
            self._living = None
        return word

    def close(self) -> None:
        self.end()
        self._orders.close()
        self._process.wait(20)
        self._words.close()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a request that has an answer."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Sender:
    """Drives one victim through its lives. ``fired`` are the kills that came about."""

    nursery: Nursery
    order: Order
    receiver: Receiver
    kills: Sequence[Kill] = ()
    patient: bool = True
    fired: list[Kill] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    lives: int = 0
    _port: int = 0
    _pid: int = 0
    _arrived: int = 0

    def play(self, history: Iterable[Post | Turn]) -> None:
        """Play everything; then wait until nothing is left to be done, and stop the victim."""
        self.receiver.on_arrival = self._notice_arrival
        actions = list(history)
        self.turn_clock(actions[0].at)
        for number, action in enumerate(actions, start=1):
            if isinstance(action, Turn) or self.patient:
                self.settle()
            if isinstance(action, Turn):
                self.receiver.down = action.down
            self.turn_clock(action.at)
            if isinstance(action, Turn):
                self.settle()
            else:
                self._post(action, trace=_TRACE.format(number))
        self.settle()
        if self.kills and self.kills[0].point == ANYWHERE and not self.fired:
            self._bury(self.nursery.hear())
            self.settle()
        self.passed = {**self.request("GET", "/victim/passed").body, WITHIN_SEND: self._arrived}
        while not self.stop():
            self.settle()

    def turn_clock(self, moment: datetime) -> None:
        """Set the victim's clock, whole or not at all."""
        half = self.order.clock.with_suffix(".new")
        half.write_text(str(moment.timestamp()), encoding="ascii")
        half.replace(self.order.clock)

    def settle(self) -> None:
        answer = self.request("GET", "/victim/settled")
        assert answer.status == 200, "the victim does not come to rest"

    def stop(self) -> bool:
        """Stop the victim as an operator does; False if a planned kill was faster."""
        os.kill(self._pid, signal.SIGTERM)
        word = self.nursery.hear()
        self._port = 0
        if word["ended"] == 0:
            return True
        self._bury(word)
        return False

    def request(
        self, method: str, path: str, body: bytes = b"", *, trace: str = _TRACE.format(999)
    ) -> Answer:
        """Ask until there is an answer other than 503, always with the same bytes."""
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            self.be_up()
            answer = self.ask(method, path, body, trace)
            if answer is not None and answer.status != _UNAVAILABLE:
                return answer
            time.sleep(0.01)
        raise TimeoutError(f"no answer to {method} {path}")

    def _post(self, action: Post, *, trace: str) -> None:
        answer = self.request("POST", action.path, action.body, trace=trace)
        while answer.status in action.until:
            time.sleep(0.02)
            answer = self.request("POST", action.path, action.body, trace=trace)
        assert answer.status in action.statuses, (action.path, answer)
        if "return_id" in answer.body:
            self.receipts.append(answer.body["return_id"])

    def ask(
        self, method: str, path: str, body: bytes = b"", trace: str = _TRACE.format(999)
    ) -> Answer | None:
        """Ask once, whatever the answer is; None if the victim died before it gave one."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        headers = {"content-type": "application/json", "traceparent": trace}
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read()
        except (HTTPException, OSError):
            self._bury(self.nursery.hear())
            return None
        finally:
            connection.close()
        try:
            found = json.loads(text)
        except ValueError:
            found = {"text": text.decode()}
        return Answer(response.status, found, dict(response.headers))

    def be_up(self) -> int:
        """Start the victim unless it lives, through every planned kill; return its process."""
        while not self._port:
            self.lives += 1
            kill = self.kills[len(self.fired)] if len(self.fired) < len(self.kills) else None
            self._pid = self.nursery.order(replace(self.order, kill=kill))
            word = self.nursery.hear()
            if "ready" in word:
                self._port = word["ready"]
            else:
                self._bury(word)
        return self._pid

    def _bury(self, word: dict[str, Any]) -> None:
        """Note a life that ended by the kill that was planned for it; anything else is a fault."""
        assert word.get("ended") == -signal.SIGKILL, word
        self._port = 0
        self.fired.append(self.kills[len(self.fired)])

    def _notice_arrival(self) -> None:
        self._arrived += 1
        pending = self.kills[len(self.fired)] if len(self.fired) < len(self.kills) else None
        if pending == Kill(WITHIN_SEND, self._arrived):
            os.kill(self._pid, signal.SIGKILL)
