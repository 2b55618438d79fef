"""Options of the tests of contracts."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/contract/test_openapi.py --examples 200``: how deep the API is tried."""
    parser.addoption("--examples", type=int, default=0, help="requests per operation (0: a few)")
