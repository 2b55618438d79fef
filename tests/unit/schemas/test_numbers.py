"""Rounding as DfE rounds, and nine digits for events."""

import csv
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.numbers import nine, round_half_up


def test_rounding_is_that_of_every_row_that_dfe_tests(shared):
    with (shared / "vectors" / "dfe_round_five_up.csv").open() as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == 14
    for row in rows:
        got = round_half_up(float(row["number"]), int(row["decimals"]))
        assert got == float(row["expected"]), row


@given(st.floats(-1e7, 1e7), st.integers(0, 3))
def test_rounding_mirrors_below_zero_and_stays_within_half_a_unit(x, decimals):
    rounded = round_half_up(x, decimals)

    assert round_half_up(-x, decimals) == -rounded
    assert abs(rounded - x) <= 0.5 * 10**-decimals * (1 + 1e-6)


@given(
    st.integers(-(10**6), 10**6), st.integers(-2, 3), st.sampled_from([0, 1e-9, -1e-9, 1e-6, 3e-8])
)
def test_rounding_is_that_of_the_decimal_text_however_near_a_tie(halves, decimals, beside):
    unit = Decimal(1).scaleb(-decimals)
    x = (halves / 2 + beside) * float(unit)
    tolerance = unit * Decimal(2.0**-26)
    exact = Decimal(repr(x)) + (tolerance if x >= 0 else -tolerance)

    assert round_half_up(x, decimals) == float(exact.quantize(unit, rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("x", "expected"), [(1 / 3, 0.333333333), (123456789.4, 123456789.0), (-0.0, 0.0), (2.0, 2.0)]
)
def test_events_carry_nine_digits(x, expected):
    assert nine(x) == expected
    assert str(nine(-0.0)) == "0.0"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_nine_digits_of_nine_digits_are_the_same(x):
    assert nine(nine(x)) == nine(x)
