"""What every test may ask for. Tests take fixtures from here and import nothing."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published figures and independent vectors that stands beside the repository."""
    folder = ROOT.parent / "shared"
    if not (folder / "vectors").is_dir():
        pytest.skip("the published figures and vectors (../shared) are not beside the repository")
    return folder
