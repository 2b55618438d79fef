"""Options and fixtures of the tests in which processes die."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.client import Nursery
from tests.faults.receiver import Receiver, listening

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
