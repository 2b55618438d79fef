from math import isnan, nan
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import median_abs_deviation

from services.benchmark.core.outlier import find_outliers

FIGURES = st.one_of(st.just(nan), st.integers(0, 500).map(lambda n: n / 4))


@given(st.lists(st.lists(FIGURES, min_size=3, max_size=3), min_size=1, max_size=14), st.data())
def test_a_distance_is_that_from_the_median_in_robust_standard_deviations(quarters, data):
    now = data.draw(st.lists(FIGURES, min_size=3, max_size=3))
    distances = find_outliers(np.array(now), np.array(quarters)).tolist()
    for value, distance, *past in zip(now, distances, *quarters, strict=True):
        known = [each for each in past if not isnan(each)]
        spread = 1.4826 * float(median_abs_deviation(known)) if len(known) >= 8 else 0
        if isnan(value) or spread == 0:
            assert isnan(distance)
        else:
            assert distance == pytest.approx(abs(value - median(known)) / spread, rel=1e-8)


def test_seven_earlier_quarters_are_too_few():
    past = np.arange(7.0).reshape(-1, 1)
    assert isnan(find_outliers(np.array([99.0]), past)[0])
    assert find_outliers(np.array([99.0]), np.append(past, [[7.0]], axis=0))[0] > 3
