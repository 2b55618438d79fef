"""One service of the distributed product as a process: its app, its doors and its start."""

import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from services.runtime.http import BodyLimit, Observed
from services.runtime.kafka.gate import Gate
from services.runtime.log import LogError
from services.runtime.metric import Metrics
from services.runtime.operation import Check, Health
from services.runtime.operation import router as operation_router
from services.runtime.problem import install

_log = logging.getLogger(__name__)
_PAUSE_SECONDS = 1.0
_ASK_SECONDS = 5.0


class Starter:
    """Does what a service needs once, as soon as Kafka answers, and keeps asking whether it does.

    Until then the service is not ready; what it cannot do for want of Kafka it refuses by itself.
    """

    def __init__(
        self, gate: Gate, begin: Callable[[], None], *, pause: float = _PAUSE_SECONDS
    ) -> None:
        """Remember what to do; nothing happens before ``start``.

        ``pause`` is in seconds, between tries.
        """
        self._gate = gate
        self._pause = pause
        self._begin = begin
        self._begun = False
        self._fault = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="starter", daemon=True)

    def start(self) -> None:
        """Begin to knock, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Knock no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_PAUSE_SECONDS * 5)

    def live(self) -> Health:
        """Say whether the thread turns that keeps asking Kafka."""
        turning = self._thread.is_alive() or self._stop.is_set()
        return Health(ok=turning, detail="" if turning else "the starter's thread has ended")

    def health(self) -> Health:
        """Say whether the service has begun and Kafka answers, and if not, what it waits for."""
        health = self._gate.health()
        if health.ok and not self._begun:
            return Health(ok=False, detail=self._fault or "starting")
        return health

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self._gate.knock() and not self._begun:
                    self._begin()
                    self._begun = True
            except LogError as error:
                self._fault = str(error)
                _log.warning("start put off", extra={"fault": type(error).__name__})
            self._stop.wait(_ASK_SECONDS if self._begun else self._pause)


def make_app(
    *routers: APIRouter,
    title: str,
    metrics: Metrics,
    live: Check,
    ready: Mapping[str, Check],
    start: Callable[[], None],
    stop: Callable[[], None],
    drain: Callable[[], None] = lambda: None,
    wider: Mapping[str, int] | None = None,
    furnish: Callable[[FastAPI], None] = lambda _app: None,
) -> FastAPI:
    """Return a service's app: its routes and doors, problems, body limit and metrics.

    ``start`` is called when the server starts, ``drain`` (kept as ``app.state.drain`` for whoever
    serves it) when it is told to stop, ``stop`` when it has drained. ``wider`` gives the paths that
    take larger bodies, with their limits in bytes. ``furnish`` puts in what is more than routes;
    whatever it answers is counted and has its trace, too.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        start()
        yield
        stop()

    app = FastAPI(
        title=title,
        version=version("tartan"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.drain = drain
    install(app)
    app.add_middleware(BodyLimit, wider=wider)
    for router in routers:
        app.include_router(router)
    app.include_router(operation_router(live, ready, registry=metrics.registry))
    furnish(app)
    app.add_middleware(Observed, metrics=metrics)
    return app
