"""Ten years of England as a log on Kafka: 60,000 returns, through the real desk and cores.

153 authorities send 40 quarters of two collections; each return is sent again as cases are recorded
late, up to eleven times. Data sets, openings, closings, audiences and notices are all there, and
each topic's records lie in batches of about the size that the product makes. What follows the last
return is held back, with what benchmark says of it, so that whoever has rebuilt can be examined.

    python -m tests.bench.decade [RETURNS]      makes the log and prints where it is
"""

import json
import sys
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from kafka import KafkaProducer
from prometheus_client import CollectorRegistry

from schemas.codec import Record, encode
from schemas.periods import Period
from schemas.published import shipped_figures
from schemas.reference import ENGLAND, Library, load_library
from schemas.topics import Topic
from services.alerts.channel.notifier import SENT, Message, Outcome
from services.alerts.connection import read_correspondence
from services.alerts.core.step import CORE as ALERTS
from services.alerts.office import Office
from services.alerts.sender import Sender
from services.benchmark.core.state import ENGINE
from services.benchmark.core.step import CORE as BENCHMARK
from services.benchmark.method import missing_method
from services.embedded.demonstration.moment import StoryClock
from services.ingest.core.acceptance import ReturnLocked
from services.ingest.core.document import Format
from services.ingest.core.unlocking import decide_unlock, unlocking_of
from services.ingest.desk import Desk
from services.runtime import collector
from services.runtime.clock import now
from services.runtime.consumer import Consumer
from services.runtime.kafka.conversion import headers_of
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import prepare as make_topics
from services.runtime.log import Commit
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.settings import Settings
from tests.bench import machine
from tests.bench.chance import below, part
from tests.bench.england import CLOSES_AFTER, DUE_AFTER, KEPT, Moment, at_hour, write_return
from tests.bench.figures import Authority, Figure
from tests.bench.levels import read_levels

RETURNS = 60_000
HELD_BACK = 40
MAIN, EARLY_HELP = "riia-quarterly", "early-help-quarterly"
_FIRST = Period.parse("2024-25-Q3")
"""From here on there are published figures to stand beside: standings are as full as they get."""
_QUARTERS = 40
_SEED = "decade"
_TIMES = {MAIN: (3, 9), EARLY_HELP: (1, 5)}
"""How often a return is sent: at least so often, and less than so much more often."""
_LATE_ONE_IN = 40
_BATCH = {Topic.RETURNS: 1, Topic.STANDINGS: 32 * 1024, Topic.ALERTS: 4 * 1024}
_HOUR_MS, _ABREAST = 3_600_000, 5_000
_RECORDED_LATE = ("FD01", "FD03", "CP01", "AS01", "CN01", "CL05", "CL06", "SE01", "SE06")
_RATES = (("EH01", 60), ("EH03", 90), ("EH06", 50), ("EH07", 9), ("EH08", 55), ("EH09", 140))
"""Early help in a quarter, or at its end, for each 10,000 children."""
_SHARES = (("EH02", 120_000, 60), ("EH04", 90_000, 60), ("EH05", 760_000, 55))
"""The same as shares in millionths, of how many for each 10,000 children."""


@dataclass(frozen=True, slots=True)
class Decade:
    """A log that was made: the broker's folder, and what is known of it."""

    folder: Path

    @property
    def data(self) -> Path:
        """The broker's own folder: copy it before starting a broker on it."""
        return self.folder / "kafka"

    @property
    def composition(self) -> dict[str, object]:
        """How many records and bytes of each kind the log has."""
        found: dict[str, object] = json.loads((self.folder / "composition.json").read_text())
        return found

    def held_back(self) -> tuple[list[Record], list[Record]]:
        """Return what follows of returns and their unlocking, and what benchmark says of it."""
        lines = (self.folder / "held-back.jsonl").read_text().splitlines()
        records = [_read(said) for line in lines for said in json.loads(line)]
        asked = [record for record in records if record.topic is Topic.RETURNS]
        return asked, [record for record in records if record.topic is not Topic.RETURNS]


def settings_of(address: str) -> KafkaSettings:
    """Return how the log on a broker is reached."""
    return KafkaSettings(servers=address, partitions=4, replicas=1)


def prepare(returns: int = RETURNS) -> Decade:
    """Return the kept log, making it first if what it rests on has changed."""
    folder = KEPT / f"decade-{returns}-{_key()}"
    if not folder.is_dir():
        half = folder.with_suffix(".part")
        machine.remove(half)
        with machine.kafka(half / "kafka") as (address, _):
            _write(half, settings_of(address), returns=returns)
        for older in KEPT.glob(f"decade-{returns}-*"):
            if older != half:
                machine.remove(older)
        half.rename(folder)
    return Decade(folder)


# ------------------------------------------------------------------ the story


def moments(library: Library, *, returns: int) -> Iterator[Moment]:
    """Yield what happens in order of time, until so many returns have come."""
    levels = read_levels(shipped_figures())
    authorities = {
        code: Authority(_SEED, code, levels) for code in sorted(library.senders(ENGLAND))
    }
    waiting: list[Moment] = []
    given = 0
    for turn in range(_QUARTERS):
        period = _FIRST.shift(turn)
        waiting.extend(_quarter(period, authorities, closes=turn < _QUARTERS - 1))
        waiting.sort(key=lambda moment: moment.at)
        until = at_hour(period.next().ends + timedelta(days=1), 0)
        while waiting and (waiting[0].at < until or turn == _QUARTERS - 1):
            moment = waiting.pop(0)
            given += moment.what == "return"
            yield moment
            if given == returns:
                return
    raise RuntimeError(f"the decade has {given} returns and not {returns}")


def _quarter(
    period: Period, authorities: dict[str, Authority], *, closes: bool
) -> Iterator[Moment]:
    for collection in _TIMES:
        opens = at_hour(period.ends + timedelta(days=1), 7)
        yield Moment(opens, "open", str(period), collection=collection)
        if closes:
            ends = at_hour(period.ends + timedelta(days=CLOSES_AFTER), 17)
            yield Moment(ends, "close", str(period), collection=collection)
    for code, authority in authorities.items():
        people = authority.levels.people(code)
        figures = {
            MAIN: authority.quarter(str(period)),
            EARLY_HELP: list(_early_help(code, str(period), people)),
        }
        for collection, first in figures.items():
            yield from _sendings(collection, code, period, first)


def _sendings(collection: str, code: str, period: Period, first: list[Figure]) -> Iterator[Moment]:
    name = (_SEED, collection, code, str(period))
    least, more = _TIMES[collection]
    for turn in range(least + below(more, *name)):
        days = 2 + below(CLOSES_AFTER - 3, *name, turn, "day")
        if below(_LATE_ONE_IN, *name, turn, "late") == 0:
            days += CLOSES_AFTER
        at = at_hour(period.ends + timedelta(days=days), 8)
        at += timedelta(seconds=below(9 * 3600, *name, turn, "second"))
        figures = [_restate(figure, turn, name) for figure in first]
        body = write_return(collection, code, str(period), figures)
        yield Moment(at, "return", str(period), body, collection=collection)


def _restate(figure: Figure, turn: int, name: tuple[str, ...]) -> Figure:
    """Return a figure as it is sent the next time: some have cases that were recorded late."""
    code, numerator, denominator = figure
    late = turn + below(1 + turn, *name, turn, code)
    if code in {_RECORDED_LATE[0], "EH09"}:
        return code, numerator + turn, denominator
    if code in _RECORDED_LATE:
        return code, numerator + late, denominator
    has_room = denominator is not None and numerator + 2 * turn < denominator
    if has_room and code not in {"CP04", "CP08", "CP09", "LA04"} and isinstance(numerator, int):
        return code, numerator + late, denominator
    return figure


def _early_help(code: str, period: str, people: int) -> Iterator[Figure]:
    for indicator, rate in _RATES:
        usual = people * rate // 10_000
        yield indicator, part(2 * usual, 500_000, _SEED, code, indicator, period), None
    for indicator, share, rate in _SHARES:
        of = people * rate // 10_000
        yield indicator, part(of, share, _SEED, code, indicator, period), of


# ------------------------------------------------------------------ the making


class _Tape(MemoryLog):
    """Keeps what the cores read and hands everything on; nobody reads what benchmark said."""

    def __init__(self, producers: "_Producers") -> None:
        super().__init__()
        self._producers = producers
        self.counts: Counter[str] = Counter()
        self.sizes: Counter[str] = Counter()
        self.commits: dict[tuple[str, Topic], Commit] = {}
        self.held_back: list[Record] | None = None

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        """Append, and hand on until the rest is held back."""
        if self.held_back is not None:
            self.held_back.extend(records)
        else:
            for record in records:
                kind = record.headers["ce_type"]
                self.counts[kind] += 1
                self.sizes[kind] += len(record.value)
                self._producers.send(record)
            if commit is not None:
                self.commits[commit.consumer, commit.topic] = commit
        return super().append(
            [record for record in records if record.topic is not Topic.STANDINGS], commit=commit
        )


class _Producers:
    """Sends in bulk; each topic's batches are about as large as those of one append."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._sent: Counter[Topic] = Counter()
        self._places = {
            topic: place_of(topic, settings, partition=KafkaLog.of(ENGLAND, settings).partition)
            for topic in Topic
        }
        self._made = {
            topic: KafkaProducer(
                bootstrap_servers=settings.addresses,
                compression_type="zstd",
                batch_size=_BATCH.get(topic, 1),
                max_request_size=8 * 1024 * 1024,
                linger_ms=1000,
                delivery_timeout_ms=_HOUR_MS,
                request_timeout_ms=_HOUR_MS // 4,
                metrics_enabled=False,
            )
            for topic in Topic
        }

    def send(self, record: Record) -> None:
        """Send a record; now and then wait for all that was sent."""
        self._sent[record.topic] += 1
        if sum(self._sent.values()) % _ABREAST == 0:
            for producer in self._made.values():
                producer.flush()
        place = self._places[record.topic]
        self._made[record.topic].send(
            place.topic,
            value=record.value,
            key=record.key.encode(),
            headers=headers_of(record),
            partition=place.partition,
        )

    def close(self) -> None:
        """Wait until everything is there; RuntimeError if it is not."""
        for producer in self._made.values():
            producer.flush()
            producer.close()
        log = KafkaLog.of(ENGLAND, self._settings)
        found = {topic: log.end(topic) for topic in self._sent}
        log.close()
        if found != self._sent:
            raise RuntimeError(f"the broker has {found}, and was sent {dict(self._sent)}")


class _Nowhere:
    """A channel that takes everything and keeps nothing."""

    recognises_repeats = True

    def send(self, message: Message, *, reached: frozenset[str] = frozenset()) -> Outcome:
        return SENT


class _House:
    """Desk, cores and sender over one log."""

    def __init__(self, log: MemoryLog, library: Library, clock: StoryClock) -> None:
        correspondence = read_correspondence(Settings(), library=library, nation=ENGLAND)
        self.audiences = [audience.told for audience in correspondence.audiences]
        self.desk = Desk(log, library=library, nation=ENGLAND, now=clock)
        self.office = Office(log, library, ENGLAND, now=clock)
        self._consumers = [Consumer(core, log, now=clock) for core in (BENCHMARK, ALERTS)]
        self._sender = Sender(
            self.office,
            {
                (told.audience, name): _Nowhere()
                for told in self.audiences
                for name in told.channels
            },
            base_url="http://127.0.0.1",
            now=clock,
            metrics=Metrics(CollectorRegistry()),
        )

    def settle(self) -> None:
        while sum(consumer.advance() for consumer in self._consumers) or self._sender.run_once():
            pass

    def play(self, moment: Moment) -> None:
        if moment.what == "open":
            due = Period.parse(moment.period).ends + timedelta(days=DUE_AFTER)
            self.desk.open_period(moment.collection, moment.period, due=due)
        elif moment.what == "close":
            self.desk.close_period(moment.collection, moment.period)
        else:
            self._send(moment.body)

    def _send(self, body: bytes) -> None:
        """Send a return; what stands in a closed period is unlocked for it."""
        try:
            self.desk.submit(body, format=Format.JSON, channel="bench")
        except ReturnLocked as locked:
            unlock = partial(decide_unlock, reason="Cases were recorded late.", actor="bench")
            self.desk.tell(str(locked.stands), unlock, unlocking_of)
            self.desk.submit(body, format=Format.JSON, channel="bench")


def _write(folder: Path, settings: KafkaSettings, *, returns: int) -> None:
    make_topics(settings)
    collector.look_seldom()
    library, producers = load_library(), _Producers(settings)
    story = list(moments(library, returns=returns + HELD_BACK))
    clock = StoryClock(story[0].at, afterwards=now)
    log = _Tape(producers)
    house = _House(log, library, clock)
    method = missing_method(log, ENGLAND, now=clock)
    if method is not None:
        log.append([encode(method)])
    house.desk.stock(tuple(shipped_figures()))
    house.office.set_audiences(house.audiences)
    house.settle()
    last = [n for n, moment in enumerate(story) if moment.what == "return"][returns - 1]
    for _, of_a_day in groupby(story[: last + 1], key=lambda moment: moment.at.date()):
        for moment in of_a_day:
            clock.show(moment.at)
            house.play(moment)
        house.settle()
    producers.close()
    kafka = KafkaLog.of(ENGLAND, settings)
    for commit in log.commits.values():
        kafka.append([], commit=commit)
    kafka.close()
    with (folder / "held-back.jsonl").open("w") as out:
        for moment in story[last + 1 :]:
            log.held_back = []
            clock.show(moment.at)
            house.play(moment)
            house.settle()
            own = [r for r in log.held_back if r.headers["ce_source"].endswith("/benchmark")]
            said = [r for r in log.held_back if r.topic is Topic.RETURNS] + own
            out.write(json.dumps([_write_record(each) for each in said]) + "\n")
    composition = {
        "returns": returns,
        "records": sum(log.counts.values()),
        "megabytes": round(sum(log.sizes.values()) / 1e6),
        "of_each": {kind: [n, round(log.sizes[kind] / 1e6, 1)] for kind, n in log.counts.items()},
        "from": str(story[0].at),
        "to": str(story[last].at),
    }
    (folder / "composition.json").write_text(json.dumps(composition))


def _write_record(record: Record) -> list[object]:
    return [record.topic, record.key, record.headers, b64encode(record.value).decode()]


def _read(said: list[object]) -> Record:
    topic, key, headers, value = said
    return Record(Topic(topic), key, headers, b64decode(value))  # type: ignore[arg-type]


def _key() -> str:
    """Name what the log rests on; other code of the same engine says the same."""
    root = Path(__file__).resolve().parents[2]
    files = [root / "tests" / "bench" / f"{name}.py" for name in ("chance", "figures", "levels")]
    files += [Path(__file__), *(root / "schemas" / "events").rglob("*.py")]
    digest = sha256(str(ENGINE).encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    print(prepare(*map(int, sys.argv[1:])).folder)
