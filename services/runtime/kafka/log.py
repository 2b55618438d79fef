"""The log on Kafka: one nation's partition of every topic, behind the port."""

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from schemas.codec import Record
from schemas.topics import TOPICS, Topic
from services.runtime.kafka.bookmark import Bookmark
from services.runtime.kafka.partition import partition_of, place_of
from services.runtime.kafka.scroll import Scroll
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.succession import Succession
from services.runtime.kafka.watch import Arrivals, Watch
from services.runtime.kafka.writer import Writer
from services.runtime.log import Commit, LogUnavailable, LogUncertain, Stored
from services.runtime.operation import Health
from services.runtime.turn import Deadline, deadline_of

_SWEEP = 10.0


class KafkaLog:
    """A nation's log on Kafka; safe to share between threads, not to take through a fork.

    A call answers or raises within ``patience`` seconds, or sooner if its caller is ``answering``;
    in these appends wait for one another; an
    append of several topics or of megabytes has that time for each part of it that was confirmed.
    An append and its commit are not one transaction: a process killed between them leaves records
    that are said again, and the fence drops the repeats. Texts are one partition for all nations.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        partition: int,
        patience: float | None = None,
        heard: Collection[Topic] = tuple(Topic),
        succession: Succession | None = None,
    ) -> None:
        """Remember where Kafka is; nothing is connected yet, so Kafka may be away.

        Listeners are called for appends to the topics that are ``heard``. A ``succession`` is told
        which brokers there are.
        """
        self.partition = partition
        self._swept = monotonic()
        self._settings = settings
        self._patience = settings.patience if patience is None else patience
        places = {topic: place_of(topic, settings, partition=partition) for topic in Topic}
        self._places = places
        self._scrolls = {
            topic: Scroll(topic, place, settings, patience=self._patience)
            for topic, place in places.items()
        }
        self._writer = Writer(
            settings, partition=partition, patience=self._patience, succession=succession
        )
        self._bookmark = Bookmark(settings, partition=partition, patience=self._patience)
        followed = {topic: place for topic, place in places.items() if topic in heard}
        self._watch = Watch(settings, places=followed, patience=self._patience)

    @classmethod
    def of(
        cls,
        nation: str,
        settings: KafkaSettings,
        *,
        patience: float | None = None,
        heard: Collection[Topic] = tuple(Topic),
        succession: Succession | None = None,
    ) -> "KafkaLog":
        """Return the log of the partition that the nation is."""
        partition = partition_of(nation, settings.partitions)
        return cls(
            settings,
            partition=partition,
            patience=patience,
            heard=heard,
            succession=succession,
        )

    def read(self, topic: Topic, *, after: int = 0, limit: int = 500) -> Sequence[Stored]:
        """Return up to ``limit`` records behind ``after``, whoever appended them; empty at the end.

        LogUnavailable if Kafka does not answer, LogDamaged if records are gone.
        """
        with self._sweeping():
            until = self._until()
            self._bookmark.renew(until=until)
            return self._scrolls[topic].read(after=after, limit=limit, until=until)

    def end(self, topic: Topic) -> int:
        """Return the offset behind which nothing stands now; LogUnavailable if Kafka says none."""
        return self._scrolls[topic].end(until=self._until())

    def ends(self) -> dict[Topic, int]:
        """Return the same of every topic, for which the brokers are asked once."""
        ends = self._scrolls[Topic.PARKED].ends(list(self._places.values()), until=self._until())
        return {topic: ends[place] for topic, place in self._places.items()}

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append the records topic by topic, then the commit; all replicas in sync have them.

        LogUnavailable if nothing was appended. LogUncertain if a beginning of the records may
        stand; the commit never stands without them.
        """
        for record in records:
            self._check(record)
        with self._sweeping():
            offsets = self._writer.append(records, until=self._until()) if records else []
            if commit is not None:
                self._bookmark.commit(commit, until=self._until())
        return offsets

    def _check(self, record: Record) -> None:
        """Refuse a nation of another partition; what is parked stands where it was read."""
        if record.topic is Topic.PARKED or TOPICS[record.topic].compacted:
            return
        own = partition_of(record.key, self._settings.partitions)
        if own != self.partition:
            raise LogUnavailable(
                f"Nothing was appended: a record for {record.topic} belongs to a nation of "
                f"partition {own}, and this log is partition {self.partition}."
            )

    def committed(self, consumer: str, topic: Topic) -> int:
        """Return the place that the consumer's group has on the topic; 0 at first."""
        with self._sweeping():
            return self._bookmark.committed(consumer, topic, until=self._until())

    def follow(self, arrivals: Arrivals) -> None:
        """Hand over all that arrives once there is a listener, before listeners are called."""
        self._watch.follow(arrivals)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call the listener, in a thread of the log's own, soon after anyone's append.

        A call may stand for several appends, and one comes when Kafka is back from being away.
        """
        self._watch.listen(listener)

    def live(self) -> Health:
        """Say whether listeners are still called, if there are any."""
        ended = self._watch.ended
        return Health(ok=not ended, detail="the thread that watches Kafka has ended" * ended)

    def close(self) -> None:
        """Let go of every connection; what was appended stays."""
        self._watch.close()
        self._writer.close()
        self._bookmark.close()
        for scroll in self._scrolls.values():
            scroll.close()

    @contextmanager
    def _sweeping(self) -> Iterator[None]:
        """Collect garbage now and then while Kafka is away.

        The client leaves the sockets of refused connections in reference cycles, and a process with
        much in memory searches for cycles so seldom that it would run out of files before.
        """
        try:
            yield
        except (LogUnavailable, LogUncertain):
            if monotonic() - self._swept > _SWEEP:
                gc.collect()
                self._swept = monotonic()
            raise

    def _until(self) -> Deadline:
        return deadline_of(self._patience)
