"""The worker: Faust delivers ``returns.v1`` to the stage and commits behind it.

Faust commits an event whose agent raises, and one that it cancels. So whatever goes wrong ends the
process on the spot: the place stays where it was, and a supervisor starts the worker again. Results
are acknowledged by the brokers before the place is committed.

Exit codes: 0 drained, 1 Faust gave up, 2 the log is newer than this release, 3 the port is taken,
70 stopped at a place.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, NoReturn

from faust.types import StreamT
from faust.types.tuples import Message

from schemas.topics import Topic
from services.benchmark.membership import Membership, create_app
from services.benchmark.method import OlderThanLog
from services.benchmark.stage import Stage
from services.runtime.consumer import CoreFailed
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.partition import name_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Log
from services.runtime.meter import Stretch
from services.runtime.metric import Metrics
from services.runtime.operation import Health
from services.runtime.rebuild import with_progress

_log = logging.getLogger(__name__)
NAME = "benchmark"
OLDER, STOPPED = 2, 70
_STUCK_SECONDS = 10.0


class Worker:
    """One process of benchmark: ``app`` is Faust's, ``health`` is for ``/ready``."""

    def __init__(
        self, stage: Stage, kafka: KafkaSettings, membership: Membership, *, metrics: Metrics
    ) -> None:
        """Build the Faust app; nothing is connected yet."""
        self._stage = stage
        self._metrics = metrics
        metrics.records.labels(NAME)
        metrics.stopped.labels(NAME)
        metrics.show_rebuild(NAME, stage.rebuild)
        self._begun: float | None = None
        self._assigned = False
        self.app = create_app(NAME, kafka, membership)
        topic = self.app.topic(
            name_of(Topic.RETURNS, kafka),
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
        )
        self.app.agent(topic, name=NAME, concurrency=1)(self._agent)
        # Weakly held, a bound method would be collected at once.
        self.app.on_rebalance_complete.connect(self._assign, weak=False)

    def health(self) -> Health:
        """Say whether records are dealt with as they come, and if not, what holds them up."""
        if self.app.rebalancing:
            detail = "partitions are being shared out anew"
            return with_progress(lambda: Health(ok=False, detail=detail), self._stage.rebuild)()
        if not self._assigned:
            return Health(ok=False, detail="not yet a member of the group")
        begun = self._begun
        if begun is not None and monotonic() - begun > _STUCK_SECONDS:
            return Health(ok=False, detail=f"one record takes longer than {_STUCK_SECONDS:.0f} s")
        return Health(ok=True)

    def lag(self) -> int:
        """Return how many records of the partitions at hand are still to be dealt with."""
        if not self._assigned:
            return 0
        consumer = self.app.consumer
        return sum(
            max(0, (consumer.highwater(tp) or 0) - self._stage.offset(tp.partition))
            for tp in consumer.assignment()
        )

    def joined(self) -> Health:
        """Say whether this is a member of the group, or on its way with a state to find again."""
        if self._stage.rebuild().under_way or (self._assigned and not self.app.rebalancing):
            return Health(ok=True)
        return Health(ok=False, detail="not a member of the group")

    def behind(self) -> list[Stretch]:
        """Return what is still to be dealt with of the partitions at hand."""
        return self._stage.behind(self._partitions())

    def logs(self) -> list[Log]:
        """Return the logs of the partitions at hand."""
        return [stretch.log for stretch in self.behind()]

    def _partitions(self) -> list[int]:
        if not self._assigned:
            return []
        return [tp.partition for tp in self.app.consumer.assignment()]

    async def _agent(self, stream: StreamT[Any]) -> None:
        async for event in stream.events():
            await self._guard(partial(self._deal, event.message))

    async def _assign(self, *_: object, **__: object) -> None:
        partitions = [tp.partition for tp in self.app.consumer.assignment()]
        await self._guard(partial(self._stage.assign, partitions))
        self._assigned = True

    async def _guard(self, work: Callable[[], None]) -> None:
        self._begun = monotonic()
        try:
            await asyncio.to_thread(work)
        except OlderThanLog as error:
            _end(OLDER, str(error))
        except CoreFailed as error:
            _end(STOPPED, str(error))
        except BaseException as error:  # noqa: BLE001 - a cancelled event would be committed, too
            _log.critical("stage failed", exc_info=error)
            _end(STOPPED, f"stopped by {type(error).__name__}")
        self._begun = None

    def _deal(self, message: Message) -> None:
        self._stage.deal(message.partition, stored_of(Topic.RETURNS, message))
        self._metrics.records.labels(NAME).inc()


def _end(code: int, detail: str) -> NoReturn:
    """Leave at once: an event whose agent returns or raises is committed, whatever became of it."""
    _log.critical("stopping", extra={"service": NAME, "code": code, "detail": detail})
    logging.shutdown()
    os._exit(code)
