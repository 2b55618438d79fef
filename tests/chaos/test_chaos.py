"""The distributed product in a storm: replicas, broker and Redis killed and paused at random.

``pytest tests/chaos --storm-seconds 300 --storm-seeds 1,2,3`` (``make chaos``) storms for longer.
Behind each storm the oracle (oracle.py) holds what clients were told against the log, the views and
what the far side received.
"""

import gc
import json
import subprocess
import sys
import warnings
from random import Random
from time import monotonic

import pytest

from schemas.events import ReturnAccepted
from schemas.reference import DEMONSTRATION
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.log import KafkaLog
from tests.chaos.harness import Story, Witness, put_into_words
from tests.chaos.house import House
from tests.chaos.oracle import find_faults, repeats
from tests.chaos.proxy import Proxy
from tests.chaos.storm import Storm, let_go
from tests.faults.history import CODES
from tests.faults.receiver import listening
from tests.integration.service import environment, wait_for

SECONDS, SEEDS = 45.0, "7"
"""What is done where nothing else is asked for."""
READY_SECONDS, SETTLED_SECONDS = 300.0, 300.0
"""Bounds with slack: what was measured stands in docs/operations/resilience.md."""
_MOODS = ("take",) * 17 + ("refuse", "refuse", "drop", "drop", "silent")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = metafunc.config.getoption("--storm-seeds", default="") or SEEDS
        metafunc.parametrize("seed", [int(seed) for seed in seeds.split(",")])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")
@pytest.mark.timeout(3600)
def test_nothing_is_lost_doubled_or_made_up_whatever_is_killed(
    seed, request, kafka, kafka_settings, redis, redis_settings, tmp_path, capsys
):
    seconds = request.config.getoption("--storm-seconds", default=0) or SECONDS
    chance = Random(seed)
    log = KafkaLog.of(DEMONSTRATION, kafka_settings, patience=8)
    moods = Random(chance.random())
    machines = {"kafka": kafka.container, "redis": redis.container}
    line = {"seed": seed, "seconds": seconds}
    with listening() as receiver:
        audiences = receiver.audiences(tmp_path / "audiences.toml", codes=CODES)
        house = House(kafka_settings, redis_settings, tmp_path, audiences)
        story = Story(chance, log, door=0, office=0)
        story.prepare()
        try:
            with (
                house.inhabited(),
                Proxy(house.ports("ingest"), Random(chance.random())) as door,
                Proxy(house.ports("alerts"), Random(chance.random())) as office,
            ):
                line["first_ready_seconds"] = house.wait_until_ready(seconds=READY_SECONDS)
                story.door, story.office = door.port, office.port
                story.begin(house.ports("gateway"))
                storm = Storm(house, machines, chance)
                door.wild = office.wild = True
                receiver.mood = lambda: moods.choice(_MOODS)
                storm.rage(seconds=seconds / 2)
                story.turn_quarter()
                storm.rage(seconds=seconds / 2)
                calm = monotonic()
                door.wild = office.wild = False
                receiver.mood = lambda: "take"
                receiver.woken.set()
                house.wait_until_ready(seconds=READY_SECONDS)
                line["recovery_seconds"] = round(monotonic() - calm, 1)
                account = story.end(seconds=READY_SECONDS)
                witness = Witness(kafka_settings, redis_settings, log, house)
                witness.wait_until_settled(seconds=SETTLED_SECONDS)
                line["settled_seconds"] = round(monotonic() - calm, 1)
                evidence = witness.gather(
                    account, hooks=receiver.hooks, verify=lambda: verify(kafka_settings)
                )
        except AssertionError as error:
            line |= {"result": f"broke off: {error}", "ended_by_themselves": dict(house.ends)}
            with capsys.disabled():
                print("\n" + json.dumps(line))
            raise
        finally:
            for container in machines.values():
                let_go(container)
            log.close()
            wait_for(Gate(kafka_settings).knock)
            collect_sockets()
    faults = find_faults(evidence)
    line |= {
        "posts": account.posts,
        "retries": account.retries,
        "accepted": sum(not word.withdrawn for words in account.words.values() for word in words),
        "withdrawn": sum(word.withdrawn for words in account.words.values() for word in words),
        "reads": dict(sorted(account.reads.items())),
        "statuses": dict(sorted(account.statuses.items())),
        "connections": {str(fate): times for fate, times in (door.fates + office.fates).items()},
        "kills": put_into_words(storm.struck, "kill"),
        "pauses": put_into_words(storm.struck, "pause"),
        "ended_by_themselves": dict(house.ends),
        "starts": house.starts,
        "raw_repeats": repeats(evidence),
        "raw_returns": sum(isinstance(e.data, ReturnAccepted) for e in evidence.returns),
        "notices": len(evidence.planned()),
        "hooks": len(evidence.hooks),
        "result": faults or "nothing lost, doubled or made up",
    }
    with capsys.disabled():
        print("\n" + json.dumps(line))

    assert faults == []
    assert account.words
    assert evidence.hooks


def collect_sockets() -> None:
    """Collect, without the warning, what kafka-python left open in this process: see pyproject."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def verify(kafka) -> tuple[int, str]:
    """Ask ``tartan verify`` about the log; return its exit code and its words."""
    call = [sys.executable, "-m", "services.embedded.command", "verify", "--kafka", kafka.servers]
    done = subprocess.run(
        call,
        env={**environment(kafka), "TARTAN_NATION": DEMONSTRATION},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
