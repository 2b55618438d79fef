"""Options and fixtures of the tests in which processes die."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.client import Nursery, Sender
from tests.faults.history import CODES, COLLECTION, FIRST
from tests.faults.receiver import Receiver, listening
from tests.faults.victim import Order

FIRED = pytest.StashKey[Counter[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/faults --kills 220``: how many seeded runs of ``test_kill.py`` are made."""
    parser.addoption("--kills", type=int, default=0, help="seeded runs with kills (0: a few)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIRED] = Counter()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    fired = config.stash.get(FIRED, Counter())
    if fired:
        terminalreporter.section(f"{sum(fired.values())} processes killed")
        for point, times in sorted(fired.items()):
            terminalreporter.write_line(f"{times:5d}  {point}")


@pytest.fixture(scope="session")
def fired(request: pytest.FixtureRequest) -> Counter[str]:
    """How often a process was killed at each point, over the session."""
    return request.config.stash.setdefault(FIRED, Counter())


@pytest.fixture(scope="session")
def nursery(root: Path) -> Iterator[Nursery]:
    """The program that forks victims."""
    nursery = Nursery(root)
    yield nursery
    nursery.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook's receiver and a mail server."""
    with listening() as receiver:
        yield receiver


@pytest.fixture
def sender(nursery: Nursery, receiver: Receiver, tmp_path: Path) -> Iterator[Sender]:
    """A sender whose victim is up in an empty directory, with one period open."""
    (tmp_path / "data").mkdir()
    order = Order(
        directory=tmp_path / "data",
        clock=tmp_path / "clock",
        audiences=receiver.audiences(tmp_path / "audiences.toml", codes=CODES),
    )
    sender = Sender(nursery, order, receiver)
    sender.turn_clock(datetime(2026, 9, 14, 9, tzinfo=UTC))
    opened = sender.request("POST", f"/v1/periods/{COLLECTION}/{FIRST}/open?due=2026-11-30")
    assert opened.status == 200
    sender.settle()
    yield sender
    nursery.end()
