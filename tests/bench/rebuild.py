"""From the start of a service to ``/ready`` on a log of 60,000 returns (``tests.bench.decade``).

What was rebuilt is examined, or the run does not count: the gateway's documents have to be those of
a plain fold of every event, benchmark has to say of further returns what a benchmark says that
stepped the whole log.
"""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from redis import Redis

from schemas.codec import Record
from schemas.reference import ENGLAND
from schemas.topics import Topic
from services.gateway.core.apply import apply
from services.gateway.core.document import LAYOUT
from services.runtime.clock import now
from services.runtime.fence import Fence
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.reader import Reader
from services.runtime.redis.packing import unpack
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.wire import DOCUMENT, key_of, keys_of
from services.runtime.store import Document, MemoryStore
from tests.bench import decade, machine
from tests.bench.cluster import Cluster, running
from tests.bench.decade import Decade
from tests.bench.figure import Figure
from tests.bench.server import processor_seconds

LIMIT_SECONDS = 60.0
_PATIENCE = 1200.0
_ROOT = Path(__file__).resolve().parents[2]


def measure(returns: int = decade.RETURNS) -> Iterator[Figure]:
    """Yield the time to ready of each service that finds its state in the log."""
    made = decade.prepare(returns)
    with tempfile.TemporaryDirectory(prefix="tartan-bench-") as name:
        data = Path(name) / "kafka"
        machine.copy(made.data, data)
        try:
            with running(data, Path(name)) as cluster:
                yield _rebuild(cluster, "gateway", made, _examine_views)
                yield _rebuild(cluster, "benchmark", made, _examine_core)
                for service in ("ingest", "alerts"):
                    yield _rebuild(cluster, service, made)
        finally:
            machine.remove(data)


def _rebuild(
    cluster: Cluster, name: str, made: Decade, *examine: Callable[[Cluster, Decade], str]
) -> Figure:
    words = ("--instance", "bench", "--session", "6") if name == "benchmark" else ()
    before = {part: processor_seconds(pid) for part, pid in cluster.containers.items()}
    server = cluster.start(name, *words)
    server.wait_until_ready(seconds=_PATIENCE)
    spent = {name: round(server.processor_seconds(), 1)} | {
        part: round(processor_seconds(pid) - before[part], 1)
        for part, pid in cluster.containers.items()
    }
    memory = cluster.memory()
    examined = [each(cluster, made) for each in examine]
    cluster.running.pop(name).stop()
    return Figure(
        f"rebuild from {made.composition['returns']:,} returns to /ready: {name}",
        server.seconds_to_ready,
        "s",
        _LIMITED_BY[name],
        limit=LIMIT_SECONDS if examine else None,
        detail={
            "processor_seconds": spent,
            "resident_mb": memory[name],
            "redis_mb": memory["redis"],
            "examined": examined,
            "log": made.composition,
        },
    )


_LIMITED_BY = {
    "gateway": "decoding and packing what is current; unpacking the rest as far as its headers",
    "benchmark": "decoding returns and what was said last of each; unpacking the rest's headers",
    "ingest": "decoding every return",
    "alerts": "decoding every alert and notice, twice",
}


# ------------------------------------------------------------------ the views


def _examine_views(cluster: Cluster, made: Decade) -> str:
    """Hold every document in Redis against a plain fold of every event, field by field."""
    views, _ = keys_of(RedisSettings().prefix, nation=ENGLAND, layout=LAYOUT)
    host, port = cluster.redis.split(":")
    client = Redis(host=host, port=int(port), protocol=2)
    found = {
        key_of(field): unpack(packed)
        for field, packed in client.hscan_iter(views, count=1000)
        if field.startswith(DOCUMENT)
    }
    client.close()
    digests = {key: _digest(document) for key, document in found.items()}
    wanted = _wanted(cluster.kafka, made)
    if digests != wanted:
        wrong = [key for key in digests.keys() | wanted if digests.get(key) != wanted.get(key)]
        raise RuntimeError(f"{len(wrong)} of {len(wanted)} documents differ, such as {wrong[:3]}")
    return f"{len(found):,} documents are those of a plain fold"


def _wanted(settings: KafkaSettings, made: Decade) -> dict[str, str]:
    """Return the digest of each document that a plain fold gives, kept once it was made."""
    kept = made.folder / f"views-{_key()}.json"
    if not kept.is_file():
        store = _fold_plainly(settings)
        digests = {key: _digest(store.get(key) or {}) for key in store.keys("")}
        kept.write_text(json.dumps(digests))
    found: dict[str, str] = json.loads(kept.read_text())
    return found


def _fold_plainly(settings: KafkaSettings) -> MemoryStore:
    log, store = KafkaLog.of(ENGLAND, settings), MemoryStore()
    reader = Reader(log, now=now)
    for topic in (Topic.TEXTS, Topic.RETURNS, Topic.STANDINGS, Topic.ALERTS):
        fence = Fence()
        for place in reader.places(topic):
            if place.event is not None and fence.admit(place.event) is not None:
                store.put(apply(store.get, place.event), positions={})
    log.close()
    return store


def _digest(document: Document) -> str:
    return hashlib.sha256(json.dumps(document).encode()).hexdigest()[:24]


def _key() -> str:
    digest = hashlib.sha256()
    for path in sorted((_ROOT / "services" / "gateway" / "core").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# ------------------------------------------------------------------ the core


def _examine_core(cluster: Cluster, made: Decade) -> str:
    """Send the returns that were held back; what benchmark says has to be what was said then."""
    log = KafkaLog.of(ENGLAND, cluster.kafka)
    asked, wanted = made.held_back()
    begin = {topic: log.end(topic) for topic in (Topic.STANDINGS, Topic.ALERTS)}
    log.append(asked)
    until, said = time.monotonic() + _PATIENCE, list[Record]()
    while len(said) < len(wanted) and time.monotonic() < until:
        time.sleep(0.5)
        said = [
            stored.record
            for topic, after in begin.items()
            for stored in log.read(topic, after=after, limit=1_000_000)
        ]
    log.close()
    if _by_place(said) != _by_place(wanted):
        raise RuntimeError("benchmark's words on what follows the log are not the same")
    return f"{len(wanted):,} events on what follows the log are the same to the last byte"


def _by_place(records: Sequence[Record]) -> list[tuple[str, dict[str, str], bytes]]:
    return sorted(
        ((r.topic, r.headers, r.value) for r in records), key=lambda each: each[1]["ce_cause"]
    )
