"""Options of the tests of contracts, and what several of them ask for."""

from collections.abc import Iterator

import pytest

from tests.contract.way import Office, open_office


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/contract/test_openapi.py --examples 200``: how deep the API is tried."""
    parser.addoption("--examples", type=int, default=0, help="requests per operation (0: a few)")


@pytest.fixture
def office() -> Iterator[Office]:
    """A door of its own over a log in which the quarter before was returned."""
    yield from open_office()
