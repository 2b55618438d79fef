"""The process ``tartan benchmark``: the doors for operators, the gate to Kafka, the worker."""

import asyncio
from typing import Any

import faust
from fastapi import FastAPI
from faust.contrib.asgi import AsgiService
from mode import Service
from prometheus_client import CollectorRegistry

from services.benchmark.core.state import ENGINE
from services.benchmark.membership import Membership
from services.benchmark.stage import Stage
from services.benchmark.worker import NAME, Worker
from services.runtime import clock
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import UnfitTopics
from services.runtime.meter import Meter
from services.runtime.metric import Metrics
from services.runtime.operation import Health, router
from services.runtime.watchdog import Progress, Watchdog

_PAUSE_SECONDS = 1.0
_ASK_SECONDS = 3.0


def run(kafka: KafkaSettings, membership: Membership, *, host: str, port: int) -> None:
    """Run until told to stop, then drain; leaves by SystemExit, 0 after a drain."""
    metrics = Metrics(CollectorRegistry(), engine=ENGINE)
    stage = Stage(lambda partition: KafkaLog(kafka, partition=partition), now=clock.now)
    worker = Worker(stage, kafka, membership, metrics=metrics)
    gate = Gate(kafka)
    meter = Meter({NAME: worker.behind}, logs=worker.logs, metrics=metrics, now=clock.now)
    progress = Progress(worker.behind, excused=lambda: stage.rebuild().under_way)
    watchdog = Watchdog(
        {"group": worker.joined, NAME: progress}, may_go_on=lambda: gate.health().ok
    )
    metrics.lag.labels(NAME).set_function(worker.lag)
    metrics.reachable.labels("kafka").set_function(lambda: gate.health().ok)
    doors = FastAPI(openapi_url=None)
    checks = {"kafka": gate.health, NAME: worker.health, "parked": meter.parked}
    doors.include_router(router(lambda: Health(ok=True), checks, registry=metrics.registry))
    process = faust.Worker(
        worker.app,
        AsgiService(doors, host=host, port=port, uvicorn_options={"access_log": False}),
        _Gatekeeper(gate, meter, watchdog),
        loop=asyncio.new_event_loop(),
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    )
    process.spinner = None
    process.execute_from_commandline()


class _Gatekeeper(Service):
    """Holds the worker back until Kafka answers, and goes on asking while it runs.

    Once it does, lag is measured and progress is watched.
    """

    def __init__(
        self,
        gate: Gate,
        meter: Meter,
        watchdog: Watchdog,
        **options: Any,  # noqa: ANN401 - passed on untouched
    ) -> None:
        super().__init__(**options)
        self._gate = gate
        self._meter = meter
        self._watchdog = watchdog

    async def on_start(self) -> None:
        while not self.should_stop and not await self._knock():
            await self.sleep(_PAUSE_SECONDS)
        self._meter.start()
        self._watchdog.start()

    async def on_stop(self) -> None:
        self._watchdog.stop()
        await asyncio.to_thread(self._meter.stop)

    @Service.task
    async def _ask(self) -> None:
        while not self.should_stop:
            await self.sleep(_ASK_SECONDS)
            await self._knock()

    async def _knock(self) -> bool:
        try:
            return await asyncio.to_thread(self._gate.knock)
        except UnfitTopics:  # what does not fit stands in the gate's health
            return False
