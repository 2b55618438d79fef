"""Returns sent to the distributed product at a steady rate, and when each had its effect.

The sender is a process of its own and sends at moments fixed beforehand; each return is timed from
its moment. *Visible* is when the gateway's live updates say that the views have taken in the
return's own standings; *told* is when the broker recorded the last notice of it as sent.
"""

import http.client
import json
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import Thread

from kafka import KafkaConsumer, TopicPartition

from schemas.reference import ENGLAND
from schemas.topics import Topic
from services.runtime.kafka.conversion import stored_of
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Stored
from tests.bench.cluster import Cluster
from tests.bench.figures import Figure as Row
from tests.bench.notice import choose, make_body

_COUNT, _TURNS = count(1), count(2_000)
_AT_REST = 2.0
_PATIENCE = 300.0


@dataclass(slots=True)
class Sent:
    """A return: its moment, and the seconds after it at which what was caused was there."""

    moment: float
    status: int = 0
    refusal: str = ""
    answered: float | None = None
    standing: int | None = None
    visible: float | None = None
    planned: set[str] = field(default_factory=set)
    told: list[float] = field(default_factory=list)


def send(
    cluster: Cluster, *, per_second: float, seconds: float, alarming_one_in: int
) -> list[Sent]:
    """Send at a rate and wait until nothing more happens; give every return in order."""
    chosen = choose()
    number = int(per_second * seconds)
    start = time.time() + 3.0
    ends = _ends(cluster.kafka)
    traces, lines = [], []
    for n, body in zip(range(number), _bodies(chosen, alarming_one_in), strict=False):
        trace = f"{0xBE5C << 64 | next(_COUNT):032x}"
        traces.append(trace)
        lines.append([start + n / per_second, f"00-{trace}-{n + 1:016x}-01", body.decode()])
    plan, out = cluster.folder / "plan.jsonl", cluster.folder / "sent.jsonl"
    plan.write_text("".join(json.dumps(line) + "\n" for line in lines))
    follower = _Follower(cluster.running["gateway"].port)
    follower.start()
    words = [str(cluster.running["ingest"].port), str(plan), str(out)]
    subprocess.run([sys.executable, "-m", "tests.bench.poster", *words], check=True)
    _wait_for_rest(cluster.kafka, follower)
    follower.stop()
    sent = {trace: Sent(line[0]) for trace, line in zip(traces, lines, strict=True)}
    for line in out.read_text().splitlines():
        moment, parent, answered, status, refusal = json.loads(line)
        each = sent[parent.split("-")[1]]
        each.status, each.refusal, each.answered = status, refusal, answered - moment
    _look_up(cluster.kafka, ends, sent, follower)
    return list(sent.values())


def _bodies(chosen: list[tuple[str, list[Row]]], alarming_one_in: int) -> Iterator[bytes]:
    """Yield returns of one authority after the other; some turn to alarm and back."""
    while True:
        for alarming in (True, False):
            for place, (code, figures) in enumerate(chosen):
                alarms = alarming and place % alarming_one_in == 0
                yield make_body(code, figures, alarming=alarms, turn=next(_TURNS))


class _Follower:
    """Follows the gateway's live updates: when its views had taken in which standings."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._thread = Thread(target=self._run, daemon=True)
        self.places: list[int] = []
        self.moments: list[float] = []

    def start(self) -> None:
        self._connection.request("GET", "/v1/events")
        self._stream = self._connection.getresponse()
        self._thread.start()

    def _run(self) -> None:
        try:
            for line in self._stream:
                if line.startswith(b"id: "):
                    place = int(line[4:].split(b".")[1])
                    if not self.places or place > self.places[-1]:
                        self.places.append(place)
                        self.moments.append(time.time())
        except (OSError, ValueError, AttributeError):  # closed under it by ``stop``
            return

    def stop(self) -> None:
        sock = self._connection.sock
        if sock is not None:
            sock.close()
        self._connection.close()

    def moment_of(self, place: int) -> float | None:
        at = bisect_left(self.places, place)
        return self.moments[at] if at < len(self.places) else None


def _ends(settings: KafkaSettings) -> dict[Topic, int]:
    log = KafkaLog.of(ENGLAND, settings)
    found = {topic: log.end(topic) for topic in Topic}
    log.close()
    return found


def _wait_for_rest(settings: KafkaSettings, follower: _Follower) -> None:
    """Wait until the log has stood still and the gateway shows all its standings."""
    until, still, before = time.monotonic() + _PATIENCE, time.monotonic(), {}
    while time.monotonic() < until:
        ends = _ends(settings)
        if ends != before:
            before, still = ends, time.monotonic()
        behind = bool(follower.places) and follower.places[-1] < ends[Topic.STANDINGS]
        if time.monotonic() - still > _AT_REST and not behind:
            return
        time.sleep(0.25)
    raise RuntimeError("the product did not come to rest")


def _look_up(
    settings: KafkaSettings, ends: dict[Topic, int], sent: dict[str, Sent], follower: _Follower
) -> None:
    """Find in the log what followed from each return, and when the broker had it."""
    notices: dict[str, Sent] = {}
    for topic in (Topic.STANDINGS, Topic.ALERTS):
        for stored, moment in read_timed(settings, topic, after=ends[topic]):
            headers = stored.record.headers
            each = sent.get(headers.get("ce_traceparent", "--").split("-")[1])
            kind = headers["ce_type"]
            if kind == "standings.updated.v1" and each is not None and each.standing is None:
                each.standing = stored.offset
                shown = follower.moment_of(stored.offset)
                each.visible = None if shown is None else shown - each.moment
            elif kind == "notice.planned.v1" and each is not None:
                notice = json.loads(stored.record.value)["notice"]
                each.planned.add(notice)
                notices[notice] = each
            elif kind == "notice.sent.v1":
                told = notices.get(json.loads(stored.record.value)["notice"])
                if told is not None:
                    told.told.append(moment - told.moment)


def read_timed(
    settings: KafkaSettings, topic: Topic, *, after: int
) -> Iterator[tuple[Stored, float]]:
    """Yield what stands behind a place, each with the moment at which the broker took it."""
    log = KafkaLog.of(ENGLAND, settings)
    named = place_of(topic, settings, partition=log.partition)
    end = log.end(topic)
    log.close()
    place = TopicPartition(named.topic, named.partition)
    consumer = KafkaConsumer(bootstrap_servers=settings.addresses, enable_auto_commit=False)
    consumer.assign([place])
    consumer.seek(place, after)
    while consumer.position(place) < end:
        for batch in consumer.poll(timeout_ms=1000).values():
            for message in batch:
                yield stored_of(topic, message), message.timestamp / 1000
    consumer.close()
