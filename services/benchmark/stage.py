"""The stage: benchmark's core over the partitions that one worker was given.

Whatever delivers the records (Faust) commits a place only once ``deal`` has returned for it, and by
then all that follows from the record is in the log. A worker that dies in between leaves repeats of
the same bytes, which every reader drops.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from schemas.codec import Record, encode
from schemas.events import MethodSet
from schemas.topics import Topic
from services.benchmark.core.state import State
from services.benchmark.core.step import CORE
from services.benchmark.method import method_behind, read_methods
from services.runtime.clock import Clock
from services.runtime.consumer import Consumer, Gap
from services.runtime.log import Log, LogDamaged, Stored
from services.runtime.meter import Stretch
from services.runtime.rebuild import Rebuild


@dataclass(slots=True)
class _Part:
    log: Log
    consumer: Consumer[State]
    nations: set[str]
    dealt: int = 0
    """The offset that came last since the partition was assigned; 0 before the first."""


class Stage:
    """Not safe to share between threads: one record is dealt with at a time."""

    def __init__(self, open_log: Callable[[int], Log], *, now: Clock) -> None:
        """Remember how the log of a partition is opened; nothing is read yet."""
        self._open_log = open_log
        self._now = now
        self._parts: dict[int, _Part] = {}
        self._newest: Consumer[State] | None = None

    def offset(self, partition: int) -> int:
        """Return the place in ``returns.v1`` up to which a partition has been dealt with."""
        part = self._parts.get(partition)
        return part.consumer.offset if part is not None else 0

    def behind(self, partitions: Iterable[int]) -> list[Stretch]:
        """Return what is behind each partition that was opened; safe to ask from any thread."""
        parts = [part for number in partitions if (part := self._parts.get(number))]
        return [
            Stretch(part.log, Topic.RETURNS, part.consumer.offset)
            for part in parts
            if not part.consumer.rebuild.under_way
        ]

    def rebuild(self) -> Rebuild:
        """Return how far the newest folding of a partition has got."""
        return self._newest.rebuild if self._newest else Rebuild()

    def assign(self, partitions: Iterable[int]) -> None:
        """Make ready for partitions: fold what was dealt with, say the method where it is wanting.

        A partition that comes back from another worker may go on where that one got to. Raises
        OlderThanLog, CoreFailed or LogError: LogDamaged for one that was cut off or made anew.
        """
        for partition in partitions:
            part = self._parts.get(partition)
            if part is None:
                self._open(partition)
            else:
                part.log.read(Topic.RETURNS, after=part.consumer.offset, limit=1)
                part.dealt = 0

    def deal(self, partition: int, stored: Stored) -> None:
        """Step a record of ``returns.v1`` and append what it says.

        Raises Gap, CoreFailed or LogError, and then this object is to be thrown away: what stands
        in the log decides where its successor begins. LogDamaged says that the offsets went back.
        """
        part = self._parts.get(partition) or self._open(partition)
        if stored.offset <= part.dealt:
            raise LogDamaged(
                f"{Topic.RETURNS} partition {partition} went back from offset {part.dealt} to "
                f"{stored.offset}: it was cut off or made anew. Restore it from its replicas or a "
                "backup, then start benchmark again."
            )
        said = self._step(part, stored)
        part.dealt = stored.offset
        if said:
            part.log.append(said)
        if stored.record.key not in part.nations:
            nation = stored.record.key
            self._say_method(part, nation, read_methods(part.log, now=self._now).get(nation))

    def _step(self, part: _Part, stored: Stored) -> list[Record]:
        try:
            return part.consumer.deal(stored)
        except Gap:
            if part.dealt:
                raise
        part.consumer = self._newest = Consumer(CORE, part.log, now=self._now)
        return part.consumer.deal(stored)

    def _open(self, partition: int) -> _Part:
        log = self._open_log(partition)
        part = _Part(log, Consumer(CORE, log, now=self._now), set())
        self._newest = part.consumer
        part.consumer.recover()
        for nation, latest in read_methods(log, now=self._now).items():
            self._say_method(part, nation, latest)
        self._parts[partition] = part
        return part

    def _say_method(self, part: _Part, nation: str, latest: MethodSet | None) -> None:
        method = method_behind(latest, nation=nation, now=self._now)
        if method is not None:
            part.log.append([encode(method)])
        part.nations.add(nation)
