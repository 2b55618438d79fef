"""Chance from a seed: the same everywhere, and shaped as its names say."""

import subprocess
import sys
from pathlib import Path
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.embedded.demonstration.chance import Chance, tenth, whole

COUNTS = """
from services.embedded.demonstration.chance import Chance
chance = Chance("a seed", "D01", "CP04")
print([chance.poisson(3.0), chance.poisson(800.0), chance.binomial(40, 0.3), chance.deviate()])
"""


def test_the_same_name_gives_the_same_draws_in_another_process(root: Path) -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", COUNTS],
            cwd=root,
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


def test_another_name_gives_other_draws() -> None:
    one = [Chance("seed", "D01").poisson(500.0) for _ in range(3)]
    other = Chance("seed", "D02")
    assert one == [one[0]] * 3
    assert [other.poisson(500.0) for _ in range(3)] != one


@given(st.integers(0, 3_000), st.floats(0, 1), st.text(max_size=8))
def test_a_part_is_never_more_than_the_whole(n: int, share: float, name: str) -> None:
    assert 0 <= Chance(name).binomial(n, share) <= n


@given(st.floats(0, 5_000), st.text(max_size=8))
def test_a_count_is_never_negative(mean: float, name: str) -> None:
    assert Chance(name).poisson(mean) >= 0


@pytest.mark.parametrize("mean", [2.0, 12.0, 40.0, 900.0])
def test_counts_have_the_mean_and_about_the_variance_of_events_that_come_singly(
    mean: float,
) -> None:
    chance = Chance("poisson", str(mean))
    drawn = [chance.poisson(mean) for _ in range(3_000)]
    assert fmean(drawn) == pytest.approx(mean, abs=4 * (mean / 3_000) ** 0.5)
    # Deviates beyond two spreads are drawn again, which takes a quarter of the variance.
    assert 0.7 * mean < pvariance(drawn) < 1.1 * mean


@pytest.mark.parametrize(("n", "share"), [(20, 0.5), (900, 0.02), (900, 0.8)])
def test_shares_have_the_mean_of_their_chance(n: int, share: float) -> None:
    chance = Chance("binomial", str(n), str(share))
    drawn = [chance.binomial(n, share) for _ in range(2_000)]
    error = 4 * (n * share * (1 - share) / 2_000) ** 0.5
    assert fmean(drawn) == pytest.approx(n * share, abs=error)


def test_halves_round_upwards() -> None:
    assert [whole(2.5), whole(2.4), tenth(0.25), tenth(12.34)] == [3, 2, 0.3, 12.3]
