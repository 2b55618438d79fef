"""The process that is killed: the product over HTTP, its collaborators wrapped, its clock a file.

Run as a program it is a nursery: it imports everything once, then forks a victim for each line of
its input and says on its output when that one is ready and how it ended. A victim is a process of
its own from its first instruction on; only the imports are inherited.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from schemas.core import Core
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Topic
from services.alerts.core.decide import next_moment
from services.alerts.core.delivery import find_due
from services.alerts.core.step import CORE as ALERTS
from services.benchmark.core.step import CORE as BENCHMARK
from services.embedded import wiring
from services.embedded.app import create_app
from services.embedded.wiring import Product
from services.gateway import projector
from services.runtime.directory import LOG_FILE, DirectoryLock
from services.runtime.settings import Settings
from tests.faults.gallows import (
    ANYWHERE,
    DyingLog,
    DyingNotifier,
    Gallows,
    Kill,
    dying_apply,
)

PUBLISHED = {"population:0-17", "FD04", "LA01"}
"""The indicators whose published figures the log is given: few, so that a start is quick."""

_PATIENCE_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Order:
    """What a victim is to be: where its data lies, who is told, when and where it dies.

    ``fails_at`` names a type of event on which its core raises, as a release with a fault in it
    would. ``file_limit`` is how large a file may grow, in bytes: beyond it the disk is full.
    """

    directory: Path
    clock: Path
    audiences: Path | None = None
    smtp_url: str | None = None
    kill: Kill | None = None
    fails_at: str | None = None
    file_limit: int | None = None

    def line(self) -> str:
        """Return the order as a line of the nursery's input."""
        plain = {name: value for name, value in vars(self).items() if value is not None}
        if self.kill is not None:
            plain["kill"] = [self.kill.point, self.kill.passage]
        return json.dumps(plain, default=str)

    @classmethod
    def read(cls, line: str) -> "Order":
        given = json.loads(line)
        for name in ("directory", "clock", "audiences"):
            if name in given:
                given[name] = Path(given[name])
        if "kill" in given:
            given["kill"] = Kill(*given["kill"])
        return cls(**given)


class FileClock:
    """Shows the moment that stands in a file, so that the test turns it, also across a kill."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(float(self._file.read_text(encoding="ascii")), UTC)


class _Server(uvicorn.Server):
    """Says once it listens, and at which port."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        _say({"ready": port})


def live(order: Order) -> None:
    """Be the product until told to stop, or until the point at which this life ends."""
    gallows = Gallows(order.kill)
    if order.kill is not None and order.kill.point == ANYWHERE:
        Thread(target=_die_in, args=(order.kill.passage,), daemon=True).start()
    connect = wiring.connect
    wiring.connect = lambda *args, **kwargs: {
        key: DyingNotifier(notifier, gallows) for key, notifier in connect(*args, **kwargs).items()
    }
    projector.apply = dying_apply(projector.apply, gallows)
    if order.fails_at is not None:
        wiring.ALERTS = faulty(ALERTS, at=order.fails_at)
        wiring.BENCHMARK = faulty(BENCHMARK, at=order.fails_at)
    if order.file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_limit, resource.RLIM_INFINITY))
    with DirectoryLock(order.directory):
        log = DyingLog(order.directory / LOG_FILE, gallows)
        product = wiring.assemble(
            log,
            directory=order.directory,
            nation=DEMONSTRATION,
            library=load_library(),
            settings=Settings(
                audiences=order.audiences,
                smtp_url=SecretStr(order.smtp_url) if order.smtp_url else None,
            ),
            now=FileClock(order.clock),
        )
        product.prepare(FIGURES)
        log.listen(product.wake)
        app = create_app(product)
        _add_doors(app, product, gallows)
        signal.signal(signal.SIGTERM, lambda _number, _frame: None)
        _Server(uvicorn.Config(app, port=0, log_config=None, access_log=False)).run()
        log.close()


def faulty(core: Core[Any], *, at: str) -> Core[Any]:
    """Return the core as a release with a fault has it: it raises on events of a type."""

    def step(state: Any, event: Any) -> Any:
        if event.data.type == at:
            raise ZeroDivisionError
        return core.step(state, event)

    return Core(core.name, core.reads, core.writes, core.empty, core.take, step, core.hear)


def settled(product: Product) -> bool:
    """Wait until nothing is left to be done at this moment of the clock; False if it took long."""
    until = monotonic() + _PATIENCE_SECONDS
    while monotonic() < until:
        product.wake()
        if product.engine.settle(seconds=0.5) and not _left(product):
            return True
        sleep(0.005)
    return False


def _left(product: Product) -> bool:
    ends = {topic: _end(product, topic) for topic in (Topic.RETURNS, Topic.ALERTS)}
    for core in wiring.cores():
        if product.log.committed(core.name, core.reads) < ends[core.reads]:
            return True
    product.office.catch_up()
    with product.office.hold() as register:
        begun = any(pending.started for pending in register.ledger.waiting.values())
        if begun or find_due(register.ledger, product.now()):
            return True
        moment = next_moment(register.state)
    if moment is not None and moment <= product.now():
        return True
    return any(_end(product, topic) != end for topic, end in ends.items())


def _end(product: Product, topic: Topic) -> int:
    last = 0
    while batch := product.log.read(topic, after=last):
        last = batch[-1].offset
    return last


def _add_doors(app: FastAPI, product: Product, gallows: Gallows) -> None:
    @app.get("/victim/settled")
    def _settled() -> JSONResponse:
        return JSONResponse({}, 200 if settled(product) else 504)

    @app.get("/victim/passed")
    def _passed() -> JSONResponse:
        return JSONResponse(dict(gallows.passed))


def _die_in(seconds: float) -> None:
    sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def _say(word: dict[str, object]) -> None:
    os.write(1, json.dumps(word).encode() + b"\n")


def nurse() -> None:
    """Fork a victim for every order; say how each ended: its signal as a negative number."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _be_born(Order.read(line))
        _, status = os.waitpid(child, 0)
        _say({"ended": os.waitstatus_to_exitcode(status)})


def _follow_parent() -> None:
    """Have the system end this process with the one that started it (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _be_born(order: Order) -> None:
    """Live as the child, and leave without a way back into the nursery."""
    code = 1
    try:
        _follow_parent()
        _say({"born": os.getpid()})
        live(order)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, the nursery is to hear of it
        traceback.print_exc()
    finally:
        os._exit(code)


FIGURES: tuple[Any, ...] = ()
if __name__ == "__main__":
    _follow_parent()
    FIGURES = tuple(each for each in shipped_figures() if each.indicator in PUBLISHED)
    load_library()
    _say({"nursery": os.getpid()})
    nurse()
