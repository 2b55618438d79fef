"""The log on a real Kafka: several processes, two nations, a broker standing still, the cores."""

import subprocess
import sys
from asyncio import to_thread
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from threading import Timer
from time import monotonic, sleep

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from schemas.codec import Record, encode
from schemas.core import Core
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Topic
from services.alerts.audience import default_audiences
from services.alerts.core.step import CORE as ALERTS
from services.alerts.office import Office
from services.benchmark.core.step import CORE as BENCHMARK
from services.benchmark.method import missing_method
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.consumer import Consumer
from services.runtime.fence import Fence
from services.runtime.kafka.bookmark import Bookmark
from services.runtime.kafka.client import make_admin
from services.runtime.kafka.haul import MANY, Haul
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import name_of, place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import UnfitTopics, check, prepare
from services.runtime.log import (
    Commit,
    Log,
    LogDamaged,
    LogError,
    LogUnavailable,
    LogUncertain,
)
from services.runtime.memory_log import MemoryLog
from services.runtime.reader import Reader
from services.runtime.turn import Deadline, Patience
from services.runtime.verification import verify
from tests.faults.history import write_return

PATIENCE = 0.6
"""Seconds that a call may take in these tests; ingest's answer to a sender leaves no more."""
HASTE = 0.05
"""Seconds that are enough for a client that is there, and never for one that is new."""


@pytest.fixture
def open_log(kafka_settings: KafkaSettings) -> Iterator[Callable[..., KafkaLog]]:
    """Opens logs of a nation on topics of the test's own, and closes them after it."""
    logs: list[KafkaLog] = []

    def open_(nation: str = "england", **options) -> KafkaLog:
        logs.append(KafkaLog.of(nation, kafka_settings, **options))
        return logs[-1]

    yield open_
    for log in logs:
        log.close()


def make_record(
    value: bytes = b"{}", *, topic: Topic = Topic.RETURNS, key: str = "england"
) -> Record:
    return Record(topic, key, {"ce_id": "1", "ce_type": "x"}, value)


def values(log: Log, topic: Topic = Topic.RETURNS) -> list[bytes]:
    return [stored.record.value for stored in log.read(topic, limit=10**6)]


def come_back(ask: Callable[[], object], *, seconds: float = 60) -> object:
    """Ask until the log answers again."""
    until = monotonic() + seconds
    while True:
        try:
            return ask()
        except LogError:
            assert monotonic() < until
            sleep(0.1)


# -------------------------------------------------------------------------------- several processes

OTHER = """
import sys
from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Commit
log = KafkaLog.of("england", KafkaSettings.model_validate_json(sys.argv[1]))
print(*[stored.record.value.decode() for stored in log.read(Topic.RETURNS)])
record = Record(Topic.RETURNS, "england", {}, b"theirs")
log.append([record], commit=Commit("benchmark", Topic.RETURNS, 2))
log.close()
"""


def test_what_one_process_appends_and_commits_another_reads(open_log, kafka_settings, root):
    log = open_log()
    log.append([make_record(b"ours")])
    options = kafka_settings.model_dump_json(exclude_none=True)

    other = subprocess.run(
        [sys.executable, "-c", OTHER, options],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert other.stdout == "ours\n"
    assert values(log) == [b"ours", b"theirs"]
    assert log.committed("benchmark", Topic.RETURNS) == 2


def test_a_record_whose_append_has_returned_is_in_the_very_next_read(open_log):
    writer, reader = open_log(), open_log()

    for number in range(1, 60):
        writer.append([make_record(b"%d" % number)])
        assert len(reader.read(Topic.RETURNS, after=0)) == number
        assert [s.offset for s in reader.read(Topic.RETURNS, after=number - 1)] == [number]
        assert list(reader.read(Topic.RETURNS, after=number)) == []


@pytest.mark.parametrize("read", [(), (Topic.RETURNS,), (Topic.PARKED,)])
def test_whatever_a_log_has_read_it_says_where_every_topic_ends(open_log, read):
    open_log().append([make_record(), make_record()])
    log = open_log()
    for _ in range(3):
        for topic in read:
            log.read(topic)
        assert log.ends() == {topic: 2 * (topic is Topic.RETURNS) for topic in Topic}
        log.close()


def test_appends_from_many_threads_each_stand_once_and_together(open_log):
    log, reader = open_log(), open_log()

    def append(name: int) -> Sequence[int]:
        return log.append([make_record(b"%d:%d" % (name, part)) for part in range(5)])

    with ThreadPoolExecutor(8) as pool:
        offsets = list(pool.map(append, range(40)))

    stored = values(reader)
    assert sorted(stored) == sorted(b"%d:%d" % (n, part) for n in range(40) for part in range(5))
    for name, places in enumerate(offsets):
        assert [stored[place - 1] for place in places] == [b"%d:%d" % (name, p) for p in range(5)]


def test_a_listener_hears_of_what_another_process_appends_and_of_kafkas_return(open_log, kafka):
    hearing, other = open_log(patience=PATIENCE), open_log()
    heard: list[int] = []
    hearing.listen(lambda: heard.append(len(come_back(lambda: other.read(Topic.ALERTS)))))

    other.append([make_record(topic=Topic.ALERTS)])
    wait_until(lambda: 1 in heard)
    with kafka.paused():
        sleep(2)
    come_back(lambda: other.append([make_record(topic=Topic.ALERTS)]))

    wait_until(lambda: heard[-1] >= 2)


def wait_until(is_so: Callable[[], bool], *, seconds: float = 20) -> None:
    until = monotonic() + seconds
    while not is_so():
        assert monotonic() < until, "it did not come about in time"
        sleep(0.02)


# ------------------------------------------------------------------------------------- two nations


def test_nations_of_two_partitions_have_a_log_each_and_texts_in_common(open_log):
    england, demo = open_log("england"), open_log("demo")

    england.append([make_record(b"e")], commit=Commit("benchmark", Topic.RETURNS, 1))
    demo.append([make_record(b"d1", key="demo"), make_record(b"d2", key="demo")])
    demo.append([make_record(b"t", topic=Topic.TEXTS, key="id")])

    assert values(england) == [b"e"]
    assert values(demo) == [b"d1", b"d2"]
    assert demo.committed("benchmark", Topic.RETURNS) == 0
    assert values(england, Topic.TEXTS) == values(demo, Topic.TEXTS) == [b"t"]


def test_what_is_parked_stands_beside_the_record_that_it_names(open_log):
    demo = open_log("demo")

    demo.append([make_record(b"p", topic=Topic.PARKED, key="england")])

    assert values(demo, Topic.PARKED) == [b"p"]
    assert values(open_log("england"), Topic.PARKED) == []


# --------------------------------------------------------------------- a broker that stands still


def test_while_the_broker_stands_still_every_call_says_so_in_time_and_then_all_goes_on(
    open_log, kafka
):
    log = open_log(patience=PATIENCE)
    log.append([make_record(b"before")], commit=Commit("benchmark", Topic.RETURNS, 1))
    log.read(Topic.RETURNS)
    asked: list[tuple[Callable[[], object], type[LogError]]] = [
        (lambda: log.append([make_record(b"during")]), LogUncertain),
        (lambda: log.append([make_record(b"again")]), LogUnavailable),
        (lambda: log.read(Topic.RETURNS), LogUnavailable),
        (lambda: log.committed("benchmark", Topic.RETURNS), LogUnavailable),
        (lambda: log.append([], commit=Commit("benchmark", Topic.RETURNS, 2)), LogUncertain),
    ]

    with kafka.paused():
        for ask, fault in asked:
            began = monotonic()
            with pytest.raises(fault):
                ask()
            assert monotonic() - began < PATIENCE + 0.6

    come_back(lambda: log.append([make_record(b"after")]))
    found = values(log)
    assert found[0] == b"before"
    assert found[-1] == b"after"
    assert set(found[1:-1]) <= {b"during"}
    assert log.committed("benchmark", Topic.RETURNS) in (1, 2)


def test_a_crowd_that_appends_to_a_broker_standing_still_is_answered_in_time(open_log, kafka):
    log = open_log(patience=PATIENCE)
    log.append([make_record()])

    def append(number: int) -> tuple[type[LogError], float]:
        began = monotonic()
        with pytest.raises(LogError) as refused:
            log.append([make_record(b"%d" % number)])
        return refused.type, monotonic() - began

    with kafka.paused(), ThreadPoolExecutor(48) as pool:
        answers = list(pool.map(append, range(48)))

    assert {fault for fault, _ in answers} == {LogUnavailable, LogUncertain}
    assert max(seconds for _, seconds in answers) < 2
    come_back(lambda: log.append([make_record()]))


def test_what_stands_of_an_append_that_was_cut_off_is_a_beginning_of_it(open_log, kafka):
    chance = Random(7)
    writer, reader = open_log(patience=PATIENCE), open_log()
    wanted = [
        make_record(b"%03d" % n + chance.randbytes(60_000), topic=topic)
        for topic in (Topic.ALERTS, Topic.STANDINGS)
        for n in range(100)
    ]
    outcomes = set()
    for _ in range(6):
        before = {topic: len(values(reader, topic)) for topic in (Topic.ALERTS, Topic.STANDINGS)}
        pause = Timer(chance.uniform(0.02, 0.35), kafka.container.pause)
        pause.start()
        try:
            writer.append(wanted)
            outcomes.add("held")
        except LogError as error:
            outcomes.add(type(error).__name__)
        pause.join()
        kafka.container.unpause()

        come_back(lambda: writer.append([make_record(b"mark")]))
        stood = [
            value[:3]
            for topic in (Topic.ALERTS, Topic.STANDINGS)
            for value in come_back(lambda topic=topic: values(reader, topic))[before[topic] :]
        ]
        assert stood == [record.value[:3] for record in wanted][: len(stood)]
    assert "LogUncertain" in outcomes


@pytest.mark.slow
def test_a_broker_that_was_started_again_is_found_again(open_log, kafka):
    log = open_log(patience=PATIENCE)
    heard: list[int] = []
    log.listen(lambda: heard.append(1))
    log.append([make_record(b"before")], commit=Commit("benchmark", Topic.RETURNS, 1))

    kafka.container.restart(timeout=20)

    come_back(lambda: log.append([make_record(b"after")]))
    assert values(log)[0] == b"before"
    assert values(log)[-1] == b"after"
    assert come_back(lambda: log.committed("benchmark", Topic.RETURNS)) == 1
    heard.clear()
    wait_until(lambda: bool(heard) or not log.append([make_record(b"more")]))


def test_calls_that_are_shorter_than_the_way_to_kafka_get_there_all_the_same(open_log):
    first = open_log()
    first.append([make_record(b"before")], commit=Commit("benchmark", Topic.RETURNS, 1))
    log = open_log(patience=HASTE)

    for ask in (
        lambda: log.append([make_record(b"after")]),
        lambda: log.committed("benchmark", Topic.RETURNS),
    ):
        with pytest.raises(LogUnavailable):
            ask()
        come_back(ask)

    assert set(values(first)) == {b"before", b"after"}


def test_a_consumer_that_stands_still_is_given_up_in_time_and_replaced(open_log, kafka_settings):
    log = open_log(patience=PATIENCE)
    log.append([make_record(b"a")])
    assert values(log) == [b"a"]
    log.append([make_record(b"b")])
    # As the client has been seen to do by itself: it polls, and asks the broker for nothing.
    scroll = log._scrolls[Topic.RETURNS]
    scroll._connection.client().pause(
        TopicPartition(name_of(Topic.RETURNS, kafka_settings), log.partition)
    )

    began = monotonic()
    with pytest.raises(LogUnavailable, match="there is more behind offset 1"):
        log.read(Topic.RETURNS, after=1)

    assert monotonic() - began < PATIENCE + 0.6
    assert values(log) == [b"a", b"b"]


# ------------------------------------------------------------------------------- a guarded address


def guarded(kafka, **changed: object) -> KafkaSettings:
    options = {
        "servers": kafka.guarded,
        "prefix": "guarded.",
        "replicas": 1,
        "protocol": "SASL_SSL",
        "ca": kafka.certificate,
        "mechanism": "PLAIN",
        "user": "tartan",
        "password": "let me in",
    }
    return KafkaSettings.model_validate(options | changed)


def test_tls_and_a_password_let_every_part_of_the_log_in(kafka):
    settings = guarded(kafka)
    prepare(settings)
    log = KafkaLog.of("england", settings)

    log.append([make_record(b"in")], commit=Commit("benchmark", Topic.RETURNS, 1))

    assert values(log)[-1] == b"in"
    assert log.committed("benchmark", Topic.RETURNS) == 1
    log.close()


@pytest.mark.parametrize("is_guarded", [False, True])
def test_a_long_stretch_is_the_same_hauled_and_read_in_the_ordinary_way(
    kafka, kafka_settings, is_guarded
):
    settings = guarded(kafka, prefix="long.", partitions=2) if is_guarded else kafka_settings
    prepare(settings)
    log = KafkaLog.of("england", settings)
    records = [make_record(b"%d" % n) for n in range(3 * MANY)]
    log.append(records)
    place = place_of(Topic.RETURNS, settings, partition=log.partition)
    haul = Haul(Topic.RETURNS, place, settings)

    hauled = haul.read(after=5, end=3 * MANY - 5, limit=MANY, until=monotonic() + 60)
    rest = haul.read(after=5 + MANY, end=3 * MANY - 5, limit=9 * MANY, until=monotonic() + 60)

    assert [stored.offset for stored in hauled + rest] == list(range(6, 3 * MANY - 4))
    assert [stored.record for stored in hauled + rest] == records[5:-5]
    assert values(log) == [record.value for record in records]
    log.close()


async def test_a_haul_under_way_is_let_go_of_wherever_a_loop_turns(kafka_settings):
    log = KafkaLog.of("england", kafka_settings)
    log.append([make_record(b"%d" % n) for n in range(2 * MANY)])
    place = place_of(Topic.RETURNS, kafka_settings, partition=log.partition)
    haul = Haul(Topic.RETURNS, place, kafka_settings)
    until = monotonic() + 60
    found = await to_thread(haul.read, after=0, end=2 * MANY, limit=MANY, until=until)

    haul.close()

    assert len(found) == MANY
    log.close()


def test_a_haul_that_fails_leaves_it_to_the_ordinary_reader_to_say_why(kafka, kafka_settings):
    place = place_of(Topic.RETURNS, kafka_settings, partition=0)
    haul = Haul(Topic.RETURNS, place, kafka_settings)

    with kafka.paused():
        assert haul.read(after=0, end=MANY, limit=MANY, until=monotonic() + 1) == []


@pytest.mark.parametrize("changed", [{"password": "let me out"}, {"ca": None}])
def test_who_is_not_let_in_hears_so_in_time_and_without_the_password(kafka, changed):
    settings = guarded(kafka, **changed)

    answers = [
        refusal(settings, lambda log: log.read(Topic.RETURNS)),
        refusal(settings, lambda log: log.append([make_record()])),
    ]

    assert all("protocol and user are set" in said or "let this" in said for said, _ in answers)
    assert not any("let me" in said for said, _ in answers)
    assert max(seconds for _, seconds in answers) < PATIENCE + 0.6


def refusal(settings: KafkaSettings, ask: Callable[[KafkaLog], object]) -> tuple[str, float]:
    """What the log says that cannot be reached so, and after how many seconds."""
    log = KafkaLog.of("england", settings, patience=PATIENCE)
    began = monotonic()
    try:
        ask(log)
    except LogUnavailable as error:
        return str(error), monotonic() - began
    finally:
        log.close()
    pytest.fail("it was let in")


# ------------------------------------------------------------------------ what the topics have lost


def test_records_that_were_deleted_are_said_to_be_gone(open_log, kafka_settings):
    log = open_log()
    log.append([make_record(b"%d" % n) for n in range(5)])
    place = TopicPartition(name_of(Topic.RETURNS, kafka_settings), log.partition)
    admin = make_admin(kafka_settings, patience=10)
    admin.delete_records({place: 3})
    admin.close()

    with pytest.raises(LogDamaged, match="is not as it was"):
        log.read(Topic.RETURNS)
    assert [stored.offset for stored in log.read(Topic.RETURNS, after=3)] == [4, 5]


def test_a_topic_that_is_shorter_than_what_was_read_of_it_is_said_to_be_cut_off(open_log):
    log = open_log()
    log.append([make_record()])

    with pytest.raises(LogDamaged, match="ends at offset 1 and was read up to 4"):
        log.read(Topic.RETURNS, after=4)


def test_marks_of_transactions_are_passed_over(open_log, kafka_settings):
    log = open_log()
    name = name_of(Topic.RETURNS, kafka_settings)
    stranger = KafkaProducer(bootstrap_servers=kafka_settings.addresses, transactional_id="one")
    stranger.init_transactions()
    stranger.begin_transaction()
    stranger.send(name, b"theirs", key=b"england", partition=log.partition)
    stranger.commit_transaction()
    stranger.close()

    assert values(log) == [b"theirs"]
    assert list(log.read(Topic.RETURNS, after=1)) == []
    assert list(log.append([make_record(b"ours")])) == [3]
    assert [s.offset for s in log.read(Topic.RETURNS)] == [1, 3]


@pytest.mark.slow
def test_a_text_that_was_replaced_leaves_the_broker_and_the_gap_is_passed_over(
    open_log, kafka_settings
):
    name = name_of(Topic.TEXTS, kafka_settings)
    quick = {"segment.ms": "100", "max.compaction.lag.ms": "1", "min.cleanable.dirty.ratio": "0"}
    admin = make_admin(kafka_settings, patience=10)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=quick)])
    admin.close()
    log = open_log()
    numbers = count()

    def is_gone() -> bool:
        sleep(0.3)
        log.append([make_record(b"%d" % next(numbers), topic=Topic.TEXTS, key="other")])
        return b"named" not in values(log, Topic.TEXTS)

    log.append([make_record(b"named", topic=Topic.TEXTS, key="a")])
    log.append([make_record(b"", topic=Topic.TEXTS, key="a")])
    wait_until(is_gone, seconds=90)

    stored = log.read(Topic.TEXTS)
    assert stored[0].offset > 1
    assert [s.record.value for s in stored if s.record.key == "a"] == [b""]


# -------------------------------------------------------------------------------------- the topics


def test_topics_are_made_once_and_fit(kafka):
    settings = KafkaSettings(
        servers=kafka.address, prefix="made.", partitions=3, replicas=1, patience=20
    )

    with pytest.raises(UnfitTopics, match=r"made\.returns\.v1 is not there"):
        check(settings)
    assert prepare(settings) == tuple(Topic)
    assert prepare(settings) == ()
    check(settings)


def test_everything_that_is_wrong_with_the_topics_is_named_at_once(kafka):
    settings = KafkaSettings(servers=kafka.address, prefix="odd.", partitions=3, replicas=1)
    admin = make_admin(settings, patience=10)
    admin.create_topics(
        {
            "odd.returns.v1": {
                "num_partitions": 2,
                "replication_factor": 1,
                "configs": {"retention.ms": "604800000"},
            },
            "odd.texts.v1": {"num_partitions": 3, "replication_factor": 1},
        },
        wait_for_metadata=True,
    )
    admin.close()

    with pytest.raises(UnfitTopics) as refused:
        prepare(settings)

    said = "\n".join(refused.value.faults)
    assert "odd.returns.v1 has 2 partitions and 3 are set" in said
    assert "odd.returns.v1 has retention.ms=604800000: set it to -1" in said
    assert "--topic odd.returns.v1 --add-config retention.ms=-1" in said
    assert "odd.texts.v1 has 3 partitions and needs 1" in said
    assert "odd.texts.v1 has cleanup.policy=delete: set it to compact" in said
    assert "odd.alerts.v1" not in said


def test_more_replicas_than_brokers_are_said_to_be_what_cannot_be_made(kafka):
    settings = KafkaSettings(servers=kafka.address, prefix="many.", replicas=3)

    with pytest.raises(UnfitTopics, match=r"many\.returns\.v1 could not be made: .*replication"):
        prepare(settings)


def test_without_its_topics_an_append_says_what_to_see_to(kafka):
    settings = KafkaSettings(servers=kafka.address, prefix="nowhere.", replicas=1)
    log = KafkaLog.of("england", settings, patience=PATIENCE)

    with pytest.raises(LogUnavailable, match="that the topics are there"):
        log.append([make_record()])
    log.close()


def test_a_place_is_said_again_after_a_day_and_another_processs_is_kept(kafka_settings):
    hours = [0.0]
    mine = Bookmark(kafka_settings, partition=0, patience=10, clock=lambda: hours[0] * 3600)
    other = Bookmark(kafka_settings, partition=0, patience=10)
    until = Deadline(Patience(20))
    mine.commit(Commit("benchmark", Topic.RETURNS, 5), until=until)
    other.commit(Commit("benchmark", Topic.RETURNS, 9), until=until)

    hours[0] = 25
    mine.renew(until=until)

    assert other.committed("benchmark", Topic.RETURNS, until=until) == 9
    mine.close()
    other.close()


# --------------------------------------------------------------------------------------- the cores


class DyingLog(KafkaLog):
    """Appends what it is given and dies before the commit, whenever its turn has come."""

    every = 3
    turn = 0
    deaths = 0

    def append(self, records: Sequence[Record], *, commit: Commit | None = None) -> Sequence[int]:
        self.turn += 1
        if commit is None or self.turn % self.every:
            return super().append(records, commit=commit)
        super().append(records)
        self.deaths += 1
        raise LogUncertain("killed")


class Hours:
    """A clock that is an hour on at each look."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 9, 14, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.moment += timedelta(hours=1)
        return self.moment


@pytest.fixture(scope="module")
def history() -> list[Record]:
    """What ingest and the shells put into a log: England, audiences, two quarters, corrections."""
    log, now, library = MemoryLog(), Hours(), load_library()
    desk = Desk(log, library=library, nation=DEMONSTRATION, now=now)
    method = missing_method(log, DEMONSTRATION, now=now)
    assert method is not None
    log.append([encode(method)])
    desk.stock(tuple(shipped_figures()))
    Office(log, library, DEMONSTRATION, now=now).set_audiences(
        audience.told for audience in default_audiences(library, DEMONSTRATION)
    )
    for quarter in ("2026-27-Q1", "2026-27-Q2"):
        desk.open_period("riia-quarterly", quarter, due=None)
        for number, code in enumerate(("D01", "D02", "D03", "D04")):
            families = 430 if number < 2 else 170
            desk.submit(write_return(code, quarter, families=families), format=Format.JSON)
        desk.submit(write_return("D01", quarter, families=160), format=Format.JSON)
        desk.close_period("riia-quarterly", quarter)
    topics = (Topic.TEXTS, Topic.ALERTS, Topic.RETURNS)
    return [stored.record for topic in topics for stored in log.read(topic, limit=10**6)]


def run(core: Core, log: Log, now: Callable[[], datetime]) -> None:
    """Run the core to the end of its topic; whoever dies is replaced by one who knows nothing."""
    consumer = Consumer(core, log, now=now)
    while True:
        try:
            if not consumer.advance():
                return
        except LogUncertain:
            consumer = Consumer(core, log, now=now)


def play(history: list[Record], log: Log) -> None:
    """Put the history in piece by piece, and let the cores follow after each."""
    now = Hours()
    for start in range(0, len(history), 40):
        log.append(history[start : start + 40])
        run(BENCHMARK, log, now)
        run(ALERTS, log, now)


def told(log: Log, topic: Topic, producer: str) -> list[Record]:
    """What the producer said, without repeats, as the bytes of the log."""
    fence = Fence()
    events = [e for e in Reader(log, now=Hours()).events(topic) if fence.admit(e) is not None]
    return [encode(event) for event in events if event.producer == producer]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [KafkaLog, DyingLog])
def test_the_cores_say_the_same_on_kafka_as_in_memory_whoever_dies(kind, history, kafka_settings):
    memory = MemoryLog()
    play(history, memory)
    log = kind.of(DEMONSTRATION, kafka_settings)
    play(history, log)

    for core in (BENCHMARK, ALERTS):
        for topic in sorted(core.writes):
            said = told(memory, topic, core.name)
            assert said
            assert said == told(log, topic, core.name)
        verdict = verify(core, log, now=Hours())
        assert verdict.difference is None
        assert verdict.compared == verify(core, memory, now=Hours()).compared > 0
    if kind is DyingLog:
        assert log.deaths > 5
        stored = log.read(Topic.STANDINGS, limit=10**6)
        assert len(stored) > len(memory.read(Topic.STANDINGS, limit=10**6))
    log.close()
