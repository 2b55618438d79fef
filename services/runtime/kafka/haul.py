"""Reads long stretches of a partition at once, for whoever rebuilds.

kafka-python unpacks records in Python and takes four times as long as aiokafka, which does so in C.
A haul is a shortcut and nothing else: where it fails, whatever the reason, it gives nothing, and
the ordinary reader finds out what is the matter.
"""

import logging
from asyncio import Runner, wait_for
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any

from kafka import TopicPartition

from schemas.topics import Topic
from services.runtime.kafka.client import milliseconds, reveal
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Stored

_log = logging.getLogger(__name__)
MANY = 2_000
"""From so many records on a haul is worth its connection."""
_FETCH = 4 * 1024 * 1024
_SHORT_WAIT_MS = 10
_FAREWELL = 1.0
_MARGIN = 0.1


class Haul:
    """One consumer that stands only as long as there is much to read; one thread at a time."""

    def __init__(self, topic: Topic, place: TopicPartition, settings: KafkaSettings) -> None:
        """Remember what to read; nothing is connected yet."""
        self._topic = topic
        self._place = place
        self._settings = settings
        self._runner: Runner | None = None
        self._consumer: Any = None

    def read(self, *, after: int, end: int, limit: int, until: float) -> list[Stored]:
        """Return records behind ``after`` and up to ``end``, ``limit`` at most; none if it failed.

        It may give fewer than there are by when the monotonic clock reaches ``until``.
        """
        runner = self._runner = self._runner or Runner()
        found: list[Stored] = []
        try:
            reading = self._read(found, after=after, end=end, limit=limit, until=until)
            runner.run(wait_for(reading, timeout=max(0.0, until - monotonic())))
        except Exception as error:  # noqa: BLE001 - the ordinary reader says what is wrong
            _log.warning("haul given up", extra={"fault": type(error).__name__})
            self.close()
            return []
        if not found or found[-1].offset >= end:
            self.close()
        return found

    async def _read(
        self, found: list[Stored], *, after: int, end: int, limit: int, until: float
    ) -> None:
        consumer = self._consumer or await self._open()
        (place,) = consumer.assignment()
        if await consumer.position(place) != after:
            consumer.seek(place, after)
        while len(found) < limit and await consumer.position(place) < end:
            wait = until - monotonic() - _MARGIN
            if wait <= 0:
                return
            polled = await consumer.getmany(
                place, timeout_ms=milliseconds(wait), max_records=limit - len(found)
            )
            found += [stored_of(self._topic, m) for batch in polled.values() for m in batch]
        while found and found[-1].offset > end:  # what was appended since it was asked for
            found.pop()

    async def _open(self) -> Any:  # noqa: ANN401 - the client's own, untyped
        # Imported here: only who rebuilds needs it.
        from aiokafka import AIOKafkaConsumer
        from aiokafka import TopicPartition as Place

        settings = self._settings
        consumer = AIOKafkaConsumer(
            bootstrap_servers=settings.addresses,
            client_id="tartan",
            security_protocol=settings.protocol,
            ssl_context=settings.trust(),
            sasl_mechanism=settings.mechanism or "PLAIN",
            sasl_plain_username=settings.user,
            sasl_plain_password=reveal(settings.password),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            max_partition_fetch_bytes=_FETCH,
            fetch_max_wait_ms=_SHORT_WAIT_MS,
            check_crcs=True,
        )
        self._consumer = consumer
        await consumer.start()
        place = Place(self._place.topic, self._place.partition)
        consumer.assign([place])
        consumer.seek(place, 0)
        return consumer

    def close(self) -> None:
        """Let go of the connection and of what was fetched ahead, from any thread."""
        runner, self._runner = self._runner, None
        consumer, self._consumer = self._consumer, None
        if runner is not None:
            # A thread of its own: whoever closes may be turning an event loop in this one.
            farewell = Thread(target=_leave, args=(runner, consumer), daemon=True)
            farewell.start()
            farewell.join(2 * _FAREWELL)


def _leave(runner: Runner, consumer: Any) -> None:  # noqa: ANN401 - the client's own, untyped
    with suppress(Exception), runner:
        if consumer is not None:
            runner.run(wait_for(consumer.stop(), timeout=_FAREWELL))
