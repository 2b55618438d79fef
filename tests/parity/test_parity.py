"""The same history through both shells gives the same events and the same views.

Embedded: one process over a log in memory. Distributed: benchmark is delivered its records and
alerts reads its own, over a real Kafka, and both die at random between an append and the commit
behind it. Each event is compared byte by byte, per topic and producer, repeats dropped. A projector
that dies as well keeps the views in a real Redis on the way; in the end each document is compared.
"""

from collections import Counter
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from schemas.published import shipped_figures
from services.gateway.core.document import LAYOUT
from services.runtime.kafka.log import KafkaLog
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.redis.store import RedisStore
from services.runtime.verification import verify
from tests.parity.history import live, tell
from tests.parity.shell import ALERTS, BENCHMARK, NATION, Clock, Distributed, Embedded, Shell, said
from tests.parity.view import Viewer, documents, fold_anew

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
HISTORIES = 50
PUBLISHED = tuple(figures for figures in shipped_figures() if figures.indicator in {"FD04", "CP04"})


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_both_shells_say_and_show_the_same_of_a_history_to_the_last_byte(
    seed, kafka_settings, redis_settings
):
    clock, metrics = Clock(), Metrics(CollectorRegistry())
    memory = MemoryLog()
    embedded = Shell(memory, clock, Embedded(memory, clock), metrics)
    done = live(tell(seed, PUBLISHED), embedded, clock)

    kafka, chance, stores = KafkaLog.of(NATION, kafka_settings), Random(seed), []

    def open_store() -> RedisStore:
        stores.append(RedisStore(redis_settings, nation=NATION, layout=LAYOUT))
        return stores[-1]

    try:
        viewer = Viewer(kafka, open_store, clock, Random(seed))
        runner = Distributed(kafka, clock, chance, look=viewer.look)
        distributed = Shell(kafka, clock, runner, metrics)
        assert live(tell(seed, PUBLISHED), distributed, clock) == done

        one, other = said(memory), said(kafka)
        assert one.keys() == other.keys()
        for place, events in one.items():
            assert other[place] == events, f"{place} differs after {done}"
        for core in (BENCHMARK, ALERTS):
            assert verify(core, kafka, now=clock).difference is None

        viewer.settle()
        shown, wanted = documents(open_store()), fold_anew(memory, now=clock)
        assert shown.keys() == wanted.keys()
        for key, document in wanted.items():
            assert shown[key] == document, f"{key} differs after {done}"
    finally:
        for store in stores:
            store.close()
        kafka.close()


def test_the_histories_hold_everything_that_can_happen():
    clock, kinds, types = Clock(), Counter[str](), Counter[str]()
    for seed in range(HISTORIES):
        log = MemoryLog()
        shell = Shell(log, clock, Embedded(log, clock), Metrics(CollectorRegistry()))
        kinds.update(live(tell(seed, PUBLISHED), shell, clock))
        types.update(
            record.headers["ce_type"] for records in said(log).values() for record in records
        )

    assert min(kinds.values()) >= 10
    assert {
        "query.explained.v1",
        "return.withdrawn.v1",
        "return.signed_off.v1",
        "return.unlocked.v1",
        "returns.awaited.v1",
        "signature.raised.v1",
        "signature.withdrawn.v1",
        "neighbours.updated.v1",
        "answer.given.v1",
        "notice.sent.v1",
        "record.parked.v1",
    } <= types.keys()
