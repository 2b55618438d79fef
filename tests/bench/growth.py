"""Growth: how many bytes one return adds to the log, and closing a quarter per return in it."""

import sqlite3
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

from schemas.codec import decode
from schemas.events import Cause, PeriodClosed, ReturnAccepted
from schemas.topics import Producer, Topic
from services.embedded.data import beside
from services.runtime.directory import LOG_FILE
from services.runtime.fence import Fence
from services.runtime.log import Stored
from services.runtime.sqlite_log import SqliteLog
from tests.bench.england import LAST
from tests.bench.figure import Figure, at

_KIB = 1024
_FULL = 100
"""From this return of the quarter on nearly all statistical neighbours have returned too."""


def measure(directory: Path) -> list[Figure]:
    """Return the figures of a log that holds England's history."""
    with beside(directory) as log:
        returns, closings, senders = _inputs(log)
        caused = _caused(log)
    of_return = {n: size + sum(caused[n].values()) for n, size in returns.items()}
    newest = list(of_return.values())[-senders:]
    full = newest[_FULL:]
    parts = [caused[n] for n in list(returns)[-senders:]][_FULL:]
    said = {kind: sum(part[kind] for part in parts) / len(parts) / _KIB for kind in _kinds(parts)}
    own = mean(list(returns.values())[-senders:][_FULL:]) / _KIB
    closed = [sum(caused[n].values()) / senders / _KIB for n in closings]
    file = (directory / LOG_FILE).stat().st_size
    return [
        Figure(
            "log growth per return, mean",
            mean(full) / _KIB,
            "KiB",
            "31 standings with what each was held against; a neighbours.updated for each sender "
            "that has the authority as a neighbour: about 10, of the largest more than 20",
            limit=40,
            detail={
                "median": round(median(full) / _KIB, 1),
                "p99": round(at(0.99, full) / _KIB, 1),
                "largest": round(max(newest) / _KIB, 1),
                "over_limit": round(sum(size > 40 * _KIB for size in full) / len(full), 2),
                "parts": {"return.accepted": round(own, 1)}
                | {kind: round(size, 1) for kind, size in said.items()},
                "over": len(full),
            },
        ),
        Figure(
            "log growth at close, for each return of the quarter",
            median(closed),
            "KiB",
            "every standing is said once more, now for good",
            detail={"closings": len(closed), "largest": round(max(closed), 1)},
        ),
        Figure(
            "log on disk, for each return with its share of everything",
            file / len(returns) / _KIB,
            "KiB",
            "zlib over each record by itself",
            detail={
                "file_mib": round(file / _KIB**2, 1),
                "returns": len(returns),
                "compression": round(_uncompressed(directory) / file, 2),
            },
        ),
    ]


def _inputs(log: SqliteLog) -> tuple[dict[int, int], list[int], int]:
    """Return the size of each return by its number, the numbers of closings, the newest's count."""
    fence, returns, closings, newest = Fence(), dict[int, int](), list[int](), 0
    for stored in _records(log, Topic.RETURNS):
        event = decode(stored.record)
        n = fence.admit(event)
        if n is None or event.producer is not Producer.INGEST:
            continue
        if isinstance(event.data, ReturnAccepted):
            returns[n] = size(stored)
            newest += event.data.period == LAST
        elif isinstance(event.data, PeriodClosed):
            closings.append(n)
    return returns, closings, newest


def _caused(log: SqliteLog) -> defaultdict[int, Counter[str]]:
    caused: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for topic in (Topic.STANDINGS, Topic.ALERTS):
        for stored in _records(log, topic):
            headers = stored.record.headers
            cause = Cause.parse(headers["ce_cause"]) if "ce_cause" in headers else None
            if cause is not None and (cause.topic, cause.producer) == (
                Topic.RETURNS,
                Producer.INGEST,
            ):
                caused[cause.n][headers["ce_type"].rsplit(".", 1)[0]] += size(stored)
    return caused


def size(stored: Stored) -> int:
    """Return the bytes of a record before compression, attributes included."""
    headers = stored.record.headers
    return len(stored.record.value) + sum(len(name) + len(headers[name]) for name in headers)


def _records(log: SqliteLog, topic: Topic) -> Iterator[Stored]:
    after = 0
    while batch := log.read(topic, after=after):
        yield from batch
        after = batch[-1].offset


def _kinds(parts: list[Counter[str]]) -> list[str]:
    return sorted({kind for part in parts for kind in part})


def _uncompressed(directory: Path) -> int:
    connection = sqlite3.connect(f"{(directory / LOG_FILE).as_uri()}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT headers, value FROM record")
        return sum(len(zlib.decompress(h)) + len(zlib.decompress(v)) for h, v in rows)
    finally:
        connection.close()
