from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.core.published_figure import add, as_number, divide, read_cell


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("81", 81),
        (" 81 ", 81),
        ("26.7", 26.7),
        ("81.0", 81.0),
        ("7.7609999999999998E-2", 0.07761),
        ("515.70000000000005", 515.7),
        ("0", 0),
    ],
)
def test_a_number_is_kept_as_it_stands(text, number):
    read = as_number(read_cell(text))
    assert read == number
    assert type(read) is type(number)


@pytest.mark.parametrize("text", ["Z", "x ", "LOW", "K"])
def test_a_symbol_is_known_in_any_case(text):
    assert read_cell(text) == text.strip().lower()


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_whole_number_comes_through_whole(number):
    assert as_number(read_cell(str(number))) == number
    assert isinstance(as_number(read_cell(str(number))), int)


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False).map(lambda x: round(x, 4)))
def test_a_number_comes_through_as_written(number):
    read = read_cell(repr(number))
    assert read is None or float(as_number(read)) == number


@given(st.text())
def test_any_text_is_a_number_a_symbol_or_nothing(text):
    read = read_cell(text)
    assert read is None or isinstance(read, Decimal | str)


def test_sums_are_exact():
    assert as_number(add([Decimal("36186.3"), Decimal("5415.9")])) == 41602.2


def test_nothing_is_divided_by_nothing():
    assert divide(Decimal(5), Decimal(0)) == "z"
    assert divide("c", Decimal(0)) == "c"
    assert divide(Decimal(5), "u") == "u"


@pytest.mark.parametrize("text", ["1e30", "1e300", "1000000000000"])
def test_a_number_that_no_publication_can_mean_is_no_figure(text):
    assert read_cell(text) is None
