"""Benchmark as a process of its own: Faust on a real Kafka, killed, relieved and drained."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import sleep

import pytest

from schemas.codec import Record, encode
from schemas.published import shipped_figures
from schemas.reference import load_library
from schemas.topics import Producer, Topic
from services.benchmark.core.step import CORE
from services.benchmark.method import missing_method
from services.benchmark.stage import Stage
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.clock import now
from services.runtime.consumer import Consumer
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import partition_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Log
from services.runtime.memory_log import MemoryLog
from services.runtime.verification import verify
from tests.faults.history import write_return
from tests.integration.service import SESSION, Service, wait_for

pytestmark = pytest.mark.integration
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"


@pytest.fixture
def start(kafka_settings: KafkaSettings, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts workers and ends whatever still runs after the test."""
    started: list[Service] = []

    def start_(instance: str | None = None) -> Service:
        options = ["--session", str(SESSION), *(["--instance", instance] if instance else [])]
        started.append(Service("benchmark", kafka_settings, tmp_path, *options))
        return started[-1]

    yield start_
    for service in started:
        if service.running.poll() is None:
            service.end(signal.SIGKILL)


@pytest.fixture
def open_log(kafka_settings: KafkaSettings) -> Iterator[Callable[[str], KafkaLog]]:
    logs: list[KafkaLog] = []

    def open_(nation: str = "england") -> KafkaLog:
        logs.append(KafkaLog.of(nation, kafka_settings))
        return logs[-1]

    yield open_
    for log in logs:
        log.close()


def fill(log: Log, nation: str, *, authorities: int, back: int = 0) -> None:
    """Give a log what a nation needs and its first returns."""
    method = missing_method(log, nation, now=now)
    if method is not None:
        log.append([encode(method)])
    desk = Desk(log, library=load_library(), nation=nation, now=now)
    if not desk.data_sets():
        desk.stock(tuple(shipped_figures())[:40])
    desk.open_period(COLLECTION, PERIOD)
    for code in sorted(load_library().senders(nation))[back : back + authorities]:
        desk.submit(write_return(code, PERIOD, families=160 + back), format=Format.JSON)


def said(log: Log) -> list[Record]:
    """Return what benchmark said, each event once, in the order in which it came first."""
    found: dict[str, Record] = {}
    for topic in sorted(CORE.writes):
        after = 0
        while batch := log.read(topic, after=after):
            for stored in batch:
                after = stored.offset
                if stored.record.headers["ce_source"].endswith(Producer.BENCHMARK):
                    kept = found.setdefault(stored.record.headers["ce_id"], stored.record)
                    assert kept == stored.record, "an id stands for two events"
    return list(found.values())


def expected(log: Log) -> list[Record]:
    """Return what the same core says over the same returns in one process."""
    copy, after = MemoryLog(), 0
    while batch := log.read(Topic.RETURNS, after=after):
        copy.append([stored.record for stored in batch])
        after = batch[-1].offset
    consumer = Consumer(CORE, copy, now=now)
    while consumer.advance():
        pass
    return said(copy)


def has_dealt_with_everything(log: Log) -> bool:
    end = log.read(Topic.RETURNS, limit=10**6)[-1].offset
    return log.committed(CORE.name, Topic.RETURNS) >= end


def test_the_worker_says_what_the_embedded_product_says_and_drains_when_told_to(start, open_log):
    log = open_log()
    fill(log, "england", authorities=5)
    process = start()
    process.wait_until_ready()

    wait_for(lambda: has_dealt_with_everything(log))

    assert said(log) == expected(log)
    assert said(log)
    assert 'tartan_consumer_lag_records{consumer="benchmark"} 0.0' in process.get("/metrics")
    assert process.end(signal.SIGTERM) == 0


def test_a_worker_that_is_killed_again_and_again_loses_nothing_and_says_nothing_twice(
    start, open_log
):
    log, chance = open_log(), Random(5)
    fill(log, "england", authorities=2)
    for life in range(6):
        process = start(instance="one")
        fill(log, "england", authorities=3, back=2 + 3 * life)
        sleep(chance.uniform(1.5, 5))
        process.end(signal.SIGKILL)
    start(instance="one").wait_until_ready()

    wait_for(lambda: has_dealt_with_everything(log))

    assert said(log) == expected(log)
    assert verify(CORE, log, now=now).difference is None


def test_two_nations_are_two_partitions_and_a_standby_takes_over_from_the_dead(
    start, open_log, kafka_settings
):
    nations = ("england", "demo")
    assert len({partition_of(nation, kafka_settings.partitions) for nation in nations}) == 2
    logs = {nation: open_log(nation) for nation in nations}
    for nation, log in logs.items():
        fill(log, nation, authorities=2)
    first, second = start(), start()
    first.wait_until_ready()
    second.wait_until_ready()
    for log in logs.values():
        wait_for(lambda log=log: has_dealt_with_everything(log))

    first.end(signal.SIGKILL)
    for nation, log in logs.items():
        fill(log, nation, authorities=2, back=2)

    for log in logs.values():
        wait_for(lambda log=log: has_dealt_with_everything(log), seconds=SESSION + 60)
        assert said(log) == expected(log)


def test_a_stage_dealt_records_by_the_log_itself_says_the_same(open_log):
    log = open_log()
    fill(log, "england", authorities=2)
    stage = Stage(lambda _: log, now=now)

    for stored in log.read(Topic.RETURNS, limit=10**6):
        stage.deal(0, stored)

    assert said(log) == expected(log)
