"""The distributed product under load: how late results are, how many returns it carries, a kill.

Broker, Redis, four services and the sender share the machine's cores. What benchmark said under
load is stepped again here, from the log alone, and has to be the same to the last byte: a run with
a wrong result does not count.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from time import process_time

from schemas.codec import Record, encode, heading
from schemas.events import ReturnAccepted, derive
from schemas.reference import ENGLAND
from schemas.topics import Topic
from services.benchmark.core.step import CORE
from services.runtime import collector
from services.runtime.clock import now
from services.runtime.consumer import Consumer
from services.runtime.fence import Fence
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Log
from services.runtime.reader import Reader
from tests.bench import load
from tests.bench.cluster import Cluster, with_england
from tests.bench.figure import Figure, at
from tests.bench.load import Sent
from tests.bench.poster import ACCEPTED

RATES = ((5, 40.0, 1), (50, 30.0, 10))
"""Returns a second, for so many seconds, of which one in so many alarms or calms somebody."""
STEP_SECONDS = 15.0
LIMIT_SECONDS = 1.0
_HIGHEST, _LOWEST, _CLOSE = 400.0, 5.0, 1.2
_KILLS = 2
_KILL_RATE = 5.0
_KILL_SECONDS = 20.0
_KILL_AFTER = 6.0
_PER_SECOND = 1_000


def measure() -> Iterator[Figure]:
    """Yield every figure of a product that runs."""
    with (
        tempfile.TemporaryDirectory(prefix="tartan-bench-") as name,
        with_england(Path(name)) as cluster,
    ):
        log = KafkaLog.of(ENGLAND, cluster.kafka)
        begin = log.end(Topic.RETURNS)
        loaded = cluster.memory()
        steady, crowded = RATES
        yield from _latency(cluster, *steady)
        yield _sustained(cluster, log)
        yield _memory(cluster, loaded)
        yield from _kills(cluster)
        yield from _latency(cluster, *crowded)
        yield _checked(log, begin)
        log.close()


# ------------------------------------------------------------------ latency


def _latency(
    cluster: Cluster, per_second: float, seconds: float, alarming: int
) -> Iterator[Figure]:
    before = cluster.spent()
    sent = load.send(cluster, per_second=per_second, seconds=seconds, alarming_one_in=alarming)
    spent = _spent(before, cluster.spent(), len(sent))
    refused = [each for each in sent if each.status != ACCEPTED]
    yield Figure(
        f"distributed: returns refused at {per_second:g} a second",
        len(refused),
        "returns",
        "ingest answers 503 where the log does not answer within 1.6 s",
        limit=0,
        detail={"of": len(sent), "words": sorted({each.refusal[:120] for each in refused})},
    )
    if refused:
        return  # the times of those that were taken would flatter
    _require_all(sent)
    shown = [_PER_SECOND * each.visible for each in sent if each.visible is not None]
    answered = [_PER_SECOND * each.answered for each in sent if each.answered is not None]
    told = [_PER_SECOND * max(each.told) for each in sent if each.told]
    shared = {
        "per_second": per_second,
        "returns": len(sent),
        "answer": {"p50": round(at(0.5, answered)), "p99": round(at(0.99, answered))},
        "processor_ms_per_return": spent,
    }
    yield Figure(
        f"distributed: POST to the standing in the gateway, {per_second:g} a second, "
        "99th percentile",
        at(0.99, shown),
        "ms",
        "one append acknowledged after another: return, alerts, standings, then Redis",
        limit=_PER_SECOND * LIMIT_SECONDS,
        detail={"median": round(at(0.5, shown)), "longest": round(max(shown))} | shared,
    )
    yield Figure(
        f"distributed: POST to the last recorded notice, {per_second:g} a second, 99th percentile",
        at(0.99, told),
        "ms",
        "a notice is three appends and a file, one after the other, for each of two audiences",
        detail={
            "median": round(at(0.5, told)),
            "first_notice": {
                "p50": round(_PER_SECOND * at(0.5, [min(e.told) for e in sent if e.told])),
                "p99": round(_PER_SECOND * at(0.99, [min(e.told) for e in sent if e.told])),
            },
            "returns_told_of": len(told),
            "notices": sum(len(each.told) for each in sent),
        }
        | shared,
    )


def _require_all(sent: list[Sent]) -> None:
    refusals = [f"{each.status} {each.refusal}" for each in sent if each.status != ACCEPTED]
    unseen = sum(each.visible is None for each in sent)
    untold = sum(len(each.told) < len(each.planned) for each in sent)
    if refusals or unseen or untold:
        raise RuntimeError(
            f"of {len(sent)} returns {len(refusals)} were refused, {unseen} never shown, "
            f"{untold} not told of: {refusals[:3]}"
        )


def _spent(before: dict[str, float], after: dict[str, float], returns: int) -> dict[str, float]:
    return {
        name: round(_PER_SECOND * (seconds - before[name]) / returns, 2)
        for name, seconds in after.items()
        if name in before
    }


# ------------------------------------------------------------------ how many


def _sustained(cluster: Cluster, log: Log) -> Figure:
    """Find the highest rate whose backlog does not grow and whose results are not late."""
    carried, refused, detail = 0.0, _HIGHEST, dict[str, object]()
    rate, steps = 10.0, list[list[object]]()
    while carried == 0 or refused / carried > _CLOSE:
        before, begin = cluster.spent(), log.end(Topic.RETURNS)
        sent = load.send(cluster, per_second=rate, seconds=STEP_SECONDS, alarming_one_in=50)
        p99 = at(0.99, [LIMIT_SECONDS * 99 if e.visible is None else e.visible for e in sent])
        early, late = (_backlog(sent, share) for share in (0.25, 1.0))
        passed = (
            p99 <= LIMIT_SECONDS
            and late <= max(early, rate * LIMIT_SECONDS / 4)
            and all(each.status == ACCEPTED for each in sent)
        )
        for server in cluster.running.values():
            server.wait_until_ready(seconds=300)
        steps.append([round(rate, 1), passed, round(_PER_SECOND * p99), early, late])
        if passed:
            carried, spent = rate, _spent(before, cluster.spent(), len(sent))
            core = _core_milliseconds(log, after=begin)
            detail = {
                "p99_ms": round(_PER_SECOND * p99),
                "processor_ms_per_return": spent,
                "core_ms_per_return": round(core, 2),
                "core_share": round(core / sum(spent.values()), 2),
            }
        else:
            refused = rate
        if carried == 0 and rate <= _LOWEST:
            break
        rate = (
            (carried * refused) ** 0.5
            if carried and refused < _HIGHEST
            else (min(_HIGHEST, 2 * rate) if passed else rate / 2)
        )
        if carried >= _HIGHEST:
            break
    return Figure(
        "distributed: returns a second that are carried without falling behind",
        carried,
        "returns/s",
        "processor time: two cores for broker, Redis, four services and the sender",
        detail=detail
        | {
            "seconds_of_a_step": STEP_SECONDS,
            "late_after_seconds": LIMIT_SECONDS,
            "steps": steps,
            "of_a_step": "rate, carried, p99 ms, backlog at a quarter, backlog at the end",
        },
    )


def _backlog(sent: list[Sent], share: float) -> int:
    """Return how many returns were due and not yet shown when a share of the step was over."""
    begin, end = sent[0].moment, sent[-1].moment
    moment = begin + share * (end - begin)
    due = sum(each.moment <= moment for each in sent)
    shown = sum(each.visible is not None and each.moment + each.visible <= moment for each in sent)
    return due - shown


def _core_milliseconds(log: Log, *, after: int) -> float:
    """Return what the core alone takes for a return behind a place, stepped here."""
    spent = [seconds for _, seconds in _step_again(log, after=after)]
    return _PER_SECOND * sum(spent) / len(spent)


def _step_again(log: Log, *, after: int) -> Iterator[tuple[list[Record], float]]:
    """Step what stands behind a place, on what the log says of all before; say what it takes."""
    collector.look_seldom()
    consumer = Consumer(CORE, log, now=now)
    consumer.recover(up_to=after)
    fence, reader = Fence(), Reader(log, now=now)
    for place in reader.places(CORE.reads):
        n = fence.admit(place.said) if place.said is not None else None
        if place.offset <= after or n is None or place.event is None:
            continue
        state = consumer.state(place.event.nation)
        began = process_time()
        said = CORE.step(state, place.event)
        spent = process_time() - began
        records = [encode(e) for e in derive(place.event, n=n, producer=CORE.name, said=said)]
        if isinstance(place.event.data, ReturnAccepted):
            yield records, spent
        elif records:
            yield records, 0.0


def _checked(log: Log, begin: int) -> Figure:
    """Hold all that benchmark said since the start against what its core says here."""
    recorded: dict[tuple[str, str], bytes] = {}
    for topic in CORE.writes:
        for stretch in Reader(log, now=now).stretches(topic):
            recorded |= {
                (topic, stored.record.headers["ce_id"]): stored.record.value
                for stored in stretch
                if stored.record.headers["ce_source"].endswith("/benchmark")
            }
    compared = wrong = 0
    for records, _ in _step_again(log, after=begin):
        for record in records:
            compared += 1
            wrong += recorded.get((record.topic, record.headers["ce_id"])) != record.value
    if wrong:
        raise RuntimeError(f"{wrong} of {compared} events are not what the core says")
    return Figure(
        "distributed: events that differ from the core's own word",
        wrong,
        "events",
        "each event of this run is stepped again from the log, kills included",
        limit=0,
        detail={"compared": compared},
    )


# ------------------------------------------------------------------ memory and kills


def _memory(cluster: Cluster, loaded: dict[str, tuple[float, float]]) -> Figure:
    after = cluster.memory()
    ours = [name for name in after if name not in cluster.containers]
    return Figure(
        "distributed: resident memory of the four services under load",
        sum(after[name][1] for name in ours),
        "MB",
        "each imports its libraries; benchmark and gateway hold England",
        detail={"at_start": loaded, "under_load": after, "of_each": "now, highest"},
    )


def _kills(cluster: Cluster) -> Iterator[Figure]:
    yield _killed(cluster, "alone, started again at once")
    cluster.running.pop("benchmark").stop()
    for name in ("first", "second"):
        cluster.start("benchmark", "--session", "6", known_as=name)
    time.sleep(1.0)
    for name in ("first", "second"):
        cluster.running[name].wait_until_ready(seconds=300)
    yield _killed(cluster, "with a standby")


def _killed(cluster: Cluster, how: str) -> Figure:
    """Kill benchmark under load; time until the first result that it had not said before."""
    found = [_kill_once(cluster, is_alone="alone" in how) for _ in range(_KILLS)]
    return Figure(
        f"distributed: kill -9 of benchmark to the first new result, {how}",
        max(found),
        "s",
        "the group's session of 6 s" if "standby" in how else "imports, joining, folding the log",
        limit=15,
        detail={"of_each_kill": [round(each, 2) for each in found], "per_second": _KILL_RATE},
    )


def _kill_once(cluster: Cluster, *, is_alone: bool) -> float:
    moments: list[float] = []

    def kill() -> None:
        name = "benchmark" if is_alone else _worker_of(cluster)
        moments.append(time.time())
        cluster.kill(name)
        if is_alone:
            cluster.start("benchmark", "--instance", "bench", "--session", "6")
        else:
            cluster.start("benchmark", "--session", "6", known_as=name)

    ends = KafkaLog.of(ENGLAND, cluster.kafka)
    after = ends.end(Topic.STANDINGS)
    ends.close()
    timer = Timer(3.0 + _KILL_AFTER, kill)
    timer.start()
    sent = load.send(cluster, per_second=_KILL_RATE, seconds=_KILL_SECONDS, alarming_one_in=10)
    timer.join()
    for server in cluster.running.values():
        server.wait_until_ready(seconds=300)
    _require_all(sent)
    return _first_new(cluster.kafka, after=after, killed=moments[0])


def _worker_of(cluster: Cluster) -> str:
    """Return the worker that has the partition: the one that has worked most of late."""
    before = cluster.spent()
    time.sleep(1.0)
    after = cluster.spent()
    return max(("first", "second"), key=lambda name: after[name] - before[name])


def _first_new(settings: KafkaSettings, *, after: int, killed: float) -> float:
    """Return the seconds from a kill to the first event that had not been said before it."""
    fence = Fence()
    for stored, moment in load.read_timed(settings, Topic.STANDINGS, after=after):
        if fence.admit(heading(stored.record)) is not None and moment > killed:
            return moment - killed
    raise RuntimeError("nothing was said after the kill")
