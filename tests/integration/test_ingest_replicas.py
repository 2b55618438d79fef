"""Two replicas of ingest behind a load balancer are one door, however many send at once.

The same bytes from anyone are one return with one receipt. Of other bytes for one slot each is a
return of its own; the order of the log decides which stands, and the chain of what was superseded
shows whom each sender had not seen. Every request runs against both desks of a real Kafka.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from schemas.codec import decode
from schemas.events import Event, ReturnAccepted
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Topic
from services.ingest.core.acceptance import Conflict
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.ingest.outcome import Accepted
from services.runtime.clock import now
from services.runtime.fence import Fence
from services.runtime.kafka.log import KafkaLog
from services.runtime.log import LogError
from tests.faults.history import COLLECTION, FIRST, write_return

pytestmark = pytest.mark.integration
SENDERS, ROUNDS = 8, 4


@pytest.fixture
def logs(kafka_settings) -> Iterator[list[KafkaLog]]:
    logs = [KafkaLog.of(DEMONSTRATION, kafka_settings) for _ in range(2)]
    yield logs
    for log in logs:
        log.close()


@pytest.fixture
def desks(logs) -> list[Desk]:
    """Two replicas, each with a log and a view of its own."""
    library = load_library()
    desks = [Desk(log, library=library, nation=DEMONSTRATION, now=now) for log in logs]
    desks[0].open_period(COLLECTION, FIRST)
    return desks


def submit(desk: Desk, body: bytes) -> Accepted | Conflict:
    """Send until the outcome is known; what stands otherwise is an outcome, too."""
    while True:
        try:
            return desk.submit(body, format=Format.JSON)
        except LogError:
            continue
        except Conflict as conflict:
            return conflict


def accepted(log: KafkaLog) -> list[Event]:
    """Return every raw record of an accepted return, repeats included."""
    events = [decode(stored.record) for stored in log.read(Topic.RETURNS, limit=10_000)]
    return [event for event in events if isinstance(event.data, ReturnAccepted)]


def at_once(desks: list[Desk], bodies: list[bytes]) -> list[Accepted | Conflict]:
    """Send all bodies at the same time, by turns to each replica."""
    with ThreadPoolExecutor(len(bodies)) as pool:
        calls = [pool.submit(submit, desks[n % len(desks)], body) for n, body in enumerate(bodies)]
        return [call.result() for call in calls]


@pytest.mark.parametrize("seed", range(3))
def test_the_same_bytes_sent_to_both_replicas_at_once_are_one_return_with_one_receipt(
    seed, desks, logs
):
    chance = Random(seed)
    for families in chance.sample(range(150, 520), ROUNDS):
        body = write_return("D01", FIRST, families=families)
        answers = at_once(desks, [body] * SENDERS)

        assert len({answer.version for answer in answers}) == 1
    kept = once(accepted(logs[0]))
    assert len(kept) == ROUNDS
    assert_is_a_chain(kept)


@pytest.mark.parametrize("seed", range(3))
def test_different_bytes_for_one_slot_are_each_one_return_and_both_replicas_agree_which_stands(
    seed, desks, logs
):
    chance = Random(seed)
    for _ in range(ROUNDS):
        kinds = [write_return("D01", FIRST, families=chance.randint(150, 400)) for _ in range(3)]
        bodies = [chance.choice(kinds) for _ in range(SENDERS)]
        at_once(desks, bodies)

    raw, kept = accepted(logs[0]), once(accepted(logs[0]))
    identities = defaultdict(set)
    for event in raw:
        identities[event.id].add(json.dumps(event.data.model_dump(mode="json"), sort_keys=True))
    assert all(len(said) == 1 for said in identities.values())
    assert len({event.id for event in kept}) == len(kept)
    views = [{v.return_id: v for v in desk.versions()} for desk in desks]
    assert views[0] == views[1]
    assert set(views[0]) == {event.data.return_id for event in kept}
    seen: set[str | None] = {None}
    for event in kept:
        assert event.data.supersedes in seen
        seen.add(event.data.return_id)
    last = body_of(kept[-1])
    standing = {desk.submit(last, format=Format.JSON).version.return_id for desk in desks}
    assert standing == {kept[-1].data.return_id}


def once(events: list[Event]) -> list[Event]:
    fence = Fence()
    return [event for event in events if fence.admit(event) is not None]


def body_of(event: Event) -> bytes:
    """Return the bytes that were sent for a return."""
    (families,) = (o.numerator for o in event.data.observations if o.indicator == "FD04")
    return write_return("D01", FIRST, families=int(families))


def assert_is_a_chain(events: list[Event]) -> None:
    """Each supersedes the one before it."""
    before = None
    for event in events:
        assert event.data.supersedes == before
        before = event.data.return_id
