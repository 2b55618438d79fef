"""The storm: what is killed and made to stand still, and when, drawn from a seed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from threading import Thread
from time import monotonic, sleep
from typing import Any

from docker.errors import APIError

from tests.chaos.house import REPLICAS, House

SERVICES = ("ingest", "benchmark", "alerts", "gateway")
MACHINES = ("kafka", "redis")
_KINDS = 2 * (len(SERVICES) + len(MACHINES))
_FREEZE = {"kafka": (0.5, 8.0), "redis": (0.5, 5.0)}
_FREEZE_SERVICE = (0.5, 15.0)
_DOWN = (0.5, 3.0)
_BETWEEN, _LATER = (0.5, 4.0), (1.0, 9.0)


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
    _drawn: int = 0

    def __post_init__(self) -> None:
        self._blows = draw_blows(self.chance)

    def rage(self, *, seconds: float) -> None:
        """Strike until the time is over, then wait until what stood still goes on."""
        until = monotonic() + seconds
        while monotonic() + (pause := self.chance.uniform(*self._between())) < until:
            sleep(pause)
            blow = next(self._blows)
            self._drawn += 1
            target = self._pick(blow.target)
            if target not in self._busy:
                self._busy.add(target)
                self._strike(blow, target)
        sleep(max(0.0, until - monotonic()))
        for thread in self._aftermath:
            thread.join(60)

    def _between(self) -> tuple[float, float]:
        """Return the pauses: short until every kind of blow was struck, then work gets a chance."""
        return _BETWEEN if self._drawn < _KINDS else _LATER

    def _pick(self, target: str) -> str:
        if target in MACHINES:
            return target
        return self.chance.choice([name for name in REPLICAS if name.startswith(target)])

    def _strike(self, blow: Blow, target: str) -> None:
        if blow.target in MACHINES:
            container = self.machines[blow.target]
            longest = _DOWN if blow.deed == "kill" else _FREEZE[blow.target]
            hit = container.kill if blow.deed == "kill" else container.pause
            mend = partial(let_go, container)
        elif blow.deed == "kill":
            self.house.kill(target)
            self.struck[f"kill {blow.target}"] += 1
            self._busy.discard(target)
            return
        else:
            longest = _FREEZE_SERVICE
            hit, mend = partial(self.house.freeze, target), partial(self.house.thaw, target)
        seconds = self.chance.uniform(*longest)
        try:
            hit()
        except APIError:  # an engine on a busy machine may not manage to freeze a container
            self.struck["missed"] += 1
        else:
            self.struck[f"{blow.deed} {blow.target}"] += 1

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
    """Have a container run, however it was left; RuntimeError if the engine does not manage to."""
    with suppress(APIError):
        container.unpause()
    for _ in range(60):
        container.reload()
        if container.status == "running":
            return
        with suppress(APIError):
            container.start()
        sleep(0.5)
    raise RuntimeError(f"the engine leaves {container.name} {container.status}")
