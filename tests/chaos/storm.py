"""The storm: what is killed and made to stand still, and when, drawn from a seed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

from tests.chaos.house import REPLICAS, House

SERVICES = ("ingest", "benchmark", "alerts", "gateway")
MACHINES = ("kafka", "redis")
_FREEZE = {"kafka": (0.5, 8.0), "redis": (0.5, 5.0)}
_FREEZE_SERVICE = (0.5, 15.0)
_DOWN = (0.5, 3.0)
_BETWEEN = (0.5, 4.0)


@dataclass(frozen=True, slots=True)
class Blow:
    """What is done to whom: a kill or a pause."""

    deed: str
    target: str


@dataclass
class Storm:
    """Strikes for a while; afterwards everything has been let go of again."""

    house: House
    machines: dict[str, Any]
    chance: Random
    struck: Counter[str] = field(default_factory=Counter)
    _aftermath: list[Thread] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._blows = draw_blows(self.chance)

    def rage(self, *, seconds: float) -> None:
        """Strike until the time is over, then wait until what stood still goes on."""
        until = monotonic() + seconds
        while monotonic() + (pause := self.chance.uniform(*_BETWEEN)) < until:
            sleep(pause)
            blow = next(self._blows)
            target = self._pick(blow.target)
            if target not in self._busy:
                self._busy.add(target)
                self.struck[f"{blow.deed} {blow.target}"] += 1
                self._strike(blow, target)
        sleep(max(0.0, until - monotonic()))
        for thread in self._aftermath:
            thread.join(60)

    def _pick(self, target: str) -> str:
        if target in MACHINES:
            return target
        return self.chance.choice([name for name in REPLICAS if name.startswith(target)])

    def _strike(self, blow: Blow, target: str) -> None:
        if blow.target in MACHINES:
            container = self.machines[blow.target]
            longest = _DOWN if blow.deed == "kill" else _FREEZE[blow.target]
            hit, mend = (
                (container.kill, container.start)
                if blow.deed == "kill"
                else (container.pause, container.unpause)
            )
        elif blow.deed == "kill":
            self.house.kill(target)
            self._busy.discard(target)
            return
        else:
            longest = _FREEZE_SERVICE
            hit, mend = lambda: self.house.freeze(target), lambda: self.house.thaw(target)
        seconds = self.chance.uniform(*longest)
        hit()

        def heal() -> None:
            sleep(seconds)
            mend()
            self._busy.discard(target)

        thread = Thread(target=heal, daemon=True)
        thread.start()
        self._aftermath.append(thread)


def draw_blows(chance: Random) -> Iterator[Blow]:
    """Draw for ever: every kind of blow once, in any order, then each as often as it is likely."""
    every = [Blow(deed, target) for deed in ("kill", "pause") for target in (*SERVICES, *MACHINES)]
    chance.shuffle(every)
    yield from every
    while True:
        deed = chance.choice(("kill", "kill", "pause"))
        yield Blow(deed, chance.choice((*SERVICES, *SERVICES, *MACHINES)))


def let_go(container: Any) -> None:
    """Have a container run, however it was left."""
    container.reload()
    if container.status == "paused":
        container.unpause()
    elif container.status != "running":
        with suppress(Exception):
            container.start()
