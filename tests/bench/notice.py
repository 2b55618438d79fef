"""From POST to the recorded notice, and to the standing that a reader sees.

The client is open-loop: each return is due at a moment fixed beforehand and is timed from that
moment, so that a slow answer does not slow the questions down. Every authority first returns
vacancies that raise a red alert, later ones that withdraw it; both are told to two audiences.
"""

import http.client
import json
import sqlite3
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread, local
from time import perf_counter, sleep

from services.runtime.directory import LOG_FILE
from tests.bench.england import COLLECTION, LAST, draw
from tests.bench.figure import Figure, at
from tests.bench.figures import Figure as Row
from tests.bench.levels import ENGLAND_ROW
from tests.bench.server import Server, get_json

PER_SECOND = 5
SECONDS = 40
READ_BACK = 40
_SENDERS = 8
_LOOK_EVERY = 0.001
_LAST_WAIT = 20.0
_VACANCIES = "WF03"
_ENOUGH_POSTS = 60
_MOST_USUAL = 0.15
_ALARMING = 3
_NOTE = "Posts were counted anew; the figure is checked."


@dataclass(slots=True)
class Sent:
    """A return under way: when it was due, when it was answered, when each notice was recorded."""

    trace: str
    due: float
    answered: float = 0.0
    planned: set[str] = field(default_factory=set)
    recorded: list[float] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether every notice that was planned for it has been recorded as sent."""
        return bool(self.planned) and len(self.recorded) == len(self.planned)


def measure(server: Server, directory: Path) -> list[Figure]:
    """Return the time to the recorded notice at a steady rate, and to the standing as read."""
    chosen = choose()
    seen = _read_back(server, chosen)
    before = server.processor_seconds()
    sent = _send(server, directory, chosen)
    processor = 1000 * (server.processor_seconds() - before) / len(sent)
    missing = [each for each in sent if not each.done]
    if missing:
        raise RuntimeError(f"{len(missing)} of {len(sent)} returns were never told of")
    told = [1000 * (max(each.recorded) - each.due) for each in sent]
    first = [1000 * (min(each.recorded) - each.due) for each in sent]
    answered = [1000 * (each.answered - each.due) for each in sent]
    return [
        Figure(
            "POST to the last recorded notice, 99th percentile",
            at(0.99, told),
            "ms",
            "one return at a time through benchmark, alerts, views and outbox, each append on disk",
            limit=250,
            detail={
                "median": round(at(0.5, told)),
                "longest": round(max(told)),
                "first_notice": {"median": round(at(0.5, first)), "p99": round(at(0.99, first))},
                "answer": {"median": round(at(0.5, answered)), "p99": round(at(0.99, answered))},
                "processor_ms": round(processor, 1),
                "returns": len(sent),
                "notices": sum(len(each.recorded) for each in sent),
                "per_second": PER_SECOND,
            },
        ),
        Figure(
            "POST to the standing in GET /v1/standings, 99th percentile",
            at(0.99, seen),
            "ms",
            "the check, one step of benchmark and the views' fold",
            detail={"median": round(at(0.5, seen)), "returns": len(seen)},
        ),
    ]


def choose() -> list[tuple[str, list[Row]]]:
    """Return authorities with enough posts and ordinary vacancies, with their newest figures."""
    found = []
    for (code, period), figures in draw().items():
        rows = {row[0]: row for row in figures}
        _, vacant, posts = rows[_VACANCIES]
        usual = posts and vacant / posts < _MOST_USUAL
        if period == LAST and usual and posts >= _ENOUGH_POSTS and code != ENGLAND_ROW:
            found.append((code, figures))
    return found


def make_body(code: str, figures: list[Row], *, alarming: bool, turn: int) -> bytes:
    """Return a return that differs from every other of the authority."""
    observations: list[dict[str, object]] = []
    for indicator, numerator, denominator in figures:
        row: dict[str, object] = {"indicator": indicator}
        if indicator == _VACANCIES and denominator is not None:
            filled = denominator - numerator
            vacant = round(_ALARMING * filled if alarming else float(numerator), 1)
            row |= {"numerator": vacant, "denominator": round(filled + vacant, 1), "note": _NOTE}
        elif denominator == 0:
            row["symbol"] = "z"
        else:
            row["numerator"] = numerator + turn if indicator == "FD01" else numerator
            if denominator is not None:
                row["denominator"] = denominator
        observations.append(row)
    head = {"authority": code, "collection": COLLECTION, "period": LAST}
    return json.dumps({**head, "observations": observations}).encode()


# ------------------------------------------------------------------ told


def _send(server: Server, directory: Path, chosen: list[tuple[str, list[Row]]]) -> list[Sent]:
    """Send at the rate; alternately a first return of one authority and a second of another."""
    count = PER_SECOND * SECONDS
    bodies = _plan(chosen, count)
    start = perf_counter() + 0.5
    sent = [
        Sent(f"00-{0xBE5C << 64 | n:032x}-{n + 1:016x}-01", start + n / PER_SECOND)
        for n in range(count)
    ]
    stop = Event()
    watch = Thread(target=_watch, args=(directory / LOG_FILE, sent, stop))
    watch.start()
    connections = local()
    with ThreadPoolExecutor(_SENDERS) as pool:
        tasks = []
        for each, body in zip(sent, bodies, strict=True):
            sleep(max(0.0, each.due - perf_counter()))
            tasks.append(pool.submit(_post, server, connections, each, body))
        for task in tasks:
            task.result()
    until = perf_counter() + _LAST_WAIT
    while perf_counter() < until and not all(each.done for each in sent):
        sleep(0.05)
    stop.set()
    watch.join()
    return sent


def _plan(chosen: list[tuple[str, list[Row]]], count: int) -> Iterator[bytes]:
    """Yield bodies: so many authorities are alarming one after the other, then each is usual."""
    turn, given = 1_000, 0
    while True:
        for alarming in (True, False):
            for code, figures in chosen:
                if given == count:
                    return
                given, turn = given + 1, turn + 1
                yield make_body(code, figures, alarming=alarming, turn=turn)


def _post(server: Server, connections: local, each: Sent, body: bytes) -> None:
    connection: http.client.HTTPConnection | None = getattr(connections, "open", None)
    if connection is None:
        connection = connections.open = server.connect()
    headers = {"Content-Type": "application/json", "traceparent": each.trace}
    connection.request("POST", "/v1/returns", body, headers)
    response = connection.getresponse()
    answer = response.read()
    each.answered = perf_counter()
    if response.status != 202:
        raise RuntimeError(f"POST gave {response.status}: {answer[:300]!r}")


def _watch(file: Path, sent: list[Sent], stop: Event) -> None:
    """Follow ``alerts.v1`` in the file; the return's traceparent is on what was planned for it."""
    by_trace = {each.trace.split("-")[1]: each for each in sent}
    by_notice: dict[str, Sent] = {}
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    (place,) = connection.execute("SELECT last FROM topic WHERE name = 'alerts.v1'").fetchone()
    version = -1
    while not stop.is_set():
        (current,) = connection.execute("PRAGMA data_version").fetchone()
        if current == version:
            sleep(_LOOK_EVERY)
            continue
        version = current
        rows = connection.execute(
            "SELECT place, headers, value FROM record WHERE topic = 'alerts.v1' AND place > ?",
            (place,),
        ).fetchall()
        when = perf_counter()
        for row_place, packed, value in rows:
            place = row_place
            headers = json.loads(zlib.decompress(packed))
            if headers["ce_type"] == "notice.planned.v1":
                each = by_trace.get(headers.get("ce_traceparent", "--").split("-")[1])
                if each is not None:
                    notice = json.loads(zlib.decompress(value))["notice"]
                    each.planned.add(notice)
                    by_notice[notice] = each
            elif headers["ce_type"] == "notice.sent.v1":
                told = by_notice.get(json.loads(zlib.decompress(value))["notice"])
                if told is not None:
                    told.recorded.append(when)
    connection.close()


# ------------------------------------------------------------------ read


def _read_back(server: Server, chosen: list[tuple[str, list[Row]]]) -> list[float]:
    """Send one return after the other; time each until its own standings are read."""
    times = []
    connection = server.connect()
    for turn in range(READ_BACK):
        code, figures = chosen[turn % len(chosen)]
        body = make_body(code, figures, alarming=False, turn=turn + 1)
        began = perf_counter()
        connection.request("POST", "/v1/returns", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        receipt = json.loads(response.read())
        if response.status != 202:
            raise RuntimeError(f"POST gave {response.status}: {receipt}")
        times.append(_wait(connection, code, receipt["return_id"], began))
        sleep(0.1)
    connection.close()
    return times


def _wait(connection: http.client.HTTPConnection, code: str, return_id: str, began: float) -> float:
    path = f"/v1/standings?authority={code}&collection={COLLECTION}&period={LAST}&indicator=CP04"
    while perf_counter() - began < _LAST_WAIT:
        found = get_json(connection, path)
        items = found["items"]
        if isinstance(items, list) and items and items[0]["made_from"]["return_id"] == return_id:
            return 1000 * (perf_counter() - began)
    raise RuntimeError(f"the standings of {code} never showed the return")
