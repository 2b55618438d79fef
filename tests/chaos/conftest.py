"""Options of the tests in which everything goes wrong at once."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """``pytest tests/chaos --storm-seconds 300 --storm-seeds 1,2,3``: how long, and how often."""
    parser.addoption("--storm-seconds", type=float, default=0, help="length of a storm (0: short)")
    parser.addoption("--storm-seeds", default="", help="a storm for each, with commas in between")
