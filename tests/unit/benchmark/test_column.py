"""Numbers that are rounded together come out as each does alone, to the last bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from schemas.numbers import nine, round_half_up
from services.benchmark.core.column import listed, nine_each, round_each_half_up, tidy_totals

NUMBERS = st.floats(allow_infinity=False)
NINE = st.tuples(st.integers(0, 10**9 - 1), st.integers(-14, 4)).map(
    lambda parts: float(f"{parts[0]}e{parts[1]}")
)
"""Numbers of nine digits, whose halves are ties."""


def same(one, other):
    """Equal bit for bit, the sign of zero included."""
    one, other = np.array(one, dtype=float), np.array(other, dtype=float)
    return np.array_equal(one, other, equal_nan=True) and np.array_equal(
        np.signbit(one[one == 0]), np.signbit(other[other == 0])
    )


@given(st.lists(NUMBERS))
def test_nine_digits_of_many_are_the_nine_digits_of_each(numbers):
    assert same(nine_each(np.array(numbers, dtype=float)), [nine(x) for x in numbers])


@given(st.lists(st.tuples(NINE, NINE, st.sampled_from((-1, 1)))))
def test_means_of_two_of_nine_digits_are_rounded_as_each_is_alone_though_many_are_ties(pairs):
    means = [sign * (one + other) / 2 for one, other, sign in pairs]
    assert same(nine_each(np.array(means, dtype=float)), [nine(x) for x in means])


def test_nine_digits_of_the_ends_of_what_is_scaled_are_those_of_each():
    ends = [0.0, -0.0, 1e-14, 9.99999999999e-15, 5e-324, 999999999.5, 1e9, 123456789.5, 1e23]
    assert same(nine_each(np.array(ends)), [nine(x) for x in ends])


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.floats(-1e12, 1e12),
                st.tuples(
                    st.integers(-(10**6), 10**6), st.sampled_from((0, 1e-9, -1e-9, 3e-8, 1e-6))
                ).map(lambda parts: parts[0] / 200 + parts[1]),
            ),
            st.integers(-2, 3),
        )
    )
)
def test_many_are_rounded_half_up_as_each_is_alone(figures):
    numbers = np.array([x for x, _ in figures], dtype=float)
    decimals = np.array([places for _, places in figures], dtype=np.int64)
    assert same(
        round_each_half_up(numbers, decimals), [round_half_up(x, places) for x, places in figures]
    )


def test_a_table_is_rounded_with_the_decimals_of_its_columns_and_keeps_what_is_missing():
    table = np.array([[1.25, np.nan, 2.5], [285.05, 1.0, -2.5]])
    rounded = round_each_half_up(table, np.array([1, 0, 0]))
    assert same(rounded, [[1.3, np.nan, 3.0], [285.1, 1.0, -3.0]])


@given(arrays.arrays(float, 5, elements=st.integers(0, 10**7).map(lambda n: n / 10)))
def test_sums_of_tenths_are_tenths(tenths):
    total = np.add.accumulate(tenths)
    expected = [sum(round(10 * x) for x in tenths[: i + 1]) / 10 for i in range(5)]
    assert same(tidy_totals(total), expected)


def test_what_is_missing_is_listed_as_none():
    assert listed(np.array([1.5, np.nan])) == [1.5, None]
