"""What a storm needs around it: the story that is sent, and the evidence gathered behind it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from random import Random
from threading import Event as Signal
from time import monotonic, sleep
from typing import Any

from schemas.codec import encode
from schemas.events import Event, ReturnWithdrawn, derived_id
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Producer, Topic
from services.alerts.core.step import CORE as ALERTS
from services.benchmark.core.step import CORE as BENCHMARK
from services.gateway.core.document import LAYOUT
from services.ingest.desk import Desk
from services.runtime.clock import now, rfc3339
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Log, LogError
from services.runtime.reader import Reader
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.store import RedisStore
from services.runtime.store import StoreError, every_topic
from tests.chaos.client import Account, Client, Onlooker, post
from tests.chaos.house import House
from tests.chaos.oracle import Evidence
from tests.faults.history import CODES, COLLECTION, FIRST, SECOND
from tests.parity.view import documents, fold_anew

REGION = "D00"
_PUBLISHED = {"population:0-17", "FD04", "LA01"}
_AUTHORITIES = 6
_TRIES = 5


@dataclass
class Story:
    """What authorities send while the storm rages; two periods, the second opened on the way."""

    chance: Random
    log: KafkaLog
    door: int
    office: int
    clients: list[Client | Onlooker] = field(default_factory=list)
    periods: list[str] = field(default_factory=lambda: [FIRST])
    _halt: Signal = field(default_factory=Signal)

    def prepare(self) -> None:
        """Give the log a few published figures, so that no replica loads all of England's."""
        desk = Desk(self.log, library=load_library(), nation=DEMONSTRATION, now=now)
        desk.stock(tuple(each for each in shipped_figures() if each.indicator in _PUBLISHED))

    def begin(self, gateways: list[int]) -> None:
        """Open the first period and let the clients send, and readers read."""
        self.open(FIRST)
        for port in gateways:
            onlooker = Onlooker(port, Random(self.chance.random()), stop=self._halt)
            self.clients.append(onlooker)
            onlooker.start()
        for code in self.chance.sample(CODES, _AUTHORITIES):
            client = Client(
                code,
                Random(self.chance.random()),
                door=self.door,
                office=self.office,
                periods=self.periods,
                withdraw=self._withdraw,
                stop=self._halt,
            )
            self.clients.append(client)
            client.start()

    def turn_quarter(self) -> None:
        """Open the second period; clients send for both from now on."""
        self.open(SECOND)
        self.periods.append(SECOND)

    def open(self, period: str) -> None:
        """Open a period, as often as it takes."""
        path = f"/v1/periods/{COLLECTION}/{period}/open?due=2027-06-30"
        while (answer := post(self.door, path, b"{}")) is None or answer[0] == 503:
            sleep(0.2)
        assert answer[0] == 200, answer

    def end(self, *, seconds: float) -> Account:
        """Let every client finish what it is at; return what all of them were told."""
        self._halt.set()
        until = monotonic() + seconds
        whole = Account()
        for client in self.clients:
            client.join(max(0.0, until - monotonic()))
            own = client.account
            if client.is_alive():
                whole.surprises.append(f"{client.name} got no answer in {seconds:.0f} s of calm")
            whole.words.update(own.words)
            whole.bodies |= own.bodies
            whole.answers |= own.answers
            whole.surprises += own.surprises
            whole.statuses += own.statuses
            whole.posts += own.posts
            whole.retries += own.retries
            whole.reads += own.reads
        return whole

    def _withdraw(self, withdrawn: ReturnWithdrawn) -> None:
        """Append a withdrawal as its producer would, until it stands."""
        event = Event(
            id=derived_id("storm", "withdrawal", withdrawn.return_id),
            nation=DEMONSTRATION,
            producer=Producer.INGEST,
            time=rfc3339(now()),
            data=withdrawn,
        )
        while True:
            try:
                self.log.append([encode(event)])
            except LogError:
                sleep(0.3)
            else:
                return


@dataclass
class Witness:
    """Looks at the log, the views and the doors once all is calm."""

    kafka: KafkaSettings
    redis: RedisSettings
    log: KafkaLog
    house: House

    def wait_until_settled(self, *, seconds: float) -> float:
        """Wait until nothing is left to be done now; return after how many seconds that was."""
        begun = monotonic()
        while left := self._left():
            assert monotonic() - begun < seconds, f"not settled after {seconds:.0f} s: {left}"
            sleep(0.5)
        return monotonic() - begun

    def gather(
        self, account: Account, *, hooks: list[Any], verify: Callable[[], tuple[int, str]]
    ) -> Evidence:
        """Gather everything at one place of the log."""
        for _ in range(_TRIES):
            try:
                ends = self._ends()
                evidence = self._gather(account, hooks=list(hooks), verified=verify())
                if ends == self._ends():
                    return evidence
            except (HTTPException, OSError, LogError, StoreError):
                """A busy machine makes a door late: ask again."""
            self.wait_until_settled(seconds=120)
        raise AssertionError("the log, the views and the doors could not be read in one piece")

    def _gather(self, account: Account, *, hooks: list[Any], verified: tuple[int, str]) -> Evidence:
        gateway = self.house.rooms["gateway-1"].service
        wanted = f"collection={COLLECTION}"
        periods = sorted({slot.period for slot in account.words})
        letters = sorted((self.house.folder / "data").glob("outbox/*.eml"))
        with self._views() as store:
            views = documents(store)
        return Evidence(
            words=account.words,
            bodies=account.bodies,
            answers=account.answers,
            surprises=account.surprises,
            returns=_events(self.log, Topic.RETURNS),
            results=_events(self.log, Topic.STANDINGS),
            alerts=_events(self.log, Topic.ALERTS),
            standings={
                slot: json.loads(
                    gateway.get(
                        f"/v1/standings?authority={slot.authority}&period={slot.period}&{wanted}"
                    )
                )["items"]
                for slot in account.words
            },
            rug={period: self._rug(period) for period in periods},
            hooks=hooks,
            letters=[letter.stem.partition("-")[2] for letter in letters],
            verified=verified,
            views=views,
            folded=fold_anew(self.log, now=now),
        )

    def _rug(self, period: str) -> list[str]:
        gateway = self.house.rooms["gateway-2"].service
        path = f"/v1/rug?region={REGION}&period={period}&collection={COLLECTION}"
        shown = json.loads(gateway.get(path))["authorities"]
        return [authority["code"] for authority in shown if authority["returned"]]

    def _left(self) -> str:
        try:
            ends = self._ends()
            for core in (BENCHMARK, ALERTS):
                if self.log.committed(core.name, core.reads) < ends[core.reads]:
                    return f"{core.name} is behind"
            with self._views() as store:
                if store.lacking() != 0 or dict(store.positions()) != ends:
                    return "the views are behind"
        except (LogError, StoreError) as error:
            return str(error)
        evidence = Evidence(
            {}, set(), set(), [], [], [], _events(self.log, Topic.ALERTS), {}, {}, [], [], (0, ""),
            {}, {},
        )  # fmt: skip
        waiting = evidence.ledger().waiting.values()
        soon = [p for p in waiting if p.at is None or (p.at - now()).total_seconds() < 8]
        first: dict[tuple[str, str], Any] = {}
        for pending in waiting:
            first.setdefault((pending.planned.alert, pending.planned.audience), pending)
        due = [p for p in soon if p is first[p.planned.alert, p.planned.audience]]
        return f"{len(due)} notices are due" if due else ""

    def _ends(self) -> Mapping[Topic, int]:
        return every_topic({topic: self.log.end(topic) for topic in Topic})

    @contextmanager
    def _views(self) -> Iterator[RedisStore]:
        store = RedisStore(self.redis, nation=DEMONSTRATION, layout=LAYOUT)
        try:
            yield store
        finally:
            store.close()


def _events(log: Log, topic: Topic) -> list[Event]:
    return [e for e in Reader(log, now=lambda: datetime.now(UTC)).events(topic)]


def put_into_words(struck: Counter[str], deed: str) -> dict[str, int]:
    """Return the blows of a kind by target."""
    return {
        name.removeprefix(f"{deed} "): times
        for name, times in sorted(struck.items())
        if name.startswith(deed)
    }
